import type { Preset } from "../../figure/preset.ts";
import { datasets } from "../../data/index.ts";
import { SignflipError } from "../../util/errors.ts";
import { fromField, longName, optional, type OptionSpec } from "../option/option.ts";
import { experimentOptions, jsonOption, studyOptions, threadsOption, workersOption } from "../option/options.ts";

/** One network and its draws: what `signflip theory` looks at unless it is told a preset. */
const alone = {
  d: fromField("d", "--d <dimension>"),
  m: { ...fromField("m", "-m, --m <width>"), default: 10_000 },
  c0: fromField("ballC0", "--c0 <number>"),
  gamma: fromField("gamma", "--gamma <share>"),
  c1: fromField("c1", "--c1 <number>"),
  draws: fromField("draws", "--draws <count>"),
  points: fromField("measured", "--points <count>"),
  searches: fromField("searches", "--searches <count>"),
  dataset: { ...fromField("dataset", "--dataset <name>"), default: "sphere", description: "points to train and measure on" } as OptionSpec<"mnist" | "sphere">,
  epochs: { ...fromField("mostEpochs", "--epochs <most>"), default: 60 },
  lr: {
    ...(experimentOptions.lr as OptionSpec<number | undefined>),
    default: undefined,
    type: "number",
    defaultText: Object.entries(datasets)
      .map(([dataset, { unitNormRate }]) => `${unitNormRate} (${dataset})`)
      .join(", "),
  } as OptionSpec<number | undefined>,
  batch: experimentOptions.batch,
};

/** A preset's whole grid. */
const grid = {
  preset: {
    ...optional(studyOptions.preset),
    description: "check the whole grid of smoke (seconds), laptop (under 5 minutes on 2 cores) or paper",
    defaultText: "none: one network",
  },
  out: { ...studyOptions.out, description: "with --preset: where the report, figures and rows go" },
  cache: { ...studyOptions.cache, description: "with --preset: where finished cells are kept" },
  workers: { ...workersOption, description: "with --preset: processes that compute cells in parallel" },
  seeds: { ...studyOptions.seeds, description: "with --preset: runs of every setting", defaultText: "the preset's" },
};

export const theoryOptions = {
  ...alone,
  ...grid,
  dataFolder: experimentOptions.dataFolder,
  seed: fromField("seed", "--seed <seed>"),
  threads: threadsOption,
  json: jsonOption,
} as const;

/** @throws a usage error for an option of the other way to call it. */
export function checkTogether(preset: Preset | undefined, given: ReadonlySet<string>): void {
  const wrong = preset === undefined ? grid : alone;
  for (const [name, spec] of Object.entries(wrong)) {
    if (!given.has(name)) continue;
    const reason =
      preset === undefined
        ? "needs --preset NAME, which checks a whole grid; without it, one network is checked and the result is only printed"
        : "and --preset cannot be combined: the preset says what to check";
    throw new SignflipError("SF_OPTION", `${longName(spec)} ${reason}`, { usage: true });
  }
}
