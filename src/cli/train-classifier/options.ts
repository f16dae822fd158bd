import { z } from "zod";
import type { Norm } from "../../attack/ball.ts";
import { type NetworkName, networkNames, networks } from "../../model/networks/index.ts";
import { type TrainingMethodName, trainingMethodNames, trainingMethods } from "../../training/classifier/index.ts";
import { type ScheduleName, scheduleNames } from "../../training/classifier/schedule.ts";
import { type OptimizerName, optimizerNames, optimizers } from "../../training/optimizers/index.ts";
import { alternatives } from "../../util/field.ts";
import { nameOf, option, outputFile, path, type OptionSpec } from "../option/option.ts";
import { experimentOptions } from "../option/options.ts";

const name = <T extends string>(flags: string, description: string, names: readonly T[], value: T): OptionSpec<T> =>
  option<T>({ flags, description, type: "text", default: value, expected: alternatives(names), schema: nameOf(names) });

const number = (flags: string, description: string, defaultText: string, expected: string, schema: z.ZodType<number>): OptionSpec<number | undefined> =>
  option<number | undefined>({ flags, description, type: "number", default: undefined, defaultText, expected, schema: schema.optional() });

const [positive, fromZero] = [z.number().positive(), z.number().nonnegative()];
const [isPositive, isFromZero, isWhole] = ["a positive number", "a number from 0", "a whole number from 1"];
const count = z.int().min(1);
const described = (all: Readonly<Record<string, { readonly summary: string }>>) =>
  Object.entries(all)
    .map(([key, { summary }]) => `${key} (${summary})`)
    .join("; ");

const switched = (flags: string, description: string) =>
  option<boolean>({ flags, description, type: "flag", default: false, expected: "given or not", schema: z.boolean() });

export const classifierTrainingOptions = {
  data: path("--data <data>", "what to train on: a dataset by its name, a file or a folder (see the page on data)"),
  test: path("--test <data>", "what to measure on after every epoch", "the test part of the data, if they have one"),
  samples: number("--samples <count>", "train on this many samples, drawn by the seed", "all of them", isWhole, count),
  resize: switched("--resize", "resize pictures of another size than the first"),
  labelColumn: option<string | undefined>({
    flags: "--label-column <name>",
    description: "the column of a table that has the labels",
    type: "text",
    default: undefined,
    defaultText: "label, class, target or y, or the last one",
    expected: "a name",
    schema: z.string().min(1).optional(),
  }),
  network: option<NetworkName | undefined>({
    flags: "--network <name>",
    description: `the network to train: ${described(networks)}`,
    type: "text",
    default: undefined,
    defaultText: "conv for images, else mlp",
    expected: alternatives(networkNames),
    schema: nameOf(networkNames).optional(),
  }),
  method: name<TrainingMethodName>("--method <name>", described(trainingMethods), trainingMethodNames, "plain"),
  eps: number("--eps <budget>", "budget ε of perturbations, for methods that perturb", "none", isPositive, positive),
  norm: name<Norm>("--norm <norm>", "the norm of the budget: linf, l2 or l1", ["linf", "l2", "l1"], "linf"),
  steps: number("--steps <count>", "PGD steps for every perturbation", "10", isWhole, count),
  stepSize: number("--step-size <length>", "length of a PGD step", "2.5 ε / steps", isPositive, positive),
  beta: number("--beta <weight>", "weight of the second term of trades", "6", isFromZero, fromZero),
  optimizer: name<OptimizerName>("--optimizer <name>", described(optimizers), optimizerNames, "adam"),
  lr: number(
    "--lr <rate>",
    "learning rate",
    Object.entries(optimizers)
      .map(([key, { lr }]) => `${lr} (${key})`)
      .join(", "),
    isPositive,
    positive,
  ),
  momentum: number("--momentum <share>", "momentum of sgd", "0.9", "a number from 0, below 1", fromZero.lt(1)),
  weightDecay: number("--weight-decay <rate>", "decay of the weights", "0", isFromZero, fromZero),
  schedule: name<ScheduleName>("--schedule <name>", "how the learning rate falls: along half a cosine, or not at all", scheduleNames, "cosine"),
  batch: number("--batch <samples>", "samples in a step", "128", isWhole, count),
  epochs: number("--epochs <count>", "passes over the data", "10", isWhole, count),
  flip: switched("--flip", "mirror half of the training images left to right"),
  shift: number("--shift <pixels>", "move training images by up to this many pixels", "0", "a whole number from 0", z.int().nonnegative()),
  freeze: option<readonly string[] | undefined>({
    flags: "--freeze <names>",
    description: "weights that are not trained, separated by commas",
    type: "list",
    default: undefined,
    defaultText: "none",
    expected: "names, separated by commas",
    schema: z.array(z.string().min(1)).min(1).optional(),
  }),
  seed: experimentOptions.seed,
  out: outputFile("--out <file.onnx>", "save the trained network to this file", [".onnx"], "not saved"),
};
