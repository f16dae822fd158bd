import { at, tableOf } from "../../../src/experiment/columns.ts";
import { defineExperiment, type Cell, type CellConfig, type CellRow } from "../../../src/experiment/experiment.ts";
import { registerExperiment } from "../../../src/experiment/index.ts";
import { grid, product } from "../../../src/experiment/settings.ts";
import { field, whole } from "../../../src/util/field.ts";
import { random } from "../../../src/util/random.ts";

/* An experiment that is not part of the program: the mean of so many rolls of a die. Importing this file registers it. */

export interface DiceCell extends Cell {
  readonly config: CellConfig & { readonly kind: "dice"; readonly sides: number; readonly rolls: number };
  readonly row: CellRow & { readonly kind: "dice"; readonly mean: number; readonly pid: number };
}

const sections = {
  measure: {
    sides: grid(field({ ...whole(2, 100), description: "faces of the die", default: 6 })),
    rolls: grid(field({ ...whole(1, 1_000_000), description: "how often it is rolled", default: 100 })),
  },
};

export const dice = defineExperiment<DiceCell, typeof sections>({
  kind: "dice",
  summary: "the mean of some rolls of a die",
  version: 1,
  schema: sections,
  expand: ({ measure, seeds }) => product({ ...measure, seed: seeds }).map((setting) => ({ kind: "dice", ...setting })),
  cost: ({ rolls }) => rolls,
  memory: () => 1e6,
  name: ([{ sides, rolls }]) => [`${sides} sides`, `${rolls} rolls`],
  async *run([config]) {
    const die = random(config.seed, "dice");
    const mean = Array.from({ length: config.rolls }, () => 1 + die.integer(config.sides)).reduce((sum, roll) => sum + roll, 0) / config.rolls;
    yield { result: { config, row: { kind: "dice", seed: config.seed, mean, pid: process.pid, seconds: 0 }, history: [] } };
  },
  columns: [
    tableOf<DiceCell>(
      [
        at("config.sides", "whole", "", "faces of the die"),
        at("config.rolls", "whole", "", "how often it was rolled"),
        at("config.seed", "whole", "", "the run's seed"),
        at("row.mean", "real", "", "the mean of the rolls"),
      ],
      "Dice.",
    ),
  ],
  headline: ({ mean }) => `mean ${mean.toFixed(2)}`,
});

registerExperiment(dice);
