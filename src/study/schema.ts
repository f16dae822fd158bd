import { parse as parseYaml, YAMLParseError } from "yaml";
import { z } from "zod";
import { SignflipError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";
import { adversarialDefaults, complaint, fields, shown, type FieldName, type FieldValue } from "./fields.ts";

/** A setting of a study: one value, or `{ each: [...] }` to run the study at every one of them. */
export type Grid<T> = T | { readonly each: readonly T[] };

/** What a researcher writes; whatever is left out is the paper's. */
export type StudyInput = FlipsStudyInput | RobustStudyInput;

interface CommonInput {
  readonly name: string;
  /** The figures to draw from its rows. */
  readonly figures?: readonly FigureNumber[];
  readonly data?: { readonly [N in "dataset" | "digits" | "size" | "normalize"]?: Grid<FieldValue<N>> };
  readonly network?: { readonly [N in "kind" | "m" | "bias"]?: Grid<FieldValue<N>> };
  /** How many seeds (0, 1, …), or which. */
  readonly seeds?: number | readonly number[];
}

/** SGD, then flips. */
export interface FlipsStudyInput extends CommonInput {
  readonly training?: { readonly [N in "method" | "c0" | "lr" | "batch" | "epochs" | "exit"]?: Grid<FieldValue<N>> };
  /** `flips` measures with the paper's conventions; the longer form changes them. */
  readonly measure?: readonly ("flips" | { readonly flips: { readonly misclassified?: FieldValue<"misclassified">; readonly samples?: boolean } })[];
}

/** Adversarial training, then robust accuracy: a study is one where its method or its measurement says so. */
export interface RobustStudyInput extends CommonInput {
  readonly training?: { readonly method?: Grid<FieldValue<"adversarialMethod">> } & {
    readonly [N in RobustSetting]?: Grid<NonNullable<FieldValue<N>>>;
  };
  /** `robust` is PGD with 100 steps at the training's ε. */
  readonly measure?: readonly ("robust" | { readonly robust: { readonly steps?: number } })[];
}

/** Settings of adversarial training beside its method. */
const robustSettings = ["eps", "c0", "radius", "lr", "batch", "epochs", "patience", "minRise", "project", "box", "steps", "stepSize", "train"] as const;
type RobustSetting = (typeof robustSettings)[number];

export const figureNumbers = [2, 3, 4, 5, 6, 7] as const;
export type FigureNumber = (typeof figureNumbers)[number];

/** One value or many, as a list of the values. What is left out is the default: the paper's, unless `otherwise` says what it is here. */
function grid<N extends FieldName>(name: N, ...otherwise: [FieldValue<N>?]) {
  const fallback: unknown = otherwise.length > 0 ? otherwise[0] : fields[name].default;
  return valuesOf(name).prefault(fallback);
}

/** The same of a setting that may be left out: then there is no list. */
function optionalGrid<N extends FieldName>(name: N) {
  return valuesOf(name).optional();
}

function valuesOf<N extends FieldName>(name: N) {
  type T = NonNullable<FieldValue<N>>;
  const field = fields[name];
  const many = z.strictObject({ each: z.array(z.unknown()).min(1) });
  return z.unknown().transform((value, context): T[] => {
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
  });
}

const flips = z.strictObject({
  misclassified: fields.misclassified.schema.default(fields.misclassified.default),
  samples: fields.samples.schema.default(fields.samples.default),
});
const flipsMeasurement = z.union([z.literal("flips").transform(() => ({ flips: flips.parse({}) })), z.strictObject({ flips })], {
  error: "must be flips, or { flips: { misclassified: zero or exclude, samples: true or false } }",
});
/** Steps of the PGD that robust accuracy is measured by. */
export const robustSteps = 100;
const robust = z.strictObject({ steps: z.int().min(1).default(robustSteps) }).transform(({ steps }) => ({ attack: "pgd" as const, steps }));
const robustMeasurement = z.union([z.literal("robust").transform(() => ({ robust: robust.parse({}) })), z.strictObject({ robust })], {
  error: `must be robust, or { robust: { steps: ${robustSteps} } }`,
});

const nameExpected = "must be a name of letters, digits, spaces, dots and hyphens, at most 64 long";
const seedsExpected = "must be how many seeds (from 1 to 1,000) or a list of seeds";

const common = {
  name: z.string({ error: nameExpected }).regex(/^[\w][\w .-]{0,63}$/, nameExpected),
  figures: z.array(z.literal(figureNumbers, { error: `must be one of ${figureNumbers.join(", ")}` })).default([]),
  data: z.strictObject({ dataset: grid("dataset"), digits: grid("digits"), size: grid("size"), normalize: grid("normalize") }).prefault({}),
  network: z.strictObject({ kind: grid("kind"), m: grid("m"), bias: grid("bias") }).prefault({}),
  seeds: z
    .union([fields.seeds.schema.transform((n) => Array.from({ length: n }, (_, seed) => seed)), z.array(fields.seed.schema).min(1, seedsExpected)], {
      error: seedsExpected,
    })
    .prefault(1),
};

export const flipsStudySchema = z.strictObject({
  ...common,
  training: z
    .strictObject({ method: grid("method"), c0: grid("c0"), lr: grid("lr"), batch: grid("batch"), epochs: grid("epochs"), exit: grid("exit") })
    .prefault({}),
  measure: z
    .array(flipsMeasurement, { error: "must be a list of measurements: [flips]" })
    .length(1, "must be a list of one measurement: [flips]")
    .prefault(["flips"]),
});

export const robustStudySchema = z.strictObject({
  ...common,
  training: z
    .strictObject({
      method: grid("adversarialMethod"),
      eps: grid("eps"),
      c0: optionalGrid("c0"),
      radius: optionalGrid("radius"),
      lr: grid("lr", adversarialDefaults.lr),
      batch: grid("batch", adversarialDefaults.batch),
      epochs: grid("epochs"),
      patience: grid("patience"),
      minRise: grid("minRise"),
      project: grid("project"),
      box: grid("box"),
      steps: optionalGrid("steps"),
      stepSize: optionalGrid("stepSize"),
      train: optionalGrid("train"),
    } satisfies Record<RobustSetting | "method", z.ZodType>)
    .refine(({ c0, radius }) => c0 === undefined || radius === undefined, { path: ["radius"], error: "and c0 exclude each other: c0 is the radius C_0/√m" })
    .prefault({}),
  measure: z
    .array(robustMeasurement, { error: "must be a list of measurements: [robust]" })
    .length(1, "must be a list of one measurement: [robust]")
    .prefault(["robust"]),
});

/** A study with every setting resolved to the list of its values. */
export type Study = FlipsStudy | RobustStudy;
export type FlipsStudy = z.output<typeof flipsStudySchema>;
export type RobustStudy = z.output<typeof robustStudySchema>;

export const isRobustStudy = (study: Study): study is RobustStudy => "robust" in study.measure[0]!;

/** Which of the two a study means to be: its method or its measurement tells. */
function schemaOf(input: unknown) {
  const { training, measure } = (input ?? {}) as { training?: { method?: unknown }; measure?: unknown };
  const says = JSON.stringify([training?.method ?? null, measure ?? null]);
  return /"(faithful|fast|robust)"/.test(says) ? robustStudySchema : flipsStudySchema;
}

/** Checks a study; `source` (a file's name) begins the error. */
export function resolveStudy(input: unknown, source: string): Study {
  const schema = schemaOf(input);
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new SignflipError("SF_STUDY", `${source}: ${sentence(issue, schema)}`, { usage: true });
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
export function toInput({ data, network, training, seeds, measure, ...rest }: Study): StudyInput {
  const grids = (section: Readonly<Record<string, readonly unknown[] | undefined>>) =>
    Object.fromEntries(
      Object.entries(section).flatMap(([name, values]) => (values === undefined ? [] : [[name, values.length === 1 ? values[0] : { each: values }]])),
    );
  const measured = measure.map((one) => ("robust" in one ? { robust: { steps: one.robust.steps } } : one));
  return { ...rest, data: grids(data), network: grids(network), training: grids(training), measure: measured, seeds } as StudyInput;
}

function sentence(issue: z.core.$ZodIssue, schema: StudySchema): string {
  const path = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const known = namesAt(issue.path, schema);
    const guess = nearest(key, known);
    return `unknown key ${[...issue.path, key].map(String).join(".")}${guess ? ` (did you mean ${guess}?)` : ` (known: ${known.join(", ")})`}`;
  }
  if (issue.code === "invalid_type" && issue.expected === "object") return `${path} must be a set of keys (${namesAt(issue.path, schema).join(", ")})`;
  return `${path} ${issue.message}`;
}

type StudySchema = typeof flipsStudySchema | typeof robustStudySchema;

/** The keys a study may have at a path. */
function namesAt(path: readonly PropertyKey[], schema: StudySchema): string[] {
  if (path.length === 0) return Object.keys(schema.shape);
  const { data, network, training } = schema.shape;
  const section = path.length === 1 ? ({ data, network, training } as const)[path[0] as "data"] : undefined;
  if (section) return Object.keys(section.unwrap().shape);
  return schema === robustStudySchema ? ["steps"] : Object.keys(flips.shape);
}
