import { z } from "zod";
import { type SaliencyMethodName, saliencyMethodNames, saliencyMethods } from "../../measure/saliency/index.ts";
import { dataOptions } from "../option/data.ts";
import { modelOptions } from "../option/model.ts";
import { amount, choice, described, fromField, outputFile, path } from "../option/option.ts";
import { jsonOption, threadsOption } from "../option/options.ts";
import { quantityOptions } from "../option/quantity.ts";

const { "integrated-gradients": integrated, "smooth-grad": smooth } = saliencyMethods;

export const saliencyOptions = {
  image: path("--image <file>", "one picture (PNG, JPEG, WebP) to explain instead of data", "none"),
  method: choice<SaliencyMethodName>("--method <name>", described(saliencyMethods), saliencyMethodNames, "integrated-gradients"),
  ...quantityOptions,
  out: outputFile("--out <file>", "the picture (.png, .svg), or the attributions as numbers (.npy)", [".png", ".svg", ".npy"], "none"),
  baseline: amount("--baseline <value>", "integrated gradients: where the way begins, in raw units", "0", "a number", z.number()),
  steps: amount(
    "--steps <count>",
    "integrated gradients: points on the way to begin with",
    String(integrated.defaults.steps),
    "a whole number from 1 to 1,000,000",
    z.int().min(1).max(1e6),
  ),
  noiseSamples: amount(
    "--noise-samples <count>",
    "SmoothGrad: noisy copies of each input",
    String(smooth.defaults.samples),
    "a whole number from 1 to 1,000,000",
    z.int().min(1).max(1e6),
  ),
  noise: amount(
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
