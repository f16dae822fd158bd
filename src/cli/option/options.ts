import { z } from "zod";
import { networkPolicies, type NetworkPolicy } from "../../study/plan.ts";
import { figureNamed, figureNames, shortNames, type FigureName } from "../../figure/names.ts";
import { presetDescriptions, presetNames, type Preset } from "../../figure/preset.ts";
import { adversarialDefaults, fields } from "../../experiment/fields.ts";
import { stepsOf, type AdversarialMethod } from "../../training/methods.ts";
import { amount, flag, fromField, listOf, numbers, option, outputFile, path, type OptionSpec } from "./option.ts";

/** What an experiment is trained on and how: the paper's settings by default. */
export const experimentOptions = {
  dataset: fromField("dataset", "--dataset <name>"),
  digits: {
    ...fromField("digits", "--digits <a,b>"),
    type: "list",
    defaultText: fields.digits.default.join(","),
    schema: numbers.pipe(fields.digits.schema as z.ZodType<readonly [number, number], number[]>),
  } as OptionSpec<readonly [number, number]>,
  classes: {
    ...fromField("classes", "--classes <a,b>"),
    type: "list",
    defaultText: fields.classes.default.join(","),
    description: `${fields.classes.description}, of a dataset of more than digits`,
    schema: numbers.pipe(fields.classes.schema as z.ZodType<readonly [number, number], number[]>),
  } as OptionSpec<readonly [number, number]>,
  size: fromField("size", "--size <pixels>"),
  normalize: fromField("normalize", "--normalize"),
  d: { ...fromField("d", "--d <dimension>"), description: "input dimension of synthetic points" },
  points: { ...fromField("points", "--points <count>"), description: "number of synthetic points to train on; the test has as many" },
  width: fromField("m", "-m, --width <m>"),
  bias: { ...fromField("bias", "--bias"), off: "no biases at all" },
  c0: fromField("c0", "--c0 <number>"),
  lr: fromField("lr", "--lr <rate>"),
  batch: fromField("batch", "--batch <images>"),
  epochs: fromField("epochs", "--epochs <most>"),
  exit: fromField("exit", "--exit <when>"),
  seed: fromField("seed", "--seed <seed>"),
  seeds: fromField("seeds", "--seeds <runs>"),
  dataFolder: path("--data-folder <folder>", "folder with four IDX files (plain or .gz) to read the images from", "the MNIST that comes with Signflip"),
};

/** Adversarial training beside what it shares with SGD. */
export const adversarialOptions = {
  adversarial: flag(
    "--adversarial",
    `projected adversarial training (Algorithm 1); --lr is then ${adversarialDefaults.lr} and --batch ${adversarialDefaults.batch} unless given`,
  ),
  method: fromField("adversarialMethod", "--method <name>"),
  eps: { ...fromField("eps", "--eps <budget>"), description: "budget ε in training and test: the largest ℓ₂ length of a perturbation" },
  radius: { ...fromField("radius", "--radius <number>"), type: "number", defaultText: "C_0/√m" } as OptionSpec<number | undefined>,
  project: fromField("project", "--project <when>"),
  box: { ...fromField("box", "--box"), off: "let perturbed pixels take any value" },
  pgdSteps: {
    ...fromField("steps", "--pgd-steps <count>"),
    type: "number",
    defaultText: Object.entries(stepsOf)
      .map(([method, steps]) => `${steps} (${method})`)
      .join(", "),
  } as OptionSpec<number | undefined>,
  stepSize: { ...fromField("stepSize", "--step-size <length>"), type: "number", defaultText: "2.5 ε / steps" } as OptionSpec<number | undefined>,
  patience: fromField("patience", "--patience <epochs>"),
};

export const misclassifiedOption = fromField("misclassified", "--misclassified <how>");

export const jsonOption = flag("--json", "print one JSON object on stdout and everything else on stderr; after an error, stdout is empty");

const upToCores = (flags: string, description: string) =>
  amount(flags, description, "the machine's cores", "a whole number from 1 to 1,024", z.int().min(1).max(1024));

export const threadsOption = upToCores("--threads <count>", "the most threads the engine may use; results do not depend on it");

export const workersOption = upToCores("--workers <count>", "processes that compute cells in parallel");

export const networkFileOption = outputFile(
  "--out <file.onnx>",
  "save the trained network to this file; with several seeds, -seed-N is inserted before .onnx",
  [".onnx"],
  "not saved",
);

/** What reproduce and report share: which figures, from which study, kept where. */
export const studyOptions = {
  figure: option<readonly FigureName[]>({
    flags: "--figure <figures>",
    description: "figures to make, separated by commas: those of the paper by number, those of its theory by name",
    type: "list",
    default: figureNames,
    defaultText: shortNames.join(","),
    expected: `one or more of ${shortNames.join(", ")}, separated by commas`,
    schema: listOf(figureNamed),
  }),
  preset: option<Preset>({
    flags: "--preset <name>",
    description: presetNames.map((name) => `${name} (${presetDescriptions[name]})`).join("; "),
    type: "text",
    default: "laptop",
    expected: `${presetNames.slice(0, -1).join(", ")} or ${presetNames.at(-1)}`,
    schema: z.enum(presetNames),
  }),
  study: path("--study <file.yaml>", "run this study instead of a preset's figures"),
  seeds: amount("--seeds <runs>", "runs of every setting", "the preset's or the study's", fields.seeds.expected, fields.seeds.schema),
  seed: fromField("seed", "--seed <seed>"),
  out: { ...path("--out <folder>", "where the report, figures, rows and networks go"), default: "signflip-report" } as OptionSpec<string>,
  cache: path("--cache <folder>", "where finished cells are kept", "your cache folder"),
  dataFolder: experimentOptions.dataFolder,
  method: option<AdversarialMethod | undefined>({
    flags: "--method <name>",
    description: "how adversarial training (Figure 4) finds perturbations",
    type: "text",
    default: undefined,
    defaultText: "the preset's or the study's",
    expected: fields.adversarialMethod.expected,
    range: fields.adversarialMethod.range,
    schema: fields.adversarialMethod.schema,
  }),
  networks: option<NetworkPolicy>({
    flags: "--networks <which>",
    description: "which trained networks to keep: first (for each setting the one with the first seed, and none from checks of the theory), all or none",
    type: "text",
    default: "first",
    expected: "first, all or none",
    schema: z.enum(networkPolicies),
  }),
} as const;
