import { z } from "zod";
import { datasetField, datasetNames, type DatasetName } from "../data/index.ts";
import { experimentNames, findExperiment, impliedExperiment } from "../experiment/index.ts";
import { sectionsOf, type RawStudy, type Sections } from "../experiment/experiment.ts";
import { fields } from "../experiment/fields.ts";
import { schemaOf, type Section } from "../experiment/settings.ts";
import { SignflipError } from "../util/errors.ts";
import { alternatives, complaint, shown } from "../util/field.ts";
import { nearest } from "../util/nearest.ts";
import { dataConfigs, dataSections } from "./data-section.ts";
import type { Study, StudyInput, StudyPart } from "./study.ts";

const nameExpected = "must be a name of letters, digits, spaces, dots and hyphens, at most 64 long";
const seedsExpected = "must be how many seeds (from 1 to 1,000) or a list of seeds";
const figureSchema = z.union([z.string(), z.number()], { error: "must be the number or the name of a figure" });

const commonSchema = {
  name: z.string({ error: nameExpected }).regex(/^[\w][\w .-]{0,63}$/, nameExpected),
  figures: z.array(figureSchema, { error: "must be a list of figures: [2, 3]" }).default([]),
  seeds: z
    .union([fields.seeds.schema.transform((n) => Array.from({ length: n }, (_, seed) => seed)), z.array(fields.seed.schema).min(1, seedsExpected)], {
      error: seedsExpected,
    })
    .prefault(1),
};

/** Parts of a study in which a misspelled key is looked for. */
const partNames = ["data", "network", "training"] as const;
const topKeys = ["name", "figures", ...partNames, "measure", "seeds"];

/** Checks a study; `source` (a file's name) begins the error. @throws SF_STUDY (usage) in one line */
export function resolveStudy(input: unknown, source: string): Study {
  const fail = (message: string): never => {
    throw new SignflipError("SF_STUDY", `${source}: ${message}`, { usage: true });
  };
  if (typeof input !== "object" || input === null || Array.isArray(input))
    return fail(`a study is a set of keys (name, data, network, training, measure, seeds); got ${shown(input)}`);
  const unknown = Object.keys(input).find((key) => !topKeys.includes(key));
  if (unknown !== undefined) return fail(unknownKey(unknown, unknown, topKeys));
  const { data, network, training, measure, ...common }: RawStudy & Record<string, unknown> = { ...input };
  const head = z.strictObject(commonSchema).safeParse(common);
  if (!head.success) return fail(sentence(head.error.issues[0]!, []));

  const measurements = measurementsOf({ training, measure }, fail).map((one) => {
    const experiment = findExperiment(one.kind)!;
    return { ...one, experiment, sections: sectionsOf(experiment, { data, network, training, measure }) };
  });
  /** Measurements share a part; each takes the settings that it has, and one that none of them has is refused. */
  const shared = (part: "network" | "training", written: unknown, { kind, sections }: (typeof measurements)[number]) => {
    const own = Object.keys(sections[part] ?? {});
    const others = measurements.flatMap((one) => Object.keys(one.sections[part] ?? {})).filter((name) => !own.includes(name));
    return partOf(part, without(others, written), sections[part], kind, fail);
  };
  const parts = measurements.map((measurement): StudyPart => {
    const { kind, at, settings, experiment, sections } = measurement;
    const choice = {
      data: dataOf(data, sections, kind, fail),
      network: shared("network", network, measurement),
      training: shared("training", training, measurement),
      measure: partOf(at, settings, sections.measure, kind, fail),
    };
    const wrong = experiment.check?.({ ...choice, seeds: head.data.seeds });
    if (wrong !== undefined) fail(wrong);
    return { kind, choice };
  });
  checkAgreement(parts, fail);
  return { ...head.data, parts, input: input as StudyInput };
}

type Fail = (message: string) => never;

interface Measurement {
  readonly kind: string;
  /** Where its settings stand, for errors: `measure.0.theory`. */
  readonly at: string;
  readonly settings: unknown;
}

