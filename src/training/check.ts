import { type Points, checkPoints } from "../data/points.ts";
import { twoLayerShape } from "../model/two-layer/classifier.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import { checkMemory } from "../runtime/memory.ts";
import { SignflipError } from "../util/errors.ts";

/** A usage error of a training call. */
export const trainingError = (why: string) => new SignflipError("SF_OPTION", `training: ${why}`, { usage: true });

/** What every training asks of its options and data. @throws SF_OPTION (usage), SF_NETWORK */
export function checkTraining(
  network: TwoLayerNetwork,
  points: readonly Points[],
  { c0, lr, batch, epochs }: { readonly c0: number; readonly lr: number; readonly batch: number; readonly epochs: number },
): void {
  for (const [name, value] of Object.entries({ c0, lr })) {
    if (!(value > 0 && value < Infinity)) throw trainingError(`${name} must be a positive number; got ${value}`);
  }
  for (const [name, value] of Object.entries({ batch, epochs })) {
    if (!Number.isSafeInteger(value) || value < 1) throw trainingError(`${name} must be a whole number from 1; got ${value}`);
  }
  for (const part of points) checkPoints("training", twoLayerShape(network), part);
}

/** A minibatch is one step of SGD and is not split: it has to fit. @throws SF_MEMORY */
export async function checkMinibatch({ d, m }: TwoLayerNetwork, { y }: Points, batch: number): Promise<void> {
  const rows = Math.min(batch, y.length);
  // The hidden layer and its gradient; W_0, W before and W after.
  await checkMemory(`training: minibatches of ${rows} points at width ${m} on ${d} inputs`, 4 * (2 * rows * m + 3 * m * d));
}
