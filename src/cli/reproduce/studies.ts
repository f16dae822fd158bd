import { type DataConfig, type DataSource, type Home, loadData } from "../../data/index.ts";
import { splitFingerprint } from "../../study/key.ts";
import { sectionsOf } from "../../experiment/experiment.ts";
import { experimentOf } from "../../experiment/index.ts";
import { resolveStudy } from "../../study/resolve.ts";
import { parseStudy } from "../../study/parse.ts";
import { withSeeds, type Study } from "../../study/study.ts";
import { resolve } from "node:path";
import { checkFigures } from "../../figure/check.ts";
import { labelOf } from "../../figure/figure.ts";
import { readWhole } from "../../platform/node/files.ts";
import { figureNamed, figureNames } from "../../figure/index.ts";
import { figureStudies } from "../../figure/presets.ts";
import { dataSource } from "../../platform/node/idx-folder.ts";
import { sourceFingerprint } from "../../platform/node/source-fingerprint.ts";
import { defaultCacheFolder } from "../../platform/node/store.ts";
import { planStudies, type PlannedStudy } from "../../study/plan.ts";
import { SignflipError } from "../../util/errors.ts";
import { fields } from "../../experiment/fields.ts";
import type { ValuesOf } from "../option/option.ts";
import type { studyOptions } from "../option/options.ts";

export type StudyValues = ValuesOf<typeof studyOptions>;

/** What says which studies to compute. */
type Asked = Pick<StudyValues, "figure" | "preset" | "study" | "seed" | "seeds" | "method">;

/** The studies a command line asks for: its own file, or a figure each at a preset. */
export async function studiesOf({ figure, preset, study: file, seed, seeds, method }: Asked, given: ReadonlySet<string>): Promise<Study[]> {
  if (file !== undefined) {
    const unused = ["figure", "preset"].find((name) => given.has(name));
    if (unused) throw new SignflipError("SF_OPTION", `--${unused} and --study cannot be combined: the study says what to compute`, { usage: true });
  }
  const studies = file === undefined ? figureStudies(figure, preset) : [parseStudy((await readWhole(file)).toString("utf8"), file)];
  if (file !== undefined) for (const study of studies) checkFigures(study, file);
  if (method !== undefined && !studies.some((study) => takesMethod(study, method))) {
    throw new SignflipError("SF_OPTION", "--method is for adversarial training, but none of these studies trains adversarially; Figure 4 does", {
      usage: true,
    });
  }
  return studies.map((study) => seeded(method === undefined ? study : trainedBy(study, method), { seed, seeds }, given));
}

/** Whether a study trains its networks in a way that can have this method. */
function takesMethod({ parts, input }: Study, method: string): boolean {
  return parts.some((part) => sectionsOf(experimentOf(part), input).training?.["method"]?.field.schema.safeParse(method).success);
}

/** The study with another method of training, where it can have it. */
function trainedBy(study: Study, method: string): Study {
  if (!takesMethod(study, method)) return study;
  const { input, figures, seeds } = study;
  return { ...resolveStudy({ ...input, training: { ...input.training, method } }, study.name), figures, seeds };
}

/** A study with the seeds that the command line asks for, if it does. */
export function seeded<S extends Study>(study: S, { seed, seeds }: Pick<StudyValues, "seed" | "seeds">, given: ReadonlySet<string>): S {
  return given.has("seed") || seeds !== undefined ? withSeeds(study, counted(study, seed, seeds)) : study;
}

function counted(study: Study, first: number, runs = study.seeds.length): number[] {
  const list = Array.from({ length: runs }, (_, run) => first + run);
  if (!fields.seed.schema.safeParse(list.at(-1)).success)
    throw new SignflipError("SF_OPTION", `--seed must be ${fields.seed.expected}, and so must the seeds of all its runs; got seeds up to ${list.at(-1)}`, {
      usage: true,
    });
  return list;
}

/** The studies with the keys of their cells. The data is read once and only its fingerprints are kept. */
export async function plan(studies: readonly Study[], { dataFolder, networks }: Pick<StudyValues, "dataFolder" | "networks">): Promise<PlannedStudy[]> {
  const source = readOnce(dataSource(dataFolder));
  const known = new Map<string, Promise<string>>();
  const fingerprint = (data: DataConfig) => {
    const name = JSON.stringify(data);
    const found = known.get(name) ?? loadData(data, source).then(splitFingerprint);
    known.set(name, found);
    return found;
  };
  return planStudies(studies, { data: fingerprint, file: sourceFingerprint }, { networks });
}

/** A source that reads the files of a dataset once, however many configurations there are of it. */
function readOnce(source: DataSource): DataSource {
  const known = new Map<Home, ReturnType<DataSource["idx"]>>();
  const idx = (home: Home) => {
    const files = known.get(home) ?? source.idx(home);
    known.set(home, files);
    return files;
  };
  return { ...source, idx };
}

export function cacheFolderOf({ cache }: Pick<StudyValues, "cache">): string {
  return cache === undefined ? defaultCacheFolder() : resolve(cache);
}

/** "Figure 2", or a study's own name. */
export function titleOf({ name, figures }: Study): string {
  return figures.some((asked) => name === figureNamed(asked)) ? labelOf(name) : name;
}

/** What some studies are about, in one line: "Figures 2 to 4, bounds, single step", or the names of studies without figures. */
export function titleOfAll(studies: readonly Study[]): string {
  const asked = new Set(studies.flatMap(({ figures }) => figures.map(figureNamed)));
  const names = figureNames.filter((name) => asked.has(name));
  const numbers = names.flatMap((name) => /^figure-(\d+)$/.exec(name)?.slice(1).map(Number) ?? []);
  const runs = numbers.reduce<number[][]>((all, n) => (all.at(-1)?.at(-1) === n - 1 ? [...all.slice(0, -1), [...all.at(-1)!, n]] : [...all, [n]]), []);
  const ranges = runs.map((run) => (run.length > 2 ? `${run[0]} to ${run.at(-1)}` : run.join(", "))).join(", ");
  const named = names.filter((name) => !/^figure-\d+$/.test(name)).map((name) => labelOf(name).toLowerCase());
  const own = studies.filter(({ figures }) => figures.length === 0).map(({ name }) => name);
  const parts = [...(numbers.length > 0 ? [`Figure${numbers.length > 1 ? "s" : ""} ${ranges}`] : []), ...named, ...own].join(", ");
  return parts.charAt(0).toUpperCase() + parts.slice(1);
}