/** What a study measures: names of experiments, each alone or with its settings. */
function measurementsOf(study: RawStudy, fail: Fail): Measurement[] {
  const { measure } = study;
  const names = experimentNames();
  const expected = `must be ${alternatives(names)}, or one of them with its settings: { ${names[0]!}: { … } }`;
  if (measure === undefined) return [{ kind: impliedExperiment(study), at: "measure", settings: {} }];
  if (!Array.isArray(measure) || measure.length === 0) return fail(`measure must be a list of measurements: [${names[0]!}]; got ${shown(measure)}`);
  const found = measure.map((one: unknown, i): Measurement => {
    if (typeof one === "string" && findExperiment(one)) return { kind: one, at: `measure.${i}.${one}`, settings: {} };
    const [only, ...others] = typeof one === "object" && one !== null && !Array.isArray(one) ? Object.entries(one as Record<string, unknown>) : [];
    if (only !== undefined && others.length === 0 && findExperiment(only[0])) return { kind: only[0], at: `measure.${i}.${only[0]}`, settings: only[1] };
    const word = typeof one === "string" ? one : only?.[0];
    const guess = word === undefined ? undefined : nearest(word, names);
    return fail(`measure.${i} ${expected}; got ${shown(one)}${guess ? ` (did you mean ${guess}?)` : ""}`);
  });
  const twice = found.find(({ kind }, i) => found.findIndex((other) => other.kind === kind) < i);
  return twice === undefined ? found : fail(`measure names ${twice.kind} twice; give it lists of values instead: { each: [ … ] }`);
}

/** A part of a study, checked by the section that an experiment has for it. */
function partOf(at: string, value: unknown, section: Section | undefined, kind: string, fail: Fail) {
  if (section === undefined) return value === undefined ? {} : fail(`${at} does not belong in a study of ${kind}`);
  const known = Object.keys(section);
  const result = schemaOf(section).safeParse(value);
  return result.success ? result.data : fail(sentence(result.error.issues[0]!, known, at));
}

/** A part without some of its settings; nothing where that is all it had. */
function without(names: readonly string[], part: unknown): unknown {
  if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
  const left = Object.entries(part).filter(([name]) => !names.includes(name));
  return left.length === 0 && Object.keys(part).length > 0 ? undefined : Object.fromEntries(left);
}

function dataOf(data: unknown, { data: needs }: Sections, kind: string, fail: Fail) {
  if (needs === undefined) return data === undefined ? [] : fail(`data does not belong in a study of ${kind}`);
  const sections = dataSections(needs);
  const known = (name: DatasetName) => ["dataset", ...Object.keys(sections[name])];
  const [usual] = datasetNames;
  if (data !== undefined && (typeof data !== "object" || data === null || Array.isArray(data)))
    return fail(`data must be a set of keys (${known(usual).join(", ")}); got ${shown(data)}`);
  const { dataset = usual, ...settings } = { ...data } as { dataset?: unknown };
  const name =
    typeof dataset === "object" && dataset !== null && "each" in dataset
      ? fail(`data.dataset must be ${datasetField.expected}, one of them in a study`)
      : dataset;
  const found = datasetNames.find((one) => one === name);
  if (found === undefined) return fail(complaint("data.dataset", datasetField, name));
  const foreign = Object.keys(settings).find((key) => !known(found).includes(key));
  const owner = foreign === undefined ? undefined : datasetNames.find((one) => known(one).includes(foreign));
  if (owner !== undefined) return fail(`data.${foreign} is a setting of the dataset ${owner}; ${found} has ${known(found).join(", ")}`);
  const result = schemaOf(sections[found]).safeParse(settings);
  return result.success ? dataConfigs(found, result.data as Record<string, readonly unknown[]>) : fail(sentence(result.error.issues[0]!, known(found), "data"));
}

/** Several measurements of one study are about the same networks: what they share must be resolved alike. */
function checkAgreement(parts: readonly StudyPart[], fail: Fail): void {
  const [first, ...others] = parts;
  for (const other of others) {
    for (const part of partNames) {
      const [a, b] = [first!.choice[part], other.choice[part]] as [object, object];
      const differing = Object.keys(a).find((key) => key in b && JSON.stringify(Reflect.get(a, key)) !== JSON.stringify(Reflect.get(b, key)));
      if (differing === undefined) continue;
      const valueIn = (of: object) => {
        const values = Reflect.get(of, differing) as unknown;
        return shown(Array.isArray(values) && values.length === 1 ? values[0] : values);
      };
      const setting = part === "data" ? part : `${part}.${differing}`;
      const values = `${setting} is ${valueIn(a)} for ${first!.kind} and ${valueIn(b)} for ${other.kind}`;
      fail(`measure: ${first!.kind} and ${other.kind} need the same networks, but ${values}; give the study one value that both take, or write two studies`);
    }
  }
}

function sentence(issue: z.core.$ZodIssue, known: readonly string[], at = ""): string {
  const path = [...(at === "" ? [] : [at]), ...issue.path.map(String)].join(".");
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    return unknownKey(path === "" ? key : `${path}.${key}`, key, known);
  }
  if (issue.code === "invalid_type" && issue.expected === "object") return `${path} must be a set of keys (${known.join(", ")})`;
  return `${path} ${issue.message}`;
}

function unknownKey(path: string, key: string, known: readonly string[]): string {
  const guess = nearest(key, known);
  return `unknown key ${path}${guess ? ` (did you mean ${guess}?)` : ` (known: ${known.join(", ")})`}`;
}
