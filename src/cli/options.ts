import { z } from "zod";
import { complaint, fields, type Field, type FieldName, type FieldValue } from "../study/fields.ts";
import { figureNumbers, type FigureNumber } from "../study/schema.ts";
import { presetDescriptions, presetNames, type Preset } from "../study/presets.ts";
import { networkPolicies, type NetworkPolicy } from "../study/plan.ts";
import { SignflipError, type ErrorCode } from "../util/errors.ts";

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
function numberOf(text: string): number {
  return /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : Number.NaN;
}

/** An option that is a setting of the experiment; everything but its flags comes from the table of fields. */
function fromField<N extends FieldName>(name: N, flags: string): OptionSpec<FieldValue<N>> {
  const { description, expected, range, code, schema, default: value } = fields[name] as unknown as Field<FieldValue<N>>;
  const type = typeof value === "boolean" ? "flag" : typeof value === "number" ? "number" : "text";
  return { flags, description, expected, range, code, schema, default: value, type };
}

function option<T>(spec: Omit<OptionSpec<T>, "code" | "range"> & { code?: ErrorCode; range?: string }): OptionSpec<T> {
  return { code: "SF_OPTION", range: "", ...spec };
}

const path = (flags: string, description: string, defaultText?: string): OptionSpec<string | undefined> =>
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

/** "2,3" as numbers. */
const numbers = z.array(z.string().regex(/^\d+$/).transform(Number));

/** What an experiment is trained on and how: the paper's settings by default. */
export const experimentOptions = {
  dataset: fromField("dataset", "--dataset <name>"),
  digits: {
    ...fromField("digits", "--digits <a,b>"),
    type: "list",
    defaultText: fields.digits.default.join(","),
    schema: numbers.pipe(fields.digits.schema as z.ZodType<readonly [number, number], number[]>),
  } as OptionSpec<readonly [number, number]>,
  size: fromField("size", "--size <pixels>"),
  normalize: fromField("normalize", "--normalize"),
  width: fromField("m", "-m, --width <m>"),
  bias: { ...fromField("bias", "--bias"), off: "no biases at all" },
  c0: fromField("c0", "--c0 <number>"),
  lr: fromField("lr", "--lr <rate>"),
  batch: fromField("batch", "--batch <images>"),
  epochs: fromField("epochs", "--epochs <most>"),
  exit: fromField("exit", "--exit <when>"),
  seed: fromField("seed", "--seed <seed>"),
  seeds: fromField("seeds", "--seeds <runs>"),
  dataFolder: path("--data-folder <folder>", "four IDX files (plain or .gz) to take the images from", "the MNIST that comes with the program"),
};

export const misclassifiedOption = fromField("misclassified", "--misclassified <how>");

export const jsonOption = option<boolean>({
  flags: "--json",
  description: "print one JSON object on stdout, everything else on stderr; after an error stdout is empty",
  type: "flag",
  default: false,
  expected: "given or not",
  schema: z.boolean(),
});

export const threadsOption = option<number | undefined>({
  flags: "--threads <count>",
  description: "threads of the engine",
  type: "number",
  default: undefined,
  defaultText: "the machine's cores",
  expected: "a whole number from 1 to 1,024",
  schema: z.int().min(1).max(1024),
});

export const networkFileOption = path("--out <file.onnx>", "save the trained network here; with several seeds, -seed-N goes before .onnx", "not saved");

/** What reproduce and report share: which figures, from which study, kept where. */
export const studyOptions = {
  figure: option<readonly FigureNumber[]>({
    flags: "--figure <numbers>",
    description: "figures of the paper, separated by commas",
    type: "list",
    default: figureNumbers,
    defaultText: figureNumbers.join(","),
    expected: `one or more of ${figureNumbers.join(", ")}, separated by commas`,
    schema: numbers.pipe(z.array(z.literal(figureNumbers)).min(1) as z.ZodType<FigureNumber[], number[]>).transform((list) => [...new Set(list)]),
  }),
  preset: option<Preset>({
    flags: "--preset <name>",
    description: presetNames.map((name) => `${name} (${presetDescriptions[name]})`).join("; "),
    type: "text",
    default: "laptop",
    expected: `${presetNames.slice(0, -1).join(", ")} or ${presetNames.at(-1)}`,
    schema: z.enum(presetNames),
  }),
  study: path("--study <file.yaml>", "run this study in place of figures and a preset"),
  seeds: option<number | undefined>({
    flags: "--seeds <runs>",
    description: "runs of every setting",
    type: "number",
    default: undefined,
    defaultText: "the preset's or the study's",
    expected: fields.seeds.expected,
    schema: fields.seeds.schema,
  }),
  seed: fromField("seed", "--seed <seed>"),
  out: { ...path("--out <folder>", "where the report, figures, rows and networks go"), default: "signflip-report" } as OptionSpec<string>,
  cache: path("--cache <folder>", "where finished cells are kept", "your cache folder"),
  dataFolder: experimentOptions.dataFolder,
  networks: option<NetworkPolicy>({
    flags: "--networks <which>",
    description: "trained networks to keep: of the first seed of every setting, all or none",
    type: "text",
    default: "first",
    expected: "first, all or none",
    schema: z.enum(networkPolicies),
  }),
} as const;

export const workersOption = option<number | undefined>({
  flags: "--workers <count>",
  description: "processes that compute cells side by side",
  type: "number",
  default: undefined,
  defaultText: "the machine's cores",
  expected: "a whole number from 1 to 1,024",
  schema: z.int().min(1).max(1024),
});
