import type { ConeResult, TheoryResult } from "./cell.ts";
import { at, finite, quantities, recordOf, setting, type CellColumn, type Column, type FlatRow } from "./rows.ts";

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
export const statementColumns: readonly Column[] = [
  { name: "d", type: "whole", unit: "", description: "input dimension d" },
  { name: "m", type: "whole", unit: "", description: "hidden width m" },
  { name: "c0", type: "real", unit: "", description: "C_0: the lazy ball has radius C_0/√m" },
  { name: "gamma", type: "real", unit: "", description: "γ: the bound may fail with this probability over (a, W₀)" },
  { name: "seed", type: "whole", unit: "", description: "the run's seed" },
  { name: "id", type: "text", unit: "", description: "the statement" },
  { name: "source", type: "text", unit: "", description: "the theorem or lemma of the paper" },
  { name: "side", type: "text", unit: "", description: "whether the quantity is at most or at least its bound" },
  { name: "bound", type: "real", unit: "", description: "the bound; empty where it is infinite" },
  { name: "exact", type: "real", unit: "", description: "the exact extreme over the ball; empty where no closed form is known" },
  { name: "measured", type: "real", unit: "", description: "the worst that trained networks or a search reached" },
  { name: "holds", type: "flag", unit: "", description: "whether draws break the bound no more often than they may (where none are made: keeps)" },
  { name: "keeps", type: "flag", unit: "", description: "whether this one network keeps to the bound; one that holds may fail here, with its probability" },
  { name: "vacuous", type: "flag", unit: "", description: "whether the bound says nothing here" },
  { name: "widthFrom", type: "real", unit: "", description: "the width m from which on it says something; empty for none" },
  { name: "tightness", type: "real", unit: "", description: "how much of the bound is used, from 0 to 1" },
  { name: "draws", type: "whole", unit: "", description: "independent draws of (a, W₀); empty where they say nothing about the statement" },
  { name: "violations", type: "whole", unit: "draws", description: "draws that broke the bound" },
  { name: "share", type: "real", unit: "", description: "violations / draws" },
  { name: "low", type: "real", unit: "", description: "lower end of its exact 95 % interval" },
  { name: "high", type: "real", unit: "", description: "upper end" },
  { name: "worst", type: "real", unit: "", description: "the worst value over the draws" },
  { name: "quantile", type: "real", unit: "", description: "what all but the share of draws that may fail keep to" },
  { name: "key", type: "text", unit: "", description: "the cell's cache key (SHA-256)" },
];

export function statementRecords({ key, row }: TheoryResult): FlatRow[] {
  return row.statements.map(({ id, source, side, bound, exact, measured, holds, keeps, vacuous, widthFrom, tightness, simulation }) => ({
    d: row.d,
    m: row.m,
    c0: row.c0,
    gamma: row.gamma,
    seed: row.seed,
    id,
    source,
    side,
    bound: finite(bound),
    exact: finite(exact),
    measured: finite(measured),
    holds,
    keeps,
    vacuous,
    widthFrom: finite(widthFrom),
    tightness: finite(tightness),
    draws: simulation?.draws ?? null,
    violations: simulation?.violations ?? null,
    share: simulation?.share ?? null,
    low: simulation?.low ?? null,
    high: simulation?.high ?? null,
    worst: finite(simulation?.worst ?? null),
    quantile: finite(simulation?.quantile ?? null),
    key,
  }));
}

/** The columns of a path beyond the lazy ball: Figure 1. One line per step. */
const coneCellColumns: readonly CellColumn[] = [...setting, ...training, ...ending, ...last];
const stepColumns: readonly Column[] = [
  { name: "lazyC0", type: "real", unit: "", description: "C_0 of the lazy ball, the smallest" },
  { name: "stepC0", type: "real", unit: "", description: "C_0 of the ball that it just leaves; at the end of the path the largest it stayed in" },
  { name: "stepEpoch", type: "whole", unit: "epochs", description: "epoch of this step" },
  { name: "step", type: "whole", unit: "", description: "gradient steps so far" },
  { name: "stepDeviation", type: "real", unit: "", description: "max_s ‖w_s − w_{s,0}‖ there" },
  { name: "coneDistance", type: "real", unit: "", description: "min over α > 0 of max_s ‖α w_s − w_{s,0}‖ there" },
  { name: "alpha", type: "real", unit: "", description: "the α that attains it" },
  { name: "stepTestAccuracy", type: "real", unit: "share", description: "test points right there" },
];
export const coneColumns: readonly Column[] = [...stepColumns, ...coneCellColumns];

export function coneRecords(result: ConeResult): FlatRow[] {
  const cell = recordOf(result, coneCellColumns);
  return result.row.path.map(({ c0, epoch, steps, deviation, coneDistance, alpha, testAccuracy }) => ({
    lazyC0: result.row.c0,
    stepC0: c0,
    stepEpoch: epoch,
    step: steps,
    stepDeviation: finite(deviation),
    coneDistance: finite(coneDistance),
    alpha: finite(alpha),
    stepTestAccuracy: finite(testAccuracy),
    ...cell,
  }));
}
