import type { ConeResult, TheoryResult } from "./cell.ts";
import { at, quantities, recordOf, setting, type CellColumn, type FlatRow } from "./columns.ts";

const training = [
  at("config.training.c0", "real", "", "C_0: the lazy ball has radius C_0/√m"),
  at("config.training.lr", "real", "", "learning rate"),
  at("config.training.batch", "whole", "points", "points per gradient step"),
  at("config.training.epochs", "whole", "epochs", "the most epochs it might have trained", "maxEpochs"),
  at("config.seed", "whole", "", "the run's seed"),
  at("row.epochs", "whole", "epochs", "epochs trained, the last one perhaps in part"),
] as const;
const ending = [
  at("row.exitReason", "text", "", "left-ball: the next step would leave the (largest) ball; epochs: all were done"),
  at("row.deviation", "real", "", "‖W − W₀‖_{2,∞} at the end"),
  at("row.testAccuracy", "real", "share", "test points right"),
] as const;
const last = [at("row.seconds", "real", "s", "wall-clock time of the cell"), at("key", "text", "", "the cell's cache key (SHA-256)")] as const;

const flipsOf = (which: "fresh" | "trained") => {
  const name = (part: string) => `${which}${part[0]!.toUpperCase()}${part.slice(1)}`;
  return [
    ...Object.entries(quantities).flatMap(([quantity, [unit, description]]) => [
      at(`row.${which}.${quantity}.mean`, "real", unit, `${which} network: mean over the points of ${description}`, name(`${quantity}Mean`)),
      at(`row.${which}.${quantity}.sd`, "real", unit, `${which} network: its standard deviation`, name(`${quantity}Sd`)),
    ]),
    at(`row.${which}.neverFlipped`, "whole", "points", `${which} network: points that never flip on the ray`, name("neverFlipped")),
    at(
      `row.${which}Shares.smallest`,
      "real",
      "",
      `${which} network: the smallest C_1 for which one step of size C_1/d flips 99 % of the points, and every larger one of the grid too`,
      name("smallestC1"),
    ),
  ];
};

/** The columns of a check of the theory. */
export const theoryColumns: readonly CellColumn[] = [
  ...setting,
  ...training,
  at("row.steps", "whole", "", "gradient steps taken"),
  ...ending,
  at("config.measure.theory.gamma", "real", "", "γ: a bound may fail with this probability over (a, W₀)"),
  at("config.measure.theory.draws", "whole", "", "independent draws of (a, W₀) behind every bound"),
  at("row.points", "whole", "points", "test points measured"),
  at("config.measure.theory.searches", "whole", "points", "of these, points that got an expensive search for the worst case"),
  at("config.measure.theory.c1", "real", "", "C_1: one gradient step has size C_1/d"),
  ...flipsOf("fresh"),
  ...flipsOf("trained"),
  ...last,
];

export const theoryRecord = (result: TheoryResult): FlatRow => recordOf(result, theoryColumns);

/** The columns of its statements: one line each. */
export const statementColumns: readonly CellColumn[] = [
  at("row.d", "whole", "", "input dimension d"),
  at("row.m", "whole", "", "hidden width m"),
  at("row.c0", "real", "", "C_0: the lazy ball has radius C_0/√m"),
  at("row.gamma", "real", "", "γ: the bound may fail with this probability over (a, W₀)"),
  at("row.seed", "whole", "", "the run's seed"),
  at("statement.id", "text", "", "the statement"),
  at("statement.source", "text", "", "the theorem or lemma of the paper"),
  at("statement.side", "text", "", "whether the quantity is at most or at least its bound"),
  at("statement.bound", "real", "", "the bound; empty where it is infinite"),
  at("statement.exact", "real", "", "the exact extreme over the ball; empty where no closed form is known"),
  at("statement.measured", "real", "", "the worst that trained networks or a search reached"),
  at("statement.holds", "flag", "", "whether draws break the bound no more often than they may (where none are made: keeps)"),
  at("statement.keeps", "flag", "", "whether this one network keeps to the bound; one that holds may fail here, with its probability"),
  at("statement.vacuous", "flag", "", "whether the bound says nothing here"),
  at("statement.widthFrom", "real", "", "the width m from which on it says something; empty for none"),
  at("statement.tightness", "real", "", "how much of the bound is used, from 0 to 1"),
  at("statement.simulation.draws", "whole", "", "independent draws of (a, W₀); empty where they say nothing about the statement"),
  at("statement.simulation.violations", "whole", "draws", "draws that broke the bound"),
  at("statement.simulation.share", "real", "", "violations / draws"),
  at("statement.simulation.low", "real", "", "lower end of its exact 95 % interval"),
  at("statement.simulation.high", "real", "", "upper end"),
  at("statement.simulation.worst", "real", "", "the worst value over the draws"),
  at("statement.simulation.quantile", "real", "", "what all but the share of draws that may fail keep to"),
  at("key", "text", "", "the cell's cache key (SHA-256)"),
];

export const statementRecords = ({ key, row }: TheoryResult): FlatRow[] =>
  row.statements.map((statement) => recordOf({ key, row, statement }, statementColumns));

/** The columns of a path beyond the lazy ball: Figure 1. One line per step. */
export const coneColumns: readonly CellColumn[] = [
  at("row.c0", "real", "", "C_0 of the lazy ball, the smallest", "lazyC0"),
  at("step.c0", "real", "", "C_0 of the ball that it just leaves; at the end of the path the largest it stayed in", "stepC0"),
  at("step.epoch", "whole", "epochs", "epoch of this step", "stepEpoch"),
  at("step.steps", "whole", "", "gradient steps so far", "step"),
  at("step.deviation", "real", "", "max_s ‖w_s − w_{s,0}‖ there", "stepDeviation"),
  at("step.coneDistance", "real", "", "min over α > 0 of max_s ‖α w_s − w_{s,0}‖ there", "coneDistance"),
  at("step.alpha", "real", "", "the α that attains it", "alpha"),
  at("step.testAccuracy", "real", "share", "test points right there", "stepTestAccuracy"),
  ...setting,
  ...training,
  ...ending,
  ...last,
];

export const coneRecords = (result: ConeResult): FlatRow[] => result.row.path.map((step) => recordOf({ ...result, step }, coneColumns));
