import type { TwoLayerNetwork } from "../../src/model/two-layer/network.ts";
import { random } from "../../src/util/random.ts";

/** A network whose every row is moved by the radius, in a random direction (a little less: the weights are float32). */
export function onBall(network: TwoLayerNetwork, radius: number, seed = 0): TwoLayerNetwork {
  const { d, m } = network;
  const stream = random(seed, "test", "on-ball");
  const weights = network.weights.slice();
  for (let s = 0; s < m; s++) {
    const move = Float64Array.from({ length: d }, stream.normal);
    const norm = Math.hypot(...move);
    for (let i = 0; i < d; i++) weights[s * d + i]! += (radius * (1 - 1e-5) * move[i]!) / norm;
  }
  return { ...network, weights };
}

/** From the definition, in float64: z, f and ∇f at a point. */
export function at(network: Pick<TwoLayerNetwork, "d" | "m" | "weights" | "outer">, x: ArrayLike<number>): { z: number[]; f: number; gradient: number[] } {
  const { d, m, weights, outer } = network;
  const gradient = Array.from({ length: d }, () => 0);
  const z: number[] = [];
  let f = 0;
  for (let s = 0; s < m; s++) {
    let zs = 0;
    for (let i = 0; i < d; i++) zs += weights[s * d + i]! * x[i]!;
    z.push(zs);
    if (zs <= 0) continue;
    f += (outer[s]! * zs) / Math.sqrt(m);
    for (let i = 0; i < d; i++) gradient[i]! += (outer[s]! * weights[s * d + i]!) / Math.sqrt(m);
  }
  return { z, f, gradient };
}

/** The points of a step of a ray. */
export const moved = (x: ArrayLike<number>, by: ArrayLike<number>, t = 1): number[] => Array.from(x, (value, i) => value + t * by[i]!);
