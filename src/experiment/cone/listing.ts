import { c0Symbol, count, fixed, number, percent } from "../../util/words.ts";
import type { ConeResult } from "./config.ts";
import { byTurns, type Listing } from "../listing.ts";
import { dataOf, endOf } from "../listing-words.ts";

const last = ({ row }: ConeResult) => row.path.at(-1);
const inRadii = (distance: number, { row }: ConeResult) => fixed((distance * Math.sqrt(row.m)) / row.c0);

/** Paths of training beyond the lazy ball, at their ends. */
export const coneListing: Listing<ConeResult> = {
  heading: "Out of the ball and the cone",
  intro: `One path of training per line, at its end: the distance ‖W − W₀‖₂,∞ from the initialization and that from the cone around the lazy ball, each also in units of the radius ${c0Symbol}/√m, and the α at which the latter is attained.`,
  order: byTurns<ConeResult>(
    dataOf,
    ({ row }) => row.d,
    ({ row }) => row.m,
    ({ row }) => row.c0,
    ({ row }) => row.seed,
  ),
  columns: [
    { name: "d", value: ({ row }) => count(row.d), essential: true },
    { name: "m", value: ({ row }) => count(row.m), essential: true },
    { name: c0Symbol, value: ({ row }) => count(row.c0), essential: true },
    { name: "Seed", value: ({ row }) => String(row.seed), essential: true },
    { name: "Deviation, in radii", value: (result) => inRadii(result.row.deviation, result), essential: true },
    { name: "Cone distance, in radii", value: (result) => inRadii(last(result)?.coneDistance ?? Number.NaN, result), essential: true },
    { name: "Deviation", value: ({ row }) => number(row.deviation) },
    { name: "Cone distance", value: (result) => number(last(result)?.coneDistance ?? Number.NaN) },
    { name: "α", value: (result) => number(last(result)?.alpha ?? Number.NaN) },
    { name: "Data", value: dataOf, words: true },
    { name: "Ended at", value: endOf, words: true },
    { name: "Epochs", value: ({ row }) => count(row.epochs) },
    { name: "Test accuracy", value: ({ row }) => percent(row.testAccuracy, 2) },
  ],
};
