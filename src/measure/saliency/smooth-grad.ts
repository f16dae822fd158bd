import { defineMethod } from "./method.ts";

/** The mean of ∂ value / ∂ x over normal noise around x, whose standard deviation is `noise` times the range of the sample's values. */
export const smoothGrad = defineMethod({
  summary: "the mean gradient of noisy copies of the input (Smilkov et al. 2017)",
  defaults: { samples: 50, noise: 0.15 },
  async attribute({ x, slopes, random }, { samples, noise }) {
    const d = x.length;
    const spread = noise * (greatest(x) - least(x));
    const { value } = await slopes(x);
    const sum = new Float64Array(d);
    const together = Math.max(1, Math.min(samples, Math.floor(2 ** 22 / d)));
    for (let done = 0; done < samples; done += together) {
      const count = Math.min(together, samples - done);
      const points = random.fillNormal(new Float32Array(count * d));
      for (let i = 0; i < points.length; i++) points[i] = x[i % d]! + spread * points[i]!;
      const { gradient } = await slopes(points);
      for (let i = 0; i < gradient.length; i++) sum[i % d]! += gradient[i]!;
    }
    return { attributions: Float32Array.from(sum, (total) => total / samples), value: value[0]! };
  },
});

const least = (values: Float32Array) => values.reduce((a, b) => Math.min(a, b), Infinity);
const greatest = (values: Float32Array) => values.reduce((a, b) => Math.max(a, b), -Infinity);
