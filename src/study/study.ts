import type { DataConfig, DataConfigs, DatasetName } from "../data/index.ts";
import { experimentOf } from "../experiment/index.ts";
import { sectionsOf, type CellConfig, type Choice } from "../experiment/experiment.ts";
import type { Grid, Written } from "../experiment/settings.ts";
import { writtenOf } from "../experiment/settings.ts";
import { dataSections } from "./data-section.ts";

/** One measurement of a study, with every setting resolved to the list of its values. */
export interface StudyPart {
  /** The experiment. */
  readonly kind: string;
  readonly choice: Omit<Choice, "seeds">;
}

/** A study with everything resolved. */
export interface Study {
  readonly name: string;
  /** The figures to draw from its rows, as they were written: 2, "2", "bounds". */
  readonly figures: readonly (string | number)[];
  readonly seeds: readonly number[];
  readonly parts: readonly StudyPart[];
  /** What it was made of, without the name, the figures and the seeds. */
  readonly input: StudyInput;
}

type DataSettings = {
  readonly [N in DatasetName]: { readonly dataset?: N } & { readonly [K in Exclude<keyof DataConfigs[N], "dataset">]?: Grid<DataConfigs[N][K]> };
};

/** A study as a researcher writes it; whatever is left out has the paper's value. */
export interface StudyInput {
  readonly name: string;
  readonly figures?: readonly (string | number)[];
  readonly data?: DataSettings[DatasetName];
  readonly network?: Readonly<Record<string, unknown>>;
  readonly training?: Readonly<Record<string, unknown>>;
  /** Experiments by name, with settings that differ from the defaults: `["flips"]`, `[{ flips: { samples: true } }]`. */
  readonly measure?: readonly (string | Readonly<Record<string, unknown>>)[];
  /** How many seeds (0, 1, …), or which. */
  readonly seeds?: number | readonly number[];
}

export type { Grid, Written };

/** The cells of a study: every combination of its values with every seed; seeds of a setting stand together, and no cell appears twice. */
export function expand({ parts, seeds }: Pick<Study, "parts" | "seeds">): CellConfig[] {
  const cells = parts.flatMap(({ kind, choice }) => experimentOf({ kind }).expand({ ...choice, seeds }));
  return [...new Map(cells.map((cell) => [JSON.stringify(cell), cell])).values()];
}

/** The study with other seeds. */
export const withSeeds = <S extends Study>(study: S, seeds: readonly number[]): S => ({ ...study, seeds });

/** A study as one would write it down, with everything resolved. */
export function toInput({ name, figures, seeds, parts, input }: Study): StudyInput {
  const [first] = parts;
  if (first === undefined) return { name, figures, seeds };
  const written = parts.map(({ kind, choice }) => {
    const sections = sectionsOf(experimentOf({ kind }), input);
    return {
      data: sections.data === undefined ? undefined : dataWritten(choice.data, sections.data),
      network: sections.network && writtenOf(sections.network, choice.network),
      training: sections.training && writtenOf(sections.training, choice.training),
      measure: { [kind]: writtenOf(sections.measure, choice.measure) },
    };
  });
  const shared = (part: "data" | "network" | "training") => Object.assign({}, ...written.map((one) => one[part] ?? {})) as object;
  const parted = (["data", "network", "training"] as const).filter((part) => written.some((one) => one[part] !== undefined));
  return {
    name,
    figures,
    ...Object.fromEntries(parted.map((part) => [part, shared(part)])),
    measure: written.map(({ measure }) => measure),
    seeds,
  };
}

/** Data as it was written: every setting with the list of its values. */
function dataWritten(data: readonly DataConfig[], needs: "any" | "unit norm"): object {
  const [first] = data;
  if (first === undefined) return {};
  const valuesOf = (name: string) => [
    ...new Map(data.map((config): [string, unknown] => [JSON.stringify(Reflect.get(config, name)), Reflect.get(config, name)])).values(),
  ];
  const section = dataSections(needs)[first.dataset];
  return { dataset: first.dataset, ...writtenOf(section, Object.fromEntries(Object.keys(section).map((name) => [name, valuesOf(name)]))) };
}
