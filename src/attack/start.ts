import { type Random, random } from "../util/random.ts";
import type { Norm } from "./ball.ts";

/**
 * Perturbations to begin with, batch after batch: each restart has a stream of its own that is read in the order of the samples, so
 * that they do not depend on how samples are split into batches.
 * @returns a function that gives the next rows for samples of these budgets, `[rows, d]`, uniform in the ball
 */
export function randomStarts(norm: Norm, d: number, seed: number): (restart: number, budgets: ArrayLike<number>) => Float32Array {
  const streams = new Map<number, Random>();
  return (restart, budgets) => {
    const stream = streams.get(restart) ?? random(seed, "attack", "start", String(restart));
    streams.set(restart, stream);
    const start = new Float32Array(budgets.length * d);
    for (let i = 0; i < budgets.length; i++) fillBall(norm, stream, budgets[i]!, start.subarray(i * d, (i + 1) * d));
    return start;
  };
}

/** A point uniform in the ball of a radius: for l2 a normal's direction at the distance radius · u^(1/d) (Muller 1959), for l1 exponentials (Devroye 1986). */
function fillBall(norm: Norm, stream: Random, radius: number, out: Float32Array): void {
  if (norm === "linf") {
    for (let j = 0; j < out.length; j++) out[j] = radius * (2 * stream.uniform() - 1);
    return;
  }
  if (norm === "l1") {
    // Shares of a sum of one exponential more than there are entries are uniform in the simplex; each gets a sign.
    const draw = () => -Math.log(1 - stream.uniform());
    const sizes = Float64Array.from({ length: out.length }, draw);
    const total = sizes.reduce((sum, size) => sum + size, draw());
    for (let j = 0; j < out.length; j++) out[j] = stream.sign() * radius * (sizes[j]! / total);
    return;
  }
  stream.fillNormal(out);
  const length = Math.sqrt(out.reduce((sum, value) => sum + value * value, 0));
  const scale = (radius * stream.uniform() ** (1 / out.length)) / (length || 1);
  for (let j = 0; j < out.length; j++) out[j] = out[j]! * scale;
}
