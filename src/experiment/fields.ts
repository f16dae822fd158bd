import { z } from "zod";
import { datasetField } from "../data/index.ts";
import { fashionMnistSettings } from "../data/datasets/fashion-mnist.ts";
import { mnistSettings } from "../data/datasets/mnist.ts";
import { sphereSettings } from "../data/datasets/sphere.ts";
import { defaultConstants } from "../theory/constants.ts";
import { adversarialMethods, type AdversarialMethod } from "../training/methods.ts";
import { field, oneOf, only, positive, whole, yesNo, type Field } from "../util/field.ts";

const atLeastZero = { schema: z.number().min(0).max(1e18), expected: "a number from 0 to 1e18", range: "from 0" };

/** Every setting of every experiment, defined once. */
export const fields = {
  dataset: datasetField,
  ...mnistSettings,
  ...sphereSettings,
  classes: fashionMnistSettings.classes,
  kind: field({ ...oneOf("two-layer"), description: "the kind of network", default: "two-layer" }),
  m: field({ ...whole(1, 1_000_000), description: "hidden width m", default: 1000 }),
  bias: field({ ...yesNo, description: "trained hidden biases and a fixed output bias", default: true }),
  method: field({ ...oneOf("sgd"), description: "how the network is trained", default: "sgd" }),
  c0: field({ ...positive(1e6), description: "C_0: no row of W moves farther than C_0/√m", default: 10 }),
  lr: field({ ...positive(1e6), description: "learning rate of SGD", default: 0.1 }),
  batch: field({ ...whole(1, 1_000_000), description: "images per gradient step", default: 64 }),
  epochs: field({ ...whole(1, 1_000_000), description: "train at most this many epochs", default: 1000 }),
  adversarialMethod: field<AdversarialMethod>({
    ...oneOf(...(Object.keys(adversarialMethods) as [AdversarialMethod, AdversarialMethod])),
    description: "how perturbations are found: faithful (as in the authors' code) or fast (the same networks with far fewer passes)",
    default: "faithful",
  }),
  eps: field({ ...atLeastZero, description: "budget ε: the largest length of a perturbation", default: 0.2 }),
  radius: field<number | undefined>({ ...positive(1e6), description: "radius of the lazy ball, given directly instead of as C_0/√m", default: undefined }),
  project: field({
    ...oneOf("step", "epoch", "never"),
    description: "when rows of W are projected back into the lazy ball",
    default: "epoch",
  }),
  box: field({ ...yesNo, description: "keep perturbed pixels in [0, 1]", default: true }),
  steps: field<number | undefined>({ ...whole(1, 1_000_000), description: "PGD steps per epoch", default: undefined }),
  stepSize: field<number | undefined>({ ...positive(1e6), description: "length of a PGD step", default: undefined }),
  patience: field({ ...whole(1, 1_000_000), description: "stop after this many epochs in a row in which robust training accuracy does not rise", default: 20 }),
  minRise: field({ ...atLeastZero, description: "how much robust training accuracy must rise for the rise to count", default: 1e-4 }),
  train: field<number | undefined>({ ...whole(1, 1_000_000), description: "train on only this many images, drawn by the seed", default: undefined }),
  exit: field({
    ...oneOf("step", "epoch"),
    description: "check the lazy ball after every step (as in the paper) or every epoch (as in the authors' code)",
    default: "step",
  }),
  misclassified: field({
    ...oneOf("zero", "exclude"),
    description: "whether misclassified images count as distance 0 in the means (as in the authors' code) or are left out",
    default: "zero",
  }),
  samples: field({ ...yesNo, description: "keep the measurement of every test image", default: false }),
  noBias: field({ ...only(false, "the theory is about networks without biases"), description: "no biases", default: false }),
  ballC0: field({
    schema: z.number().min(0).max(1e6),
    expected: "a number from 0 to 1,000,000",
    range: "from 0",
    description: "C_0 of the lazy ball ‖W − W₀‖₂,∞ ≤ C_0/√m; 0 means the untrained network",
    default: 10,
  }),
  mostEpochs: field({ ...whole(0, 1_000_000), description: "train at most this many epochs, 0 for none", default: 1000 }),
  gamma: field({
    schema: z.number().min(0).max(1),
    expected: "a number from 0 to 1",
    range: "0 to 1",
    description: "γ: a bound may fail with this probability over (a, W₀)",
    default: 0.05,
  }),
  draws: field({ ...whole(1, 10_000_000), description: "independent draws of (a, W₀) that each bound is tested on", default: 2000 }),
  measured: field({ ...whole(1, 1_000_000), description: "test points on which the statements are measured", default: 200 }),
  searches: field({ ...whole(1, 1_000_000), description: "how many of these points get an expensive search for the worst case", default: 4 }),
  c1: field({ ...positive(1e6), description: "C_1 of Theorem 3.1: one gradient step has size C_1/d", default: defaultConstants.c1 }),
  coneC0: field<readonly number[]>({
    schema: z
      .array(z.number().positive().max(1e6))
      .min(1)
      .transform((list) => [...new Set(list)].sort((a, b) => a - b)),
    expected: "a list of numbers above 0, the C_0 of the balls to look at",
    range: "above 0",
    description: "C_0 of the balls to look at; the smallest is the lazy ball whose cone is measured",
    default: [10, 20, 50, 100],
  }),
  seed: field({ ...whole(0, 4_294_967_295), description: "seed of the first run", default: 0 }),
  seeds: field({ ...whole(1, 1000), description: "number of independent runs; their seeds count up from the first", default: 1 }),
} as const;

/** The defaults that differ in the paper's adversarial training (Sect. 5.2). */
export const adversarialDefaults = { lr: 0.01, batch: 32 } as const;

export type FieldName = keyof typeof fields;
export type FieldValue<N extends FieldName> = (typeof fields)[N] extends Field<infer T> ? T : never;
