import { adversarial } from "./adversarial.ts";
import type { TrainingMethod } from "./method.ts";
import { plain } from "./plain.ts";
import { trades } from "./trades.ts";

/** What a classifier can be trained to: a file and a line here. */
export const trainingMethods = { plain, adversarial, trades } as const satisfies Readonly<Record<string, TrainingMethod>>;
export type TrainingMethodName = keyof typeof trainingMethods;
export const trainingMethodNames = Object.keys(trainingMethods) as TrainingMethodName[];
