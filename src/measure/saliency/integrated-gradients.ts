import { defineMethod } from "./method.ts";

/** What rounding in float32 may leave, as a share of Σ |attributions|. */
const rounding = 1e-5;

/**
 * (x_j − b_j) ∫₀¹ ∂ value(b + α(x − b)) / ∂ x_j dα along the straight way from the baseline b, by the midpoint rule. By its completeness the
 * attributions add up to value(x) − value(b) (Sundararajan, Taly & Yan 2017, Proposition 1). The rule begins with `steps` points and triples them, keeping those
 * it has, until the sum is right within `tolerance` times |value(x) − value(b)|, or until it has `mostSteps`.
 */
export const integratedGradients = defineMethod({
  summary: "the gradient along the way from a baseline, which adds up to the change of the value (Sundararajan, Taly & Yan 2017)",
  defaults: { steps: 50, tolerance: 0.01, mostSteps: 4050 },
  async attribute({ x, baseline, slopes }, { steps, tolerance, mostSteps }) {
    const d = x.length;
    const ends = new Float32Array(2 * d);
    ends.set(x);
    ends.set(baseline, d);
    const at = (await slopes(ends)).value;
    const [value, baselineValue] = [at[0]!, at[1]!];
    const change = value - baselineValue;
    const sum = new Float64Array(d);
    const together = Math.max(1, Math.floor(2 ** 22 / d));

    const addSlopes = async (places: readonly number[]) => {
      for (let done = 0; done < places.length; done += together) {
        const some = places.slice(done, done + together);
        const points = new Float32Array(some.length * d);
        some.forEach((place, k) => {
          for (let j = 0; j < d; j++) points[k * d + j] = baseline[j]! + place * (x[j]! - baseline[j]!);
        });
        const { gradient } = await slopes(points);
        for (let i = 0; i < gradient.length; i++) sum[i % d]! += gradient[i]!;
      }
    };
    /** The middles of `count` equal parts; of three times as many, those in between. */
    const middles = (count: number, isNew: (k: number) => boolean) =>
      Array.from({ length: count }, (_, k) => k)
        .filter(isNew)
        .map((k) => (k + 0.5) / count);

    let count = steps;
    await addSlopes(middles(count, () => true));
    for (;;) {
      const attributions = Float64Array.from(sum, (total, j) => (total / count) * (x[j]! - baseline[j]!));
      const residual = attributions.reduce((a, b) => a + b, 0) - change;
      const isComplete = Math.abs(residual) <= tolerance * Math.abs(change) + rounding * attributions.reduce((a, b) => a + Math.abs(b), 0);
      if (isComplete || 3 * count > mostSteps)
        return { attributions: Float32Array.from(attributions), value, completeness: { baselineValue, residual, isComplete, steps: count } };
      count *= 3;
      await addSlopes(middles(count, (k) => k % 3 !== 1));
    }
  },
});
