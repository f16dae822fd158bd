import { c0Symbol, count, fixed, percent, short } from "../../util/words.ts";
import type { RobustResult } from "./config.ts";
import { byTurns, type Listing } from "../listing.ts";
import { biasesOf, dataOf, inputsOf } from "../listing-words.ts";

const endings: Record<RobustResult["row"]["exitReason"], string> = { "no-rise": "no rise", "left-ball": "ball’s edge", epochs: "epoch limit" };

/** Networks trained adversarially or by SGD, with their robust accuracy. */
export const robustListing: Listing<RobustResult> = {
  heading: "Robust accuracy",
  intro:
    "One trained network per line: budget ε of the test, the ball’s radius V, accuracy with and without perturbations, the share of rows on the ball’s edge, deviation ‖W − W₀‖₂,∞ in units of V, and the forward and backward passes per training point spent on finding perturbations.",
  order: byTurns(
    ({ row }) => row.d,
    ({ row }) => row.m,
    ({ row }) => row.radius,
    ({ row }) => row.eps,
    ({ row }) => row.seed,
  ),
  columns: [
    { name: "d", value: ({ row }) => count(row.d), essential: true },
    { name: "m", value: ({ row }) => count(row.m), essential: true },
    { name: "ε", value: ({ row }) => short(row.eps), essential: true },
    { name: "V", value: ({ row }) => short(row.radius), essential: true },
    { name: "Robust test", value: ({ row }) => percent(row.robustTestAccuracy), essential: true },
    { name: "Clean test", value: ({ row }) => percent(row.testAccuracy, 2), essential: true },
    { name: "Robust train", value: ({ row }) => (row.robustTrainAccuracy === undefined ? undefined : percent(row.robustTrainAccuracy)) },
    { name: c0Symbol, value: ({ row }) => (row.c0 === undefined ? undefined : count(row.c0)) },
    { name: "Seed", value: ({ row }) => String(row.seed) },
    { name: "Method", value: ({ row }) => row.method, words: true },
    { name: "Train points", value: ({ row }) => count(row.trainPoints) },
    { name: "Data", value: dataOf, words: true, onlyIfVaried: true },
    { name: "Inputs", value: inputsOf, words: true, onlyIfVaried: true },
    { name: "Biases", value: biasesOf, words: true, onlyIfVaried: true },
    { name: "Attack", value: ({ config }) => `${config.measure.robust.attack} ${config.measure.robust.norm}`, words: true, onlyIfVaried: true },
    { name: "Learning rate", value: ({ config }) => String(config.training.lr), onlyIfVaried: true },
    { name: "Ended at", value: ({ row }) => endings[row.exitReason], words: true },
    { name: "Epochs", value: ({ row }) => count(row.epochs) },
    { name: "Passes", value: ({ row }) => count(row.forward + row.backward) },
    { name: "of V", value: ({ row }) => fixed(row.deviation / row.radius) },
    { name: "At edge", value: ({ row }) => (row.onSurface === undefined ? undefined : percent(row.onSurface, 0)) },
  ],
};
