import { z } from "zod";
import type { ErrorCode } from "./errors.ts";

/**
 * One setting, described once: what it means, what it may be, what it is unless told otherwise. Study files, the options of
 * commands, their help, the documentation and the JSON Schema of studies all derive from it.
 */
export interface Field<T> {
  /** One line of help, without a period. */
  readonly description: string;
  readonly schema: z.ZodType<T>;
  /** Completes "NAME must be …" in an error. */
  readonly expected: string;
  /** The same in a few words, for help: "1 to 1,000". */
  readonly range: string;
  readonly code: ErrorCode;
  readonly default: T;
}

export const field = <T>(value: Omit<Field<T>, "code" | "default"> & { code?: ErrorCode; default: NoInfer<T> }): Field<T> => ({
  code: "SF_OPTION",
  ...value,
});

export const whole = (from: number, to: number) => ({
  schema: z.int().min(from).max(to),
  expected: `a whole number from ${from.toLocaleString("en-US")} to ${to.toLocaleString("en-US")}`,
  range: `${from.toLocaleString("en-US")} to ${to.toLocaleString("en-US")}`,
});

export const positive = (to: number) => ({
  schema: z.number().positive().max(to),
  expected: `a number above 0, at most ${to.toLocaleString("en-US")}`,
  range: "above 0",
});

export const oneOf = <const T extends readonly [string, ...string[]]>(...names: T) => ({
  schema: z.enum(names) as z.ZodType<T[number]>,
  expected: alternatives(names),
  range: alternatives(names),
});

export const yesNo = { schema: z.boolean(), expected: "true or false", range: "" };

/** A setting that has one possible value here, and why. */
export const only = (value: boolean, reason: string) => ({
  schema: z.boolean().refine((given) => given === value),
  expected: `${value}: ${reason}`,
  range: "",
});

/** "a", "a or b", "a, b or c". */
export const alternatives = (names: readonly string[]) => (names.length === 1 ? names[0]! : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`);

/** A value as an error shows it: short, on one line, as one would write it in a study. */
export function shown(value: unknown): string {
  const text = typeof value === "string" ? value : value === undefined ? "nothing" : written(value);
  const line = text.replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}…` : line === "" ? "an empty value" : line;
}

function written(value: unknown): string {
  if (typeof value === "string") return /^[\w.-]+$/.test(value) ? value : JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  const entries = Object.entries(value).map(([name, one]) => `${name}: ${written(one)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

/** "X must be …; got …": the sentence that every wrong value gets, wherever it came from. */
export function complaint(name: string, field: Pick<Field<unknown>, "expected">, value: unknown): string {
  return `${name} must be ${field.expected}; got ${shown(value)}`;
}
