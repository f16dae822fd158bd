import { z } from "zod";
import type { PerChannel } from "../../data/box.ts";
import type { ModelChoice } from "../../experiment/evaluate/config.ts";
import { type Layout, layouts } from "../../model/onnx/options.ts";
import { amount, maybeChoice, name, numberOf, option, type ValuesOf } from "./option.ts";

/** Numbers with commas between them, in their order and with repeats. */
const numberList = (flags: string, description: string, defaultText: string, expected: string, check: (all: readonly number[]) => boolean) =>
  option<readonly number[] | undefined>({
    flags,
    description,
    type: "list",
    default: undefined,
    defaultText,
    expected,
    schema: z.array(z.string().transform(numberOf)).refine((all) => all.every(Number.isFinite) && check(all)),
  });

const numberOrPath = (text: string): number | string => (Number.isNaN(numberOf(text)) ? text : numberOf(text));

/** How to read an .onnx file as a classifier, where it does not say it itself. */
export const modelOptions = {
  input: name("--input <name>", "the input that is attacked", "the only one of real numbers"),
  inputShape: numberList(
    "--input-shape <sizes>",
    "the shape of one input without the batch, where the file leaves sizes open: 3,48,192",
    "the file's",
    "whole numbers from 1, separated by commas",
    (all) => all.every((size) => Number.isSafeInteger(size) && size >= 1),
  ),
  given: option<Readonly<Record<string, number | string>> | undefined>({
    flags: "--given <values>",
    description: "values of the inputs that are not attacked, separated by commas: scale=0.5,mask=mask.npy",
    type: "list",
    default: undefined,
    defaultText: "none",
    expected: "name=number or name=file.npy, separated by commas",
    schema: z
      .array(z.string().regex(/^[^=]+=[^=\0]+$/))
      .min(1)
      .transform((all) => Object.fromEntries(all.map((one) => one.split("=") as [string, string]).map(([input, value]) => [input, numberOrPath(value)]))),
  }),
  layout: maybeChoice<Layout>(
    "--layout <name>",
    "where the channels of an image are: nchw (before its height), nhwc (after its width), flat (nowhere)",
    layouts,
    "what the sizes suggest",
  ),
  output: name("--output <name>", "the output that holds the scores", "the one that looks most like scores"),
  position: amount(
    "--position <number>",
    "which position of a sequence the scores are read at, from 0",
    "none",
    "a whole number from 0",
    z.int().nonnegative(),
  ),
  decision: maybeChoice<"argmax" | "argmin">(
    "--decision <name>",
    "whether the largest (argmax) or the smallest score (argmin) decides",
    ["argmax", "argmin"],
    "argmax",
  ),
  mean: numberList(
    "--mean <numbers>",
    "subtracted from the inputs before the model sees them: one number, or one for each channel",
    "0",
    "numbers, separated by commas",
    (all) => all.length > 0,
  ),
  std: numberList(
    "--std <numbers>",
    "the inputs are divided by this after the mean is subtracted: one number, or one for each channel",
    "1",
    "numbers above 0, separated by commas",
    (all) => all.every((one) => one > 0),
  ),
  bounds: numberList(
    "--bounds <low,high>",
    "the values an input may take, in raw units: 0,1 or 0,255",
    "the file's",
    "two numbers, the lower one first",
    ([low, high, more]) => more === undefined && low! < high!,
  ),
};

/** The options of `load` that the command line gives. */
export function loadOptionsOf(values: ValuesOf<typeof modelOptions>): ModelChoice {
  const { mean, std, bounds, ...others } = values;
  const perChannel = (all: readonly number[]): PerChannel => (all.length === 1 ? all[0]! : all);
  const said = Object.fromEntries(Object.entries(others).filter(([name, value]) => name in modelOptions && value !== undefined));
  return {
    ...said,
    ...(mean ? { mean: perChannel(mean) } : {}),
    ...(std ? { std: perChannel(std) } : {}),
    ...(bounds ? { bounds: { low: bounds[0]!, high: bounds[1]! } } : {}),
  };
}
