import { resolve } from "node:path";
import { datasets } from "../data/index.ts";
import { dataSource } from "../node/mnist.ts";
import { defaultCacheFolder } from "../node/store.ts";
import type { CellConfig } from "../study/cell.ts";
import { planStudies, type PlannedStudy } from "../study/plan.ts";
import { figureStudies } from "../study/presets.ts";
import { datasetOf } from "../study/run-cell.ts";
import { isRobustStudy, parseStudy, type Study } from "../study/schema.ts";
import { SignflipError } from "../util/errors.ts";
import { readInput } from "./experiment.ts";
import { fields } from "../study/fields.ts";
import type { ValuesOf } from "./option.ts";
import type { studyOptions } from "./options.ts";

export type StudyValues = ValuesOf<typeof studyOptions>;

/** The studies a command line asks for: its own file, or a figure each at a preset. */
export async function studiesOf({ figure, preset, study: file, seed, seeds, method }: StudyValues, given: ReadonlySet<string>): Promise<Study[]> {
  if (file !== undefined) {
    const unused = ["figure", "preset"].find((name) => given.has(name));
    if (unused) throw new SignflipError("SF_OPTION", `--${unused} and --study exclude each other: the study says what to compute`, { usage: true });
  }
  const studies = file === undefined ? figure.flatMap((number) => figureStudies(number, preset)) : [parseStudy((await readInput(file)).toString("utf8"), file)];
  if (method !== undefined && !studies.some(isRobustStudy)) {
    throw new SignflipError("SF_OPTION", "--method is for adversarial training, and none of these studies has any; Figure 4 does", { usage: true });
  }
  return studies.map((study) => ({
    ...(isRobustStudy(study) && method !== undefined ? { ...study, training: { ...study.training, method: [method] } } : study),
    seeds: given.has("seed") || seeds !== undefined ? counted(study, seed, seeds) : study.seeds,
  }));
}

function counted(study: Study, first: number, runs = study.seeds.length): number[] {
  const list = Array.from({ length: runs }, (_, run) => first + run);
  if (!fields.seed.schema.safeParse(list.at(-1)).success)
    throw new SignflipError("SF_OPTION", `--seed must be ${fields.seed.expected}, with all of its runs; got seeds up to ${list.at(-1)}`, { usage: true });
  return list;
}

/** The studies with the keys of their cells. The data is read once and only its fingerprints are kept. */
export async function plan(studies: readonly Study[], { dataFolder, networks }: StudyValues): Promise<PlannedStudy[]> {
  const files = dataSource(dataFolder).idx();
  const known = new Map<string, Promise<string>>();
  const fingerprint = (data: CellConfig["data"]) => {
    const name = JSON.stringify(data);
    const found =
      known.get(name) ?? datasets[data.dataset].load({ digits: data.digits, size: data.size, normalize: data.normalize }, { idx: () => files }).then(datasetOf);
    known.set(name, found);
    return found;
  };
  return planStudies(studies, fingerprint, { networks });
}

export function cacheFolderOf({ cache }: StudyValues): string {
  return cache === undefined ? defaultCacheFolder() : resolve(cache);
}

/** "Figure 2", or a study's own name. */
export function titleOf({ name, figures }: Study): string {
  return figures.length === 1 && name === `figure-${figures[0]}` ? `Figure ${figures[0]}` : name;
}
