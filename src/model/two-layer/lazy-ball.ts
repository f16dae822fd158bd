import { SignflipError } from "../../util/errors.ts";
import type { TwoLayerNetwork } from "./network.ts";

/** The radius C_0/√m of the lazy ball (Def. 2.1). */
export function lazyRadius(c0: number, m: number): number {
  return c0 / Math.sqrt(m);
}

/**
 * The nearest network in the ball: each row outside is projected back to the surface,
 * w_s ← w_{s,0} + (w_s − w_{s,0})·min(1, V/‖w_s − w_{s,0}‖), rows with their bias (Algorithm 1).
 * @param radius V
 * @returns the network, and the share of rows on the surface (to 1 part in a million)
 */
export function projectToBall(network: TwoLayerNetwork, initial: TwoLayerNetwork, radius: number): { network: TwoLayerNetwork; onSurface: number } {
  const { d, m } = network;
  sameSize(network, initial);
  const projected = { ...network, weights: network.weights.slice(), hiddenBias: network.hiddenBias.slice() };
  let onSurface = 0;
  for (let s = 0; s < m; s++) {
    const distance = rowDistance(network, initial, s);
    if (distance >= radius * (1 - 1e-6)) onSurface++;
    if (!(distance > radius)) continue;
    // Weights are float32: where rounding leaves the row outside, aim a little further in.
    for (let short = 0; rowDistance(projected, initial, s) > radius; short = 2 * short + 2 ** -24) {
      const shrink = (radius / distance) * Math.max(0, 1 - short);
      projected.hiddenBias[s] = initial.hiddenBias[s]! + (network.hiddenBias[s]! - initial.hiddenBias[s]!) * shrink;
      for (let i = s * d; i < (s + 1) * d; i++) projected.weights[i] = initial.weights[i]! + (network.weights[i]! - initial.weights[i]!) * shrink;
    }
  }
  return { network: projected, onSurface: onSurface / m };
}

/**
 * ‖W − W_0‖_{2,∞}: the largest distance of a row from where it began, rows with their bias where there are biases.
 * Computed in float64.
 * @param initial the network as it was drawn (see `initialOf`)
 */
export function deviation(network: TwoLayerNetwork, initial: TwoLayerNetwork): number {
  sameSize(network, initial);
  let largest = 0;
  for (let s = 0; s < network.m; s++) {
    const distance = rowDistance(network, initial, s);
    if (!(distance <= largest)) largest = distance;
  }
  return largest;
}

/** ‖w_s − w_{s,0}‖, the row with its bias, in float64. */
function rowDistance(network: TwoLayerNetwork, initial: TwoLayerNetwork, s: number): number {
  let sum = (network.hiddenBias[s]! - initial.hiddenBias[s]!) ** 2;
  for (let i = s * network.d; i < (s + 1) * network.d; i++) sum += (network.weights[i]! - initial.weights[i]!) ** 2;
  return Math.sqrt(sum);
}

function sameSize(network: TwoLayerNetwork, initial: TwoLayerNetwork): void {
  const { d, m } = network;
  if (initial.d !== d || initial.m !== m)
    throw new SignflipError("SF_NETWORK", `lazy ball: the networks differ in size, d, m = ${d}, ${m} and ${initial.d}, ${initial.m}`);
}
