import type { TwoLayerNetwork } from "../../src/model/two-layer/network.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { settingOf } from "../../src/theory/check.ts";
import { radiusOf, type Instance, type Setting } from "../../src/theory/statements/statement.ts";
import { random, type Random } from "../../src/util/random.ts";

/** Any network of the ball: rows moved in random directions, half of them all the way to its surface. */
export function anyInBall(initial: TwoLayerNetwork, radius: number, draw: Random): TwoLayerNetwork {
  const { d, m } = initial;
  const weights = initial.weights.slice();
  for (let s = 0; s < m; s++) {
    const step = Float64Array.from({ length: d }, () => draw.normal());
    const far = (radius * (draw.uniform() < 0.5 ? 1 : draw.uniform())) / Math.hypot(...step);
    step.forEach((by, i) => (weights[s * d + i]! += far * by));
  }
  return { ...initial, weights };
}

export function pointOnSphere(d: number, draw: Random): Float32Array {
  const x = Float64Array.from({ length: d }, () => draw.normal());
  const length = Math.hypot(...x);
  return Float32Array.from(x, (value) => value / length);
}

/** W x in float64, `[m]`. */
export function preActivations({ d, m, weights }: TwoLayerNetwork, x: ArrayLike<number>): Float64Array {
  const z = new Float64Array(m);
  for (let s = 0; s < m; s++) for (let i = 0; i < d; i++) z[s]! += weights[s * d + i]! * x[i]!;
  return z;
}

/** f and ∇f at x from their definitions, in float64. */
export function evaluate(network: TwoLayerNetwork, x: ArrayLike<number>): { readonly f: number; readonly gradient: Float64Array } {
  const { d, m, weights, outer } = network;
  const gradient = new Float64Array(d);
  let f = 0;
  preActivations(network, x).forEach((z, s) => {
    if (!(z > 0)) return;
    f += (outer[s]! * z) / Math.sqrt(m);
    for (let i = 0; i < d; i++) gradient[i]! += (outer[s]! * weights[s * d + i]!) / Math.sqrt(m);
  });
  return { f, gradient };
}

/** An initial network, another of its ball in place of a trained one, and points. */
export function instanceOf(at: Omit<Setting, "constants">, { n = 5, searched = 2, seed = 0 } = {}): Instance {
  const setting = settingOf({ ...at, constants: undefined });
  const { d, m } = setting;
  const draw = random(seed, "instance");
  const initial = twoLayer({ d, m, seed });
  const trained = anyInBall(initial, radiusOf(setting), draw);
  const points = Array.from({ length: n }, () => pointOnSphere(d, draw));
  const all = (rows: readonly ArrayLike<number>[]) => Float32Array.from(rows.flatMap((row) => Array.from(row)));
  const z = (network: TwoLayerNetwork) => all(points.map((x) => preActivations(network, x)));
  return { setting, initial, trained, x: all(points), n, z0: z(initial), z: z(trained), searched, engine: {}, seed };
}
