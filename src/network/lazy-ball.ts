import { SignflipError } from "../util/errors.ts";
import type { TwoLayerNetwork } from "./network.ts";

/** The radius C_0/√m of the lazy ball (Def. 2.1). */
export function lazyRadius(c0: number, m: number): number {
  return c0 / Math.sqrt(m);
}

/**
 * ‖W − W_0‖_{2,∞}: the largest distance of a row from where it began, rows with their bias where there are biases.
 * Computed in float64.
 * @param initial the network as it was drawn (see `initialOf`)
 */
export function deviation(network: TwoLayerNetwork, initial: TwoLayerNetwork): number {
  const { d, m } = network;
  if (initial.d !== d || initial.m !== m) throw new SignflipError("SF_NETWORK", `deviation: the networks have d, m = ${d}, ${m} and ${initial.d}, ${initial.m}`);
  let largest = 0;
  for (let s = 0; s < m; s++) {
    let sum = (network.hiddenBias[s]! - initial.hiddenBias[s]!) ** 2;
    for (let i = s * d; i < (s + 1) * d; i++) sum += (network.weights[i]! - initial.weights[i]!) ** 2;
    if (!(sum <= largest)) largest = sum;
  }
  return Math.sqrt(largest);
}
