import { SignflipError } from "../util/errors.ts";
import { cone } from "./cone/index.ts";
import type { Cell, CellConfig, Experiment, RawStudy } from "./experiment.ts";
import { evaluate } from "./evaluate/index.ts";
import { flips } from "./flips/index.ts";
import { robust } from "./robust/index.ts";
import { namesAdversarialMethod } from "./robust/schema.ts";
import { theory } from "./theory/index.ts";

/** Every experiment of the program. A new one is a folder and a line here. */
export const experiments = { flips, robust, theory, cone, evaluate };

const registered = new Map<string, Experiment>(Object.entries<Experiment<any, any>>(experiments));

/**
 * Adds an experiment of your own. From then on, studies may name it, and its cells are planned, computed, stored and reported
 * like all others. Worker processes have to add it too, so name the module that calls this in the pool's `modules`.
 * @throws SF_OPTION if another experiment has the same name
 */
export function registerExperiment<T extends Cell>(experiment: Experiment<T, any>): void {
  const there = registered.get(experiment.kind);
  if (there !== undefined && there !== (experiment as Experiment<any, any>))
    throw new SignflipError("SF_OPTION", `there is an experiment called ${experiment.kind} already`);
  registered.set(experiment.kind, experiment as Experiment<any, any>);
}

export const experimentNames = (): string[] => [...registered.keys()];

export const findExperiment = (kind: string): Experiment | undefined => registered.get(kind);

/** The experiment of a cell. */
export function experimentOf({ kind }: Pick<CellConfig, "kind">): Experiment {
  const experiment = registered.get(kind);
  if (experiment === undefined) throw new SignflipError("SF_STUDY", `there is no experiment called ${kind} (there are ${experimentNames().join(", ")})`);
  return experiment;
}

/** What a study measures if it does not say. */
export const impliedExperiment = (study: RawStudy): string => (namesAdversarialMethod(study) ? robust : flips).kind;

/** The data that a cell reads, if it reads any. */
export const dataOf = (config: CellConfig) => experimentOf(config).data?.(config);

/** The name of a cell, or of several of one trajectory, in progress lines and errors. */
export const cellName = (...configs: readonly [CellConfig, ...CellConfig[]]): string =>
  [...experimentOf(configs[0]).name(configs), `seed ${configs[0].seed}`].join(" · ");
