import { at, recordOf, type PathColumn, type Table } from "../columns.ts";
import { lastColumns, networkColumns } from "../network-cells.ts";
import { endingColumns, sgdColumns } from "../sgd.ts";
import type { ConeResult } from "./config.ts";

/** The columns of a path beyond the lazy ball: Figure 1. One line per step. */
export const coneColumns: readonly PathColumn[] = [
  at("row.c0", "real", "", "C_0 of the lazy ball, the smallest of the balls", "lazyC0"),
  at("step.c0", "real", "", "C_0 of the ball that the path is about to leave; at its end, of the largest ball it stayed in", "stepC0"),
  at("step.epoch", "whole", "epochs", "epoch of this step", "stepEpoch"),
  at("step.steps", "whole", "", "gradient steps so far", "step"),
  at("step.deviation", "real", "", "max_s ‖w_s − w_{s,0}‖ at this step", "stepDeviation"),
  at("step.coneDistance", "real", "", "min over α > 0 of max_s ‖α w_s − w_{s,0}‖ at this step", "coneDistance"),
  at("step.alpha", "real", "", "the α that attains it", "alpha"),
  at("step.testAccuracy", "real", "share", "test points classified correctly at this step", "stepTestAccuracy"),
  ...networkColumns,
  ...sgdColumns,
  ...endingColumns,
  ...lastColumns,
];

export const coneTables: readonly Table<ConeResult>[] = [
  {
    suffix: "",
    row: "step of a path beyond the lazy ball",
    about: "For Figure 1.",
    columns: coneColumns,
    records: (results) => results.flatMap((result) => result.row.path.map((step) => recordOf({ ...result, step }, coneColumns))),
  },
];
