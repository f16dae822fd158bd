import { parse as parseYaml, YAMLParseError } from "yaml";
import { z } from "zod";
import { SignflipError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";
import type { CellConfig } from "./cell.ts";
import { complaint, fields, shown, type FieldName, type FieldValue } from "./fields.ts";

/** A setting of a study: one value, or `{ each: [...] }` to run the study at every one of them. */
export type Grid<T> = T | { readonly each: readonly T[] };

/** What a researcher writes; whatever is left out is the paper's. */
export interface StudyInput {
  readonly name: string;
  /** The figures to draw from its rows. */
  readonly figures?: readonly FigureNumber[];
  readonly data?: { readonly [N in "dataset" | "digits" | "size" | "normalize"]?: Grid<FieldValue<N>> };
  readonly network?: { readonly [N in "kind" | "m" | "bias"]?: Grid<FieldValue<N>> };
  readonly training?: { readonly [N in "method" | "c0" | "lr" | "batch" | "epochs" | "exit"]?: Grid<FieldValue<N>> };
  /** `flips` measures with the paper's conventions; the longer form changes them. */
  readonly measure?: readonly ("flips" | { readonly flips: { readonly misclassified?: FieldValue<"misclassified">; readonly samples?: boolean } })[];
  /** How many seeds (0, 1, …), or which. */
  readonly seeds?: number | readonly number[];
}

export const figureNumbers = [2, 3, 7] as const;
export type FigureNumber = (typeof figureNumbers)[number];

/** One value or many, as a list of the values. */
function grid<N extends FieldName>(name: N) {
  type T = FieldValue<N>;
  const field = fields[name];
  const many = z.strictObject({ each: z.array(z.unknown()).min(1) });
  return z
    .unknown()
    .transform((value, context): T[] => {
      const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
      const list = isObject ? many.safeParse(value) : undefined;
      if (list !== undefined && !list.success) {
        context.addIssue({ code: "custom", message: `must be one value or { each: [one or more values] }; got ${shown(value)}` });
        return z.NEVER;
      }
      const values = list === undefined ? [value] : list.data.each;
      const good: T[] = [];
      for (const one of values) {
        const result = field.schema.safeParse(one);
        if (result.success) good.push(result.data as T);
        else context.addIssue({ code: "custom", message: complaint("", field, one).trim() });
      }
      return good;
    })
    .prefault(field.default);
}

const flips = z.strictObject({
  misclassified: fields.misclassified.schema.default(fields.misclassified.default),
  samples: fields.samples.schema.default(fields.samples.default),
});
const measurement = z.union([z.literal("flips").transform(() => ({ flips: flips.parse({}) })), z.strictObject({ flips })], {
  error: "must be flips, or { flips: { misclassified: zero or exclude, samples: true or false } }",
});

export const studySchema = z.strictObject({
  name: z.string({ error: "must be a name" }).regex(/^[\w][\w .-]{0,63}$/, "must be a name of letters, digits, spaces, dots and hyphens, at most 64 long"),
  figures: z.array(z.literal(figureNumbers, { error: `must be one of ${figureNumbers.join(", ")}` })).default([]),
  data: z.strictObject({ dataset: grid("dataset"), digits: grid("digits"), size: grid("size"), normalize: grid("normalize") }).prefault({}),
  network: z.strictObject({ kind: grid("kind"), m: grid("m"), bias: grid("bias") }).prefault({}),
  training: z
    .strictObject({ method: grid("method"), c0: grid("c0"), lr: grid("lr"), batch: grid("batch"), epochs: grid("epochs"), exit: grid("exit") })
    .prefault({}),
  measure: z
    .array(measurement, { error: "must be a list of measurements: [flips]" })
    .length(1, "must be a list of one measurement: [flips]")
    .prefault(["flips"]),
  seeds: z
    .union([fields.seeds.schema.transform((n) => Array.from({ length: n }, (_, seed) => seed)), z.array(fields.seed.schema).min(1)], {
      error: "must be how many seeds (from 1 to 1,000) or a list of seeds",
    })
    .prefault(1),
});

/** A study with every setting resolved to the list of its values. */
export type Study = z.output<typeof studySchema>;

/** Checks a study; `source` (a file's name) begins the error. */
export function resolveStudy(input: unknown, source: string): Study {
  const result = studySchema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new SignflipError("SF_STUDY", `${source}: ${sentence(issue)}`, { usage: true });
}

/** Reads a study from YAML (JSON is YAML too). */
export function parseStudy(text: string, source: string): Study {
  let input: unknown;
  try {
    input = parseYaml(text);
  } catch (cause) {
    const place = cause instanceof YAMLParseError && cause.linePos ? ` at line ${cause.linePos[0].line}, column ${cause.linePos[0].col}` : "";
    const reason = cause instanceof Error ? cause.message.split(/ at line|\n/)[0]! : String(cause);
    throw new SignflipError("SF_STUDY", `${source}: not YAML${place}: ${reason}`, { usage: true, cause });
  }
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new SignflipError("SF_STUDY", `${source}: a study is a set of keys (name, data, network, training, measure, seeds); got ${shown(input)}`, {
      usage: true,
    });
  }
  return resolveStudy(input, source);
}

/** A study as one would write it down, with everything resolved. */
export function toInput({ data, network, training, seeds, ...rest }: Study): StudyInput {
  const grids = (section: Readonly<Record<string, readonly unknown[]>>) =>
    Object.fromEntries(Object.entries(section).map(([name, values]) => [name, values.length === 1 ? values[0] : { each: values }]));
  return { ...rest, data: grids(data), network: grids(network), training: grids(training), seeds } as StudyInput;
}

/** The cells of a study: every combination of its values at every seed, the seeds together, no cell twice. */
export function expand({ data, network, training, measure, seeds }: Study): CellConfig[] {
  const combinations = product({ ...data, ...network, ...training, measure, seed: seeds });
  const cells = combinations.map(({ dataset, digits, size, normalize, kind, m, bias, method, c0, lr, batch, exit, epochs, measure, seed }): CellConfig => ({
    data: { dataset, digits, size, normalize },
    network: { kind, m, bias },
    training: { method, c0, lr, batch, exit, epochs },
    measure,
    seed,
  }));
  return [...new Map(cells.map((cell) => [JSON.stringify(cell), cell])).values()];
}

/** Every choice of one value from each list; the last list varies fastest. */
function product<T extends Readonly<Record<string, readonly unknown[]>>>(lists: T): { readonly [K in keyof T]: T[K][number] }[] {
  const rows = Object.entries(lists).reduce<object[]>(
    (rows, [name, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
    [{}],
  );
  return rows as { readonly [K in keyof T]: T[K][number] }[];
}

function sentence(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const known = namesAt(issue.path);
    const guess = nearest(key, known);
    return `unknown key ${[...issue.path, key].map(String).join(".")}${guess ? ` (did you mean ${guess}?)` : ` (known: ${known.join(", ")})`}`;
  }
  if (issue.code === "invalid_type" && issue.expected === "object") return `${path} must be a set of keys (${namesAt(issue.path).join(", ")})`;
  return `${path} ${issue.message}`;
}

/** The keys a study may have at a path. */
function namesAt(path: readonly PropertyKey[]): string[] {
  if (path.length === 0) return Object.keys(studySchema.shape);
  const section =
    path.length === 1
      ? ({ data: studySchema.shape.data, network: studySchema.shape.network, training: studySchema.shape.training } as const)[path[0] as "data"]
      : undefined;
  return section ? Object.keys(section.unwrap().shape) : Object.keys(flips.shape);
}
