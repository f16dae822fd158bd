import { at, maybeAt, recordOf, tableOf, type FlatRow, type PathColumn, type Table } from "../columns.ts";
import { lastColumns, networkColumns } from "../network-cells.ts";
import { quantities } from "../quantities.ts";
import { endingColumns, sgdColumns } from "../sgd.ts";
import type { TheoryResult } from "./config.ts";

const flipsOf = (which: "fresh" | "trained") => {
  const name = (part: string) => `${which}${part[0]!.toUpperCase()}${part.slice(1)}`;
  return [
    ...Object.entries(quantities).flatMap(([quantity, [unit, description]]) => [
      at(`row.${which}.${quantity}.mean`, "real", unit, `${which} network: mean over the points of ${description}`, name(`${quantity}Mean`)),
      at(`row.${which}.${quantity}.sd`, "real", unit, `${which} network: standard deviation over the points of ${description}`, name(`${quantity}Sd`)),
    ]),
    at(`row.${which}.neverFlipped`, "whole", "points", `${which} network: points that never flip on the ray`, name("neverFlipped")),
    maybeAt(
      `row.${which}Shares.smallest`,
      "real",
      "",
      `${which} network: the smallest C_1 such that one step of size C_1/d flips 99 % of the points for it and for every larger C_1 in the grid`,
      name("smallestC1"),
    ),
  ];
};

/** The columns of a check of the theory. */
export const theoryColumns: readonly PathColumn[] = [
  ...networkColumns,
  ...sgdColumns,
  at("row.steps", "whole", "", "gradient steps taken"),
  ...endingColumns,
  at("config.measure.theory.gamma", "real", "", "γ: a bound may fail with this probability over (a, W₀)"),
  at("config.measure.theory.draws", "whole", "", "independent draws of (a, W₀) that each bound is tested on"),
  at("row.points", "whole", "points", "test points measured"),
  at("config.measure.theory.searches", "whole", "points", "how many of these points got an expensive search for the worst case"),
  at("config.measure.theory.c1", "real", "", "C_1: one gradient step has size C_1/d"),
  ...flipsOf("fresh"),
  ...flipsOf("trained"),
  ...lastColumns,
];

/** The columns of its statements: one line each. */
export const statementColumns: readonly PathColumn[] = [
  at("row.d", "whole", "", "input dimension d"),
  at("row.m", "whole", "", "hidden width m"),
  at("row.c0", "real", "", "C_0: the lazy ball has radius C_0/√m"),
  at("row.gamma", "real", "", "γ: the bound may fail with this probability over (a, W₀)"),
  at("row.seed", "whole", "", "the run's seed"),
  at("statement.id", "text", "", "the statement"),
  at("statement.source", "text", "", "the theorem or lemma of the paper"),
  at("statement.side", "text", "", "whether the quantity is at most or at least its bound"),
  maybeAt("statement.bound", "real", "", "the bound; empty if it is infinite"),
  maybeAt("statement.exact", "real", "", "the exact extreme over the ball; empty if no closed form is known"),
  at("statement.measured", "real", "", "the worst value that trained networks or a search reached"),
  at("statement.holds", "flag", "", "whether draws break the bound no more often than it allows (without draws, the same as keeps)"),
  at("statement.keeps", "flag", "", "whether this one network keeps the bound; a bound that holds may still fail for one network, with its probability"),
  at("statement.vacuous", "flag", "", "whether the bound says nothing here"),
  maybeAt("statement.widthFrom", "real", "", "the smallest width m at which it says something; empty if there is none"),
  maybeAt("statement.tightness", "real", "", "how much of the bound is used, from 0 to 1"),
  maybeAt("statement.simulation.draws", "whole", "", "independent draws of (a, W₀); empty if they say nothing about the statement"),
  maybeAt("statement.simulation.violations", "whole", "draws", "draws that broke the bound"),
  maybeAt("statement.simulation.share", "real", "", "violations / draws"),
  maybeAt("statement.simulation.low", "real", "", "lower end of its exact 95 % interval"),
  maybeAt("statement.simulation.high", "real", "", "upper end"),
  maybeAt("statement.simulation.worst", "real", "", "the worst value over the draws"),
  maybeAt("statement.simulation.quantile", "real", "", "the value that all draws keep, except for the share that may fail"),
  at("key", "text", "", "the cell's cache key (SHA-256)"),
];

const statementRecords = ({ key, row }: TheoryResult): FlatRow[] =>
  row.statements.map((statement) => recordOf({ key, row, statement: { ...statement, simulation: statement.simulation ?? undefined } }, statementColumns));

export const theoryTables: readonly Table<TheoryResult>[] = [
  tableOf(theoryColumns, "Checks of the theory, for its figures and `signflip theory --preset`."),
  {
    suffix: "-statements",
    row: "statement of a check",
    about: "In a file of its own, whose name ends in `-statements`.",
    columns: statementColumns,
    records: (results) => results.flatMap(statementRecords),
  },
];
