import type { TwoLayerNetwork } from "../../model/two-layer/network.ts";
import { type RayOptions, visitRays } from "../../model/two-layer/rays.ts";
import { signChanges, valuesOnRay } from "./ray.ts";

/** The engine, and how far W is pushed. */
export type StepOptions = Omit<RayOptions, "per">;

/** Shares of points flipped by one gradient step, against its size C_1/d. */
export interface StepShares {
  /** From small to large. */
  readonly c1: readonly number[];
  /** Share of the points whose sign the step δ = −sign(f) (C_1/d) ∇f(x) changes, for each C_1. */
  readonly share: readonly number[];
  /** The smallest C_1 such that it and every larger C_1 of the grid flip at least 99 %; null if there is none. */
  readonly smallest: number | null;
}

/** The grid of C_1: 60 values, even on a logarithmic scale. */
export const c1Grid: readonly number[] = Array.from({ length: 60 }, (_, i) => 0.1 * 10 ** ((3.5 * i) / 59));

/**
 * Measures Theorem 3.1: one step of size C_1/d for every C_1 of the grid, evaluated at its end and not where it first crosses 0.
 * @param x `[n, d]`, norm 1
 * @throws SF_NETWORK where x does not fit the network or it has biases.
 */
export async function measureStepShares(network: TwoLayerNetwork, x: Float32Array, options: StepOptions = {}): Promise<StepShares> {
  return sharesOf(c1Grid, await stepFlips(network, x, c1Grid, options));
}

/** @param flipped 0 or 1 per C_1, a row per point */
export function sharesOf(c1: readonly number[], flipped: readonly Uint8Array[]): StepShares {
  const share = c1.map((_, k) => flipped.reduce((sum, row) => sum + row[k]!, 0) / flipped.length);
  const lastBelow = share.findLastIndex((value) => !(value >= 0.99));
  return { c1, share, smallest: c1[lastBelow + 1] ?? null };
}

/**
 * Which steps change the sign of f, point by point.
 * @param c1 from small to large
 * @returns 0 or 1 per C_1, a row per point. A point with f(x) = 0 has no sign to change, and no step.
 */
export async function stepFlips(network: TwoLayerNetwork, x: Float32Array, c1: readonly number[], options: StepOptions = {}): Promise<Uint8Array[]> {
  const steps = c1.map((c) => c / network.d);
  const flipped: Uint8Array[] = [];
  await visitRays(network, x, (_, ray) => flipped.push(Uint8Array.from(valuesOnRay(ray, steps), (value) => +signChanges(ray.f, value))), {
    per: "step",
    ...options,
  });
  return flipped;
}
