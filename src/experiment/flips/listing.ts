import { flipSymbols } from "../../measure/flip-row.ts";
import { c0Symbol, count, fixed, number, percent } from "../../util/words.ts";
import type { FlipsResult } from "./config.ts";
import { byTurns, type Listing, type ListingColumn } from "../listing.ts";
import { biasesOf, dataOf, endOf, inputsOf } from "../listing-words.ts";

const measured = (["gradientNorm", "step", "perturbationRelative", "perturbation"] as const).map((name): ListingColumn<FlipsResult> => {
  // A stored NaN comes back as null.
  const mean = ({ row }: FlipsResult): number | null => row[name].mean;
  return { name: flipSymbols[name], value: (result) => number(mean(result) ?? Number.NaN), essential: name !== "perturbation" };
});

/** Networks trained by SGD, with the smallest steps that flip their predictions. */
export const flipsListing: Listing<FlipsResult> = {
  heading: "Trained by SGD",
  intro: `One trained network per line. ${flipSymbols.gradientNorm}, ${flipSymbols.step}, ${flipSymbols.perturbationRelative} and ${flipSymbols.perturbation} are means over test samples. Deviation is ‖W − W₀‖₂,∞, then the same in units of the ball’s radius ${c0Symbol}/√m.`,
  order: byTurns<FlipsResult>(
    dataOf,
    (result) => inputsOf(result) ?? "",
    biasesOf,
    ({ row }) => row.m,
    ({ row }) => row.c0,
    ({ row }) => row.d,
    ({ row }) => row.seed,
  ),
  columns: [
    { name: "d", value: ({ row }) => count(row.d), essential: true },
    { name: "m", value: ({ row }) => count(row.m), essential: true },
    { name: c0Symbol, value: ({ row }) => count(row.c0), essential: true },
    { name: "Seed", value: ({ row }) => String(row.seed), essential: true },
    ...measured,
    { name: "Data", value: dataOf, words: true, onlyIfVaried: true },
    { name: "Inputs", value: inputsOf, words: true, onlyIfVaried: true },
    { name: "Biases", value: biasesOf, words: true, onlyIfVaried: true },
    { name: "Learning rate", value: ({ config }) => String(config.training.lr), onlyIfVaried: true },
    { name: "Checked", value: ({ config }) => (config.training.exit === "step" ? "each step" : "each epoch"), words: true, onlyIfVaried: true },
    { name: "Ended at", value: endOf, words: true },
    { name: "Epochs", value: ({ row }) => count(row.epochs) },
    { name: "Deviation", value: ({ row }) => number(row.deviation) },
    { name: "of radius", value: ({ row }) => fixed((row.deviation * Math.sqrt(row.m)) / row.c0) },
    { name: "Test accuracy", value: ({ row }) => percent(row.testAccuracy, 2) },
  ],
};
