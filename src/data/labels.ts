import { SignflipError } from "../util/errors.ts";

/** Labels as class indices, and what the classes are called where they have names. */
export interface Labels {
  readonly y: Int32Array;
  readonly classNames?: readonly string[] | undefined;
}

/**
 * Class indices of labels as they are written. In a given order of names, a name's place is its class. Otherwise whole numbers are
 * classes themselves, and names are classes in alphabetical order (of code points, as Python sorts).
 * @param nameOf what errors call a label: "line 3"
 * @throws SF_DATA for a name that is not in the given order, and for a mixture of numbers and names
 */
export function readLabels(source: string, written: readonly string[], nameOf: (i: number) => string, order?: readonly string[]): Labels {
  const places = new Map(order?.map((name, i) => [name, i]));
  const areNumbers = written.length > 0 && written.every(isWhole);
  if (areNumbers && !written.every((label) => places.has(label))) return { y: numbers(source, written, nameOf), classNames: order };
  const classNames = order ?? [...new Set(written)].sort(byCodePoint);
  if (order === undefined) {
    const empty = written.indexOf("");
    if (empty >= 0) throw new SignflipError("SF_DATA", `${source}: expected a label; ${nameOf(empty)} has none`);
    // Two kinds of labels in one column are a mistake, and 1,000 different "names" are measured numbers.
    const fraction = written.findIndex((label) => Number.isFinite(Number(label)) && !isWhole(label));
    if (fraction >= 0)
      throw new SignflipError("SF_DATA", `${source}: expected class indices or names as labels; ${nameOf(fraction)} has ${written[fraction]!}`);
    classNames.forEach((name, i) => places.set(name, i));
  }
  const y = Int32Array.from(written, (label, i) => {
    const place = places.get(label);
    if (place !== undefined) return place;
    throw new SignflipError("SF_DATA", `${source}: expected one of the classes ${listed(classNames)}; ${nameOf(i)} has ${shortened(label)}`);
  });
  return { y, classNames };
}

/**
 * Numbers as class indices.
 * @throws SF_DATA for one that is not whole, or below 0
 */
export function checkIndices(source: string, values: ArrayLike<number>, nameOf: (i: number) => string): Int32Array {
  return Int32Array.from(values, (value, i) => {
    if (Number.isInteger(value) && value >= 0 && value <= 2 ** 31 - 1) return value;
    const hint = value === -1 ? "; write class 0 for −1 and class 1 for +1" : "";
    throw new SignflipError("SF_DATA", `${source}: expected class indices from 0 as labels; ${nameOf(i)} has ${value}${hint}`);
  });
}

/**
 * Names of classes from JSON: a list of names, or an object from names to indices or from indices to names.
 * @throws SF_DATA where it is anything else
 */
export function parseClassNames(text: string, source: string): string[] {
  const fail = () => new SignflipError("SF_DATA", `${source}: expected a list of class names, or an object from names to indices`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SignflipError("SF_DATA", `${source}: expected JSON; got something else`, { cause });
  }
  if (typeof value !== "object" || value === null) throw fail();
  const entries = Array.isArray(value) ? value.map((name: unknown, i) => [i, name] as const) : Object.entries(value as Record<string, unknown>).map(entryOf);
  const names: string[] = [];
  for (const [index, name] of entries) {
    if (typeof name !== "string" || !(Number.isInteger(index) && index >= 0 && index < entries.length) || names[index] !== undefined) throw fail();
    names[index] = name;
  }
  if (names.length === 0 || names.length < entries.length || new Set(names).size < names.length) throw fail();
  return names;
}

function entryOf([key, value]: readonly [string, unknown]): readonly [number, unknown] {
  return typeof value === "number" ? [value, key] : [isWhole(key) ? Number(key) : -1, value];
}

const isWhole = (label: string) => /^-?\d+(\.0*)?$/.test(label);

const numbers = (source: string, written: readonly string[], nameOf: (i: number) => string) => checkIndices(source, written.map(Number), nameOf);

/** Sorts as Python does, by code points; JavaScript's own order is that of UTF-16. */
export function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** "a, b, c and 7 more". */
export function listed(names: readonly string[], most = 8): string {
  const shown = names.slice(0, most).map(shortened).join(", ");
  return names.length <= most ? shown : `${shown} and ${names.length - most} more`;
}

export const shortened = (text: string): string => {
  const line = text.replace(/\s+/g, " ").trim();
  return line === "" ? "nothing" : line.length > 40 ? `${line.slice(0, 37)}…` : line;
};
