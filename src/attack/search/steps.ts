import { distance, dualSize } from "./geometry.ts";
import { linearEstimate } from "./ray.ts";
import type { Gradients, Look } from "./sample.ts";
import { over } from "./vector.ts";

/** `first` at the first step, `last` after the last one, and half a cosine between. */
export const cosine = (step: number, steps: number, [first, last]: readonly [first: number, last: number]): number =>
  last + ((first - last) * (1 + Math.cos((Math.PI * step) / steps))) / 2;

/** The direction of length 1 in l2 against a gradient; a random one where the gradient is flat. */
export function descent({ random, x }: Gradients, { gradient, flat }: Look): Float64Array {
  const toward = flat ? random.fillNormal(new Float32Array(x.length)) : gradient;
  const size = dualSize("l2", toward);
  return over(toward, -size);
}

/** The length in l2 of the perturbation found on the sample's ray; where there is none, of what the linear part at the sample asks for, or 1. */
export function scaleOf(sample: Gradients, look: Look): number {
  const found = sample.best && distance("l2", sample.x, sample.best.point);
  const guess = found ?? linearEstimate(sample, look);
  return guess > 0 && guess < Infinity ? guess : 1;
}
