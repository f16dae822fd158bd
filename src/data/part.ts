import { SignflipError } from "../util/errors.ts";
import { listed } from "./labels.ts";

/** The two parts that published data come in. */
export const parts = ["train", "test"] as const;
export type Part = (typeof parts)[number];

/** The names under which inputs and labels are stored, in order of preference. */
const inputNames = ["x", "images", "image", "inputs", "input", "data", "features", "samples", "arr_0"];
const labelNames = ["y", "labels", "label", "targets", "target", "classes", "arr_1"];
const partNames: Readonly<Record<string, Part | "validation">> = {
  train: "train",
  training: "train",
  test: "test",
  testing: "test",
  val: "validation",
  valid: "validation",
  validation: "validation",
};

/** Which part a name is about, and the name without it: "X_test" is the part test of "x". */
function readName(name: string): { readonly part: Part | "validation" | undefined; readonly rest: string } {
  const words = name.toLowerCase().split(/[_\-. ]+/);
  const at = words.findIndex((word) => Object.hasOwn(partNames, word));
  return { part: partNames[words[at]!], rest: words.filter((_, i) => i !== at).join("_") };
}

export interface ArrayPair {
  readonly inputs: string;
  readonly labels: string;
}

/**
 * Which two of some arrays are the inputs and their labels: x and y, images and labels and so on, alone or with the part's name
 * ("X_test", "train_images"). Unless a part is asked for, it is the test part where there is one.
 * @throws SF_DATA where there are none
 */
export function findPair(source: string, names: readonly string[], part?: Part): ArrayPair {
  const found = names.map((name) => ({ name, ...readName(name) }));
  const order = part === undefined ? (["test", undefined, "validation", "train"] as const) : ([part, undefined] as const);
  for (const wanted of order) {
    const here = found.filter((one) => one.part === wanted);
    const named = (kinds: readonly string[]) => kinds.map((kind) => here.find(({ rest }) => rest === kind)).find((one) => one !== undefined)?.name;
    const [inputs, labels] = [named(inputNames), named(labelNames)];
    if (inputs !== undefined && labels !== undefined) return { inputs, labels };
  }
  const what = part === undefined ? "x and y (or images and labels, x_test and y_test, …)" : `x_${part} and y_${part} (or x and y, images and labels, …)`;
  throw new SignflipError("SF_DATA", `${source}: expected two arrays named ${what}; got ${listed(names)}`);
}

/** The folder of a part among some folders: "test" or, where there is none and no part is asked for, the next best. */
export function findPartFolder(names: readonly string[], part?: Part): string | undefined {
  const order = part === undefined ? (["test", "validation", "train"] as const) : ([part] as const);
  return order.map((wanted) => names.find((name) => partNames[name.toLowerCase()] === wanted)).find((name) => name !== undefined);
}
