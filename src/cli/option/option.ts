import { z } from "zod";
import { fields, type FieldName, type FieldValue } from "../../experiment/fields.ts";
import { alternatives, complaint, type Field } from "../../util/field.ts";
import { SignflipError, type ErrorCode } from "../../util/errors.ts";

/**
 * One option of a command, as data: commander's option, its line of help, its check and its line in the
 * documentation are all made from this.
 */
export interface OptionSpec<T = unknown> {
  /** As commander writes it: `-m, --width <m>`, `--json`. */
  readonly flags: string;
  readonly description: string;
  /** A flag takes no value; one that is on by default also gets `--no-…`. */
  readonly type: "number" | "text" | "flag" | "list";
  readonly default: T;
  /** The default as help shows it, where the value does not say it. */
  readonly defaultText?: string;
  /** Completes "--option must be …". */
  readonly expected: string;
  /** The same in a word or two, for help; "" where the description says it. */
  readonly range: string;
  /** Help of the `--no-…` of a flag that is on by default. */
  readonly off?: string;
  readonly code: ErrorCode;
  /** Checks the value after `type` made it a number, a string, a boolean or a list of strings. */
  readonly schema: z.ZodType<T>;
}

export type OptionTable = { readonly [name: string]: OptionSpec<any> };
export type ValuesOf<O extends OptionTable> = { readonly [K in keyof O]: O[K] extends OptionSpec<infer T> ? T : never };

/** The long name alone: `--width`. */
export function longName({ flags }: OptionSpec): string {
  return /--[a-z0-9-]+/.exec(flags)![0];
}

/** The value of an option from what stood on the command line. @throws a usage error in one line. */
export function parseOption<T>(spec: OptionSpec<T>, text: string): T {
  const result = spec.schema.safeParse(spec.type === "number" ? numberOf(text) : spec.type === "list" ? text.split(",").map((part) => part.trim()) : text);
  if (result.success) return result.data;
  throw new SignflipError(spec.code, complaint(longName(spec), spec, text), { usage: true });
}

/** Plain decimal numbers only: Number() would take "", "0x1f" and "Infinity" as well. */
export function numberOf(text: string): number {
  return /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : Number.NaN;
}

const table: { readonly [N in FieldName]: Field<FieldValue<N>> } = fields;

/** An option that is a setting of the experiment; everything but its flags comes from the table of fields. */
export function fromField<N extends FieldName>(name: N, flags: string): OptionSpec<FieldValue<N>> {
  const { description, expected, range, code, schema, default: value } = table[name];
  const type = typeof value === "boolean" ? "flag" : typeof value === "number" ? "number" : "text";
  return { flags, description, expected, range, code, schema, default: value, type };
}

export function option<T>(spec: Omit<OptionSpec<T>, "code" | "range"> & { code?: ErrorCode; range?: string }): OptionSpec<T> {
  return { code: "SF_OPTION", range: "", ...spec };
}

/** The same option, undefined where it is left out. */
export const optional = <T>(spec: OptionSpec<T>): OptionSpec<T | undefined> => ({ ...spec, schema: spec.schema.optional(), default: undefined });

export const path = (flags: string, description: string, defaultText?: string): OptionSpec<string | undefined> =>
  option<string | undefined>({
    flags,
    description,
    type: "text",
    default: undefined,
    ...(defaultText === undefined ? {} : { defaultText }),
    expected: "a path",
    schema: z
      .string()
      .min(1)
      .regex(/^[^\0]*$/),
  });

/** One of some names. */
export const nameOf = <T extends string>(names: readonly T[]): z.ZodType<T> => z.custom<T>((name) => names.some((known) => known === name));

/** Something that is given or not. */
export const flag = (flags: string, description: string): OptionSpec<boolean> =>
  option({ flags, description, type: "flag", default: false, expected: "given or not", schema: z.boolean() });

/** A number that may be left out; `defaultText` says what holds then. */
export const amount = (flags: string, description: string, defaultText: string, expected: string, schema: z.ZodType<number>): OptionSpec<number | undefined> =>
  option<number | undefined>({ flags, description, type: "number", default: undefined, defaultText, expected, schema });

/** A text that may be left out. */
export const name = (flags: string, description: string, defaultText: string): OptionSpec<string | undefined> =>
  option<string | undefined>({ flags, description, type: "text", default: undefined, defaultText, expected: "a name", schema: z.string().min(1) });

/** One of some names, by default `value`. */
export const choice = <T extends string>(flags: string, description: string, names: readonly T[], value: T): OptionSpec<T> =>
  option({ flags, description, type: "text", default: value, expected: alternatives(names), schema: nameOf(names) });

/** One of some names, which may be left out. */
export const maybeChoice = <T extends string>(flags: string, description: string, names: readonly T[], defaultText: string): OptionSpec<T | undefined> =>
  option<T | undefined>({ flags, description, type: "text", default: undefined, defaultText, expected: alternatives(names), schema: nameOf(names) });

/** A list without repeats; `read` gives undefined for what cannot stand in it. */
export const listOf = <T>(read: (part: string) => T | undefined): z.ZodType<readonly T[]> =>
  z
    .array(z.string().transform((part, context) => read(part) ?? (context.addIssue("not one of them"), z.NEVER)))
    .min(1)
    .transform((list) => [...new Set(list)]);

/** Names with what each stands for, for a description. */
export const described = (all: Readonly<Record<string, { readonly summary: string }>>): string =>
  Object.entries(all)
    .map(([key, { summary }]) => `${key} (${summary})`)
    .join("; ");

/** A file to write whose name tells its format. */
export const outputFile = (flags: string, description: string, endings: readonly string[], defaultText: string): OptionSpec<string | undefined> => ({
  ...path(flags, description, defaultText),
  expected: `a file name that ends in ${endings.join(" or ")}`,
  schema: z
    .string()
    .refine((name) => endings.some((ending) => name.endsWith(ending) && !/(^|[\\/])$/.test(name.slice(0, -ending.length))) && !name.includes("\0")),
});

/** "2,3" as numbers. */
export const numbers = z.array(z.string().regex(/^\d+$/).transform(Number));
