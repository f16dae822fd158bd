import { flipSymbols } from "../../measure/flip-row.ts";
import { tallyOf } from "../../theory/tally.ts";
import { c0Symbol, count, fixed, number, percent, short } from "../../util/words.ts";
import type { TheoryResult } from "./config.ts";
import { byTurns, type Listing, type ListingColumn } from "../listing.ts";
import { dataOf, endOf } from "../listing-words.ts";

const measured = (["gradientNorm", "step", "perturbation"] as const).map((name): ListingColumn<TheoryResult> => {
  const mean = ({ row }: TheoryResult): number | null => row.trained[name].mean;
  return { name: flipSymbols[name], value: (result) => number(mean(result) ?? Number.NaN) };
});

const smallest = (c1: number | null) => (c1 === null ? "none" : number(c1));

/** A trained network and its initialization, with how the statements of the theory fare on them. */
export const theoryListing: Listing<TheoryResult> = {
  heading: "The theory, checked",
  intro: `One trained network and its initialization per line. “Hold” counts the statements that hold among those that say something; a vacuous statement claims nothing and is counted apart. C₁ is the smallest for which one step of size C₁/d flips 99 % of the points. ${flipSymbols.gradientNorm}, ${flipSymbols.step} and ${flipSymbols.perturbation} are means of the trained network over the points.`,
  order: byTurns<TheoryResult>(
    dataOf,
    ({ row }) => row.d,
    ({ row }) => row.m,
    ({ row }) => row.c0,
    ({ row }) => row.gamma,
    ({ row }) => row.seed,
  ),
  columns: [
    { name: "d", value: ({ row }) => count(row.d), essential: true },
    { name: "m", value: ({ row }) => count(row.m), essential: true },
    { name: c0Symbol, value: ({ row }) => count(row.c0), essential: true },
    { name: "γ", value: ({ row }) => short(row.gamma), essential: true },
    { name: "Hold", value: ({ row }) => holding(row.statements), essential: true },
    { name: "Vacuous", value: ({ row }) => count(tallyOf(row.statements).vacuous), essential: true },
    { name: "C₁ fresh", value: ({ row }) => smallest(row.freshShares.smallest) },
    { name: "C₁ trained", value: ({ row }) => smallest(row.trainedShares.smallest) },
    ...measured,
    { name: "Data", value: dataOf, words: true },
    { name: "Seed", value: ({ row }) => String(row.seed) },
    { name: "Points", value: ({ row }) => count(row.points) },
    { name: "Draws", value: ({ row }) => count(row.draws) },
    { name: "Ended at", value: endOf, words: true },
    { name: "of radius", value: ({ row }) => (row.c0 > 0 ? fixed((row.deviation * Math.sqrt(row.m)) / row.c0) : undefined) },
    { name: "Test accuracy", value: ({ row }) => percent(row.testAccuracy, 1) },
  ],
};

function holding(statements: TheoryResult["row"]["statements"]): string {
  const { holding: hold, speaking } = tallyOf(statements);
  return `${count(hold)} of ${count(speaking)}`;
}
