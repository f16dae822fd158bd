import { parse as parseYaml, YAMLParseError } from "yaml";
import { z } from "zod";
import { SignflipError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";
import { adversarialDefaults, fields, shown } from "../experiment/fields.ts";
import { grid, optionalGrid, single } from "../experiment/grids.ts";
import type { RobustSetting, StudyInput } from "./study-input.ts";

export type { StudyInput } from "./study-input.ts";

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

/** A measurement with settings, or its bare name for the defaults. */
const named = <S extends z.ZodType>(name: string, schema: S) => z.preprocess((value) => (value === name ? { [name]: {} } : value), schema);
const theory = z.strictObject({ gamma: grid("gamma"), draws: grid("draws"), points: grid("measured"), searches: grid("searches"), c1: grid("c1") });
const cone = z.strictObject({ c0: single("coneC0") });
/** The one measurement of a study. */
const one = <S extends z.ZodType>(measurement: S, name: string) =>
  z.array(measurement, { error: `must be a list of measurements: [${name}]` }).length(1, `must be a list of one measurement: [${name}]`);

const nameExpected = "must be a name of letters, digits, spaces, dots and hyphens, at most 64 long";
const seedsExpected = "must be how many seeds (from 1 to 1,000) or a list of seeds";

const mnistData = z.strictObject({ dataset: grid("dataset"), digits: grid("digits"), size: grid("size"), normalize: grid("normalize") });
const sphereData = z.strictObject({
  dataset: grid("dataset").refine((names) => names.every((name) => name === "sphere"), { error: "must be mnist or sphere, one of them in a study" }),
  d: grid("d"),
  points: grid("points"),
});

const common = {
  name: z.string({ error: nameExpected }).regex(/^[\w][\w .-]{0,63}$/, nameExpected),
  figures: z
    .array(z.union([z.string(), z.number()], { error: "must be a figure's number or name" }), { error: "must be a list of figures: [2, bounds]" })
    .default([]),
  data: mnistData.prefault({}),
  network: z.strictObject({ kind: grid("kind"), m: grid("m"), bias: grid("bias") }).prefault({}),
  seeds: z
    .union([fields.seeds.schema.transform((n) => Array.from({ length: n }, (_, seed) => seed)), z.array(fields.seed.schema).min(1, seedsExpected)], {
      error: seedsExpected,
    })
    .prefault(1),
};

const flipsStudySchema = z.strictObject({
  ...common,
  training: z
    .strictObject({ method: grid("method"), c0: grid("c0"), lr: grid("lr"), batch: grid("batch"), epochs: grid("epochs"), exit: grid("exit") })
    .prefault({}),
  measure: one(flipsMeasurement, "flips").prefault(["flips"]),
});

const robustStudySchema = z.strictObject({
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
  measure: one(robustMeasurement, "robust").prefault(["robust"]),
});

const noBiases = z.strictObject({ kind: grid("kind"), m: grid("m"), bias: grid("noBias") }).prefault({});

const theoryStudySchema = z.strictObject({
  ...common,
  data: mnistData.extend({ normalize: grid("unitNorm") }).prefault({}),
  network: noBiases,
  training: z
    .strictObject({ method: grid("method"), c0: grid("ballC0"), lr: grid("lr"), batch: grid("batch"), epochs: grid("mostEpochs"), exit: grid("exit") })
    .prefault({}),
  measure: one(named("theory", z.strictObject({ theory })), "theory"),
});

const coneStudySchema = z.strictObject({
  ...common,
  data: mnistData.extend({ normalize: grid("unitNorm") }).prefault({}),
  network: noBiases,
  training: z.strictObject({ method: grid("method"), lr: grid("lr"), batch: grid("batch"), epochs: grid("epochs"), exit: grid("exit") }).prefault({}),
  measure: one(named("cone", z.strictObject({ cone })), "cone"),
});

const onSphere = { data: sphereData.prefault({}) };
/** What a study measures, and on what. */
const schemas = {
  flips: { mnist: flipsStudySchema, sphere: flipsStudySchema.extend(onSphere) },
  robust: { mnist: robustStudySchema, sphere: robustStudySchema.extend(onSphere) },
  theory: { mnist: theoryStudySchema, sphere: theoryStudySchema.extend(onSphere) },
  cone: { mnist: coneStudySchema, sphere: coneStudySchema.extend(onSphere) },
} as const;
type Kind = keyof typeof schemas;
type Dataset = "mnist" | "sphere";

/** Data with every setting resolved to the list of its values. */
export type DataGrid = z.output<typeof mnistData> | z.output<typeof sphereData>;
type Resolved<K extends Kind> = Omit<z.output<(typeof schemas)[K]["mnist"]>, "data"> & { readonly data: DataGrid };

/** A study with every setting resolved to the list of its values. */
export type Study = FlipsStudy | RobustStudy | TheoryStudy | ConeStudy;
export type FlipsStudy = Resolved<"flips">;
export type RobustStudy = Resolved<"robust">;
export type TheoryStudy = Resolved<"theory">;
export type ConeStudy = Resolved<"cone">;

export const isRobustStudy = (study: Study): study is RobustStudy => "robust" in study.measure[0]!;
export const isTheoryStudy = (study: Study): study is TheoryStudy => "theory" in study.measure[0]!;
export const isConeStudy = (study: Study): study is ConeStudy => "cone" in study.measure[0]!;

/** Which kind a study means to be: its measurement or its method tells; and which data. */
function kindOf(input: unknown): { readonly kind: Kind; readonly dataset: Dataset } {
  const { data, training, measure } = (input ?? {}) as { data?: { dataset?: unknown }; training?: { method?: unknown }; measure?: unknown };
  const says = (value: unknown, words: RegExp) => words.test(JSON.stringify(value ?? null));
  const dataset = says(data?.dataset, /"sphere"/) ? "sphere" : "mnist";
  for (const kind of ["theory", "cone"] as const) if (says(measure, new RegExp(`^\\[(\\{)?"${kind}"`))) return { kind, dataset };
  return { kind: says([training?.method, measure], /"(faithful|fast|robust)"/) ? "robust" : "flips", dataset };
}

/** Checks a study; `source` (a file's name) begins the error. */
export function resolveStudy(input: unknown, source: string): Study {
  const which = kindOf(input);
  const result = schemas[which.kind][which.dataset].safeParse(input);
  if (result.success) return result.data as Study;
  throw new SignflipError("SF_STUDY", `${source}: ${sentence(result.error.issues[0]!, which)}`, { usage: true });
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
  const measured = measure.map((measurement) => {
    if ("robust" in measurement) return { robust: { steps: measurement.robust.steps } };
    return "theory" in measurement ? { theory: grids(measurement.theory) } : measurement;
  });
  return { ...rest, data: grids(data), network: grids(network), training: grids(training), measure: measured, seeds } as StudyInput;
}

function sentence(issue: z.core.$ZodIssue, which: ReturnType<typeof kindOf>): string {
  const path = issue.path.map(String).join(".");
  const known = namesAt(issue.path, which);
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const name = [...issue.path, key].map(String).join(".");
    const other = which.dataset === "mnist" ? "sphere" : "mnist";
    if (path === "data" && namesAt(["data"], { ...which, dataset: other }).includes(key))
      return `${name} is a setting of the dataset ${other}; ${which.dataset} has ${known.join(", ")}`;
    const guess = nearest(key, known);
    return `unknown key ${name}${guess ? ` (did you mean ${guess}?)` : ` (known: ${known.join(", ")})`}`;
  }
  if (issue.code === "invalid_type" && issue.expected === "object") return `${path} must be a set of keys (${known.join(", ")})`;
  return `${path} ${issue.message}`;
}

/** The keys a study may have at a path. */
function namesAt(path: readonly PropertyKey[], { kind, dataset }: ReturnType<typeof kindOf>): string[] {
  const { shape } = schemas[kind][dataset];
  if (path.length === 0) return Object.keys(shape);
  const section = path.length === 1 ? ({ data: shape.data, network: shape.network, training: shape.training } as const)[path[0] as "data"] : undefined;
  if (section) return Object.keys(section.unwrap().shape);
  if (path.length === 2) return [kind];
  return { flips: Object.keys(flips.shape), robust: ["steps"], theory: Object.keys(theory.shape), cone: Object.keys(cone.shape) }[kind];
}
