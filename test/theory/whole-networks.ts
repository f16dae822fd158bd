import { random } from "../../src/util/random.ts";
import { firstFlip } from "../../src/theory/statements/robust-error.ts";
import { dot, productsWith, addTo, scaleTo } from "../../src/theory/vectors.ts";

export interface RobustDraws {
  readonly d: number;
  readonly m: number;
  /** Points, uniform on the sphere, drawn once: the distribution is uniform on them. */
  readonly n: number;
  /** R, a length. */
  readonly reach: number;
  readonly draws: number;
  readonly seed?: number;
}

/**
 * Corollary 3.2 with vectors and nothing simulated: draws (a, W_0) again and again and measures the robust error of each
 * network at R over the same points, along the gradient's ray (a lower bound).
 * @returns a robust error per draw
 */
export function robustErrorDraws({ d, m, n, reach, draws, seed = 0 }: RobustDraws): Float64Array {
  const stream = random(seed, "theory", "robust-draws");
  const points = Array.from({ length: n }, () => scaleTo(Float64Array.from({ length: d }, stream.normal), 1));
  const weights = new Float32Array(m * d);
  return Float64Array.from({ length: draws }, () => {
    const a = Float64Array.from({ length: m }, stream.sign);
    stream.fillNormal(weights);
    let errs = 0;
    for (const x of points) {
      const z = productsWith(weights, x, m);
      const slope = new Float64Array(d);
      let f = 0;
      for (let s = 0; s < m; s++) {
        if (z[s]! <= 0) continue;
        f += (a[s]! * z[s]!) / Math.sqrt(m);
        addTo(slope, weights, s * d, a[s]! / Math.sqrt(m));
      }
      const p = z.map((_, s) => -Math.sign(f) * dot(weights, s * d, slope));
      if (firstFlip({ f, steepness: Math.hypot(...slope), z, p, at: 0, a }, reach) <= 1) errs++;
    }
    return errs / n;
  });
}
