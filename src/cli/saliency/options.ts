import { z } from "zod";
import { type SaliencyMethodName, saliencyMethodNames, saliencyMethods } from "../../measure/saliency/index.ts";
import { alternatives } from "../../util/field.ts";
import { dataOptions } from "../option/data.ts";
import { modelOptions } from "../option/model.ts";
import { fromField, nameOf, option, outputFile, path } from "../option/option.ts";
import { jsonOption, threadsOption } from "../option/options.ts";
import { quantityOptions } from "../option/quantity.ts";

const numeric = (flags: string, description: string, defaultText: string, expected: string, schema: z.ZodType<number>) =>
  option<number | undefined>({ flags, description, type: "number", default: undefined, defaultText, expected, schema });
const { "integrated-gradients": integrated, "smooth-grad": smooth } = saliencyMethods;

export const saliencyOptions = {
  image: path("--image <file>", "one picture (PNG, JPEG, WebP) to explain instead of data", "none"),
  method: option<SaliencyMethodName>({
    flags: "--method <name>",
    description: saliencyMethodNames.map((name) => `${name} (${saliencyMethods[name].summary})`).join("; "),
    type: "text",
    default: "integrated-gradients",
    expected: alternatives(saliencyMethodNames),
    schema: nameOf(saliencyMethodNames),
  }),
  ...quantityOptions,
  out: outputFile("--out <file>", "the picture (.png, .svg), or the attributions as numbers (.npy)", [".png", ".svg", ".npy"], "none"),
  baseline: numeric("--baseline <value>", "integrated gradients: where the way begins, in raw units", "0", "a number", z.number()),
  steps: numeric(
    "--steps <count>",
    "integrated gradients: points on the way to begin with",
    String(integrated.defaults.steps),
    "a whole number from 1 to 1,000,000",
    z.int().min(1).max(1e6),
  ),
  noiseSamples: numeric(
    "--noise-samples <count>",
    "SmoothGrad: noisy copies of each input",
    String(smooth.defaults.samples),
    "a whole number from 1 to 1,000,000",
    z.int().min(1).max(1e6),
  ),
  noise: numeric(
    "--noise <share>",
    "SmoothGrad: the noise's standard deviation as a share of the range of an input's values",
    String(smooth.defaults.noise),
    "a number from 0",
    z.number().min(0).max(1e6),
  ),
  ...dataOptions,
  samples: { ...dataOptions.samples, defaultText: "4" },
  seed: { ...fromField("seed", "--seed <seed>"), description: "seed of the samples drawn, and of SmoothGrad's noise" },
  ...modelOptions,
  threads: threadsOption,
  json: jsonOption,
};
