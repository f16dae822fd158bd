import { z } from "zod";
import type { Norm } from "../../attack/ball.ts";
import { type NetworkName, networkNames, networks } from "../../model/networks/index.ts";
import { type TrainingMethodName, trainingMethodNames, trainingMethods } from "../../training/classifier/index.ts";
import { type ScheduleName, scheduleNames } from "../../training/classifier/schedule.ts";
import { type OptimizerName, optimizerNames, optimizers } from "../../training/optimizers/index.ts";
import { dataOptions } from "../option/data.ts";
import { amount, choice, described, flag, maybeChoice, option, outputFile, path } from "../option/option.ts";
import { experimentOptions } from "../option/options.ts";

const [positive, fromZero] = [z.number().positive(), z.number().nonnegative()];
const [isPositive, isFromZero, isWhole] = ["a positive number", "a number from 0", "a whole number from 1"];
const count = z.int().min(1);
export const classifierTrainingOptions = {
  data: path("--data <data>", "what to train on: a dataset by its name, a file or a folder (docs/data.md)"),
  test: path("--test <data>", "what to measure on after every epoch", "the test part of the data, if they have one"),
  samples: dataOptions.samples,
  resize: { ...dataOptions.resize, description: "resize pictures of another size than the first" },
  labelColumn: dataOptions.labelColumn,
  network: maybeChoice<NetworkName>("--network <name>", `the network to train: ${described(networks)}`, networkNames, "conv for images, else mlp"),
  method: choice<TrainingMethodName>("--method <name>", described(trainingMethods), trainingMethodNames, "plain"),
  eps: amount("--eps <budget>", "budget ε of perturbations, for methods that perturb", "none", isPositive, positive),
  norm: choice<Norm>("--norm <norm>", "the norm of the budget: linf, l2 or l1", ["linf", "l2", "l1"], "linf"),
  steps: amount("--steps <count>", "PGD steps for every perturbation", "10", isWhole, count),
  stepSize: amount("--step-size <length>", "length of a PGD step", "2.5 ε / steps", isPositive, positive),
  beta: amount("--beta <weight>", "weight of the second term of trades", "6", isFromZero, fromZero),
  optimizer: choice<OptimizerName>("--optimizer <name>", described(optimizers), optimizerNames, "adam"),
  lr: amount(
    "--lr <rate>",
    "learning rate",
    Object.entries(optimizers)
      .map(([key, { lr }]) => `${lr} (${key})`)
      .join(", "),
    isPositive,
    positive,
  ),
  momentum: amount("--momentum <share>", "momentum of sgd", "0.9", "a number from 0, below 1", fromZero.lt(1)),
  weightDecay: amount("--weight-decay <rate>", "decay of the weights", "0", isFromZero, fromZero),
  schedule: choice<ScheduleName>("--schedule <name>", "how the learning rate falls: along half a cosine, or not at all", scheduleNames, "cosine"),
  batch: amount("--batch <samples>", "samples in a step", "128", isWhole, count),
  epochs: amount("--epochs <count>", "passes over the data", "10", isWhole, count),
  flip: flag("--flip", "mirror half of the training images left to right"),
  shift: amount("--shift <pixels>", "move training images by up to this many pixels", "0", "a whole number from 0", z.int().nonnegative()),
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
