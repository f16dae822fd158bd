/**
 * Do integrated gradients point at what decides? Of every rendered line that the text-direction classifier gets right, the pixels of ink that an
 * attribution ranks highest are painted in the color of the paper. Does the model then take the line for the other direction?
 *
 *   node --import tsx scripts/text-direction-letters.ts text-direction.onnx [lines]
 */
import { load } from "../src/platform/node/index.ts";
import { random } from "../src/util/random.ts";
import { interval95, shareInterval95, summarize } from "../src/util/statistics.ts";
import { height, inputOf, linesOfText, width } from "./text-direction.ts";

const [file = "text-direction.onnx", count = "200"] = process.argv.slice(2);
const size = height * width;
const d = 3 * size;
/** Shares of the ink that are painted over. */
const shares = [0.05, 0.1, 0.2];
const rankings = ["integrated gradients", "plain gradient", "drawn at random"] as const;

const model = await load(file, { inputShape: [3, height, width], mean: 0.5, std: 0.5, bounds: { low: 0, high: 1 }, threads: 1 });
/** By ranking and share: how many lines are taken for the other direction afterwards. */
const turned = rankings.map(() => shares.map(() => 0));
const nearInk: { gradient: number; area: number }[] = [];
let right = 0;

for (const [i, line] of linesOfText(100).slice(0, Number(count)).entries()) {
  const x = inputOf(line);
  const label = +line.isUpsideDown;
  const marginOf = (logits: Float32Array, k: number) => logits[2 * k + label]! - logits[2 * k + 1 - label]!;
  if (marginOf(await model.logits(x), 0) <= 0) continue;
  right++;
  const paper = x[0]!;
  const ink = Array.from({ length: size }, (_, p) => p).filter((p) => Math.abs(x[p]! - paper) > 0.02);
  const integrated = await model.saliency(x, { of: "margin", class: label, baseline: paper, tolerance: 0.05, mostSteps: 150 });
  const plain = await model.saliency(x, { of: "margin", class: label, method: "gradient" });
  const perPixel = (values: Float32Array, weigh: (value: number) => number) =>
    Float64Array.from({ length: size }, (_, p) => [0, 1, 2].reduce((sum, channel) => sum + weigh(values[channel * size + p]!), 0));
  const { uniform } = random(i, "letters");
  const worth = [
    perPixel(integrated.attributions, (value) => value),
    perPixel(plain.attributions, Math.abs),
    Float64Array.from({ length: size }, () => uniform()),
  ];
  const painted = new Float32Array(rankings.length * shares.length * d);
  for (const [r, values] of worth.entries()) {
    const order = ink.toSorted((a, b) => values[b]! - values[a]!);
    for (const [s, share] of shares.entries()) {
      const own = painted.subarray((r * shares.length + s) * d, (r * shares.length + s + 1) * d);
      own.set(x);
      for (const p of order.slice(0, Math.round(share * ink.length))) for (const channel of [0, 1, 2]) own[channel * size + p] = paper;
    }
  }
  const logits = await model.logits(painted);
  turned.forEach((row, r) => row.forEach((_, s) => (row[s]! += +(marginOf(logits, r * shares.length + s) <= 0))));
  const near = withinReach(ink, 2);
  const sizes = perPixel(plain.attributions, Math.abs);
  const total = sizes.reduce((sum, value) => sum + value, 0);
  nearInk.push({ gradient: near.reduce((sum, p) => sum + sizes[p]!, 0) / total, area: near.length / size });
}

const percent = (value: number) => `${(100 * value).toFixed(0)} %`;
console.log(`${right} of ${count} lines are right`);
for (const [s, share] of shares.entries())
  for (const [r, name] of rankings.entries()) {
    const times = turned[r]![s]!;
    const { low, high } = shareInterval95(times, right);
    console.log(`${percent(share)} of the ink, ${name}: ${percent(times / right)} turned [${percent(low)}, ${percent(high)}]`);
  }
for (const key of ["gradient", "area"] as const) {
  const values = nearInk.map((one) => one[key]);
  const { low, high } = interval95(values);
  console.log(`within 2 pixels of ink, ${key}: ${percent(summarize(values).mean)} [${percent(low)}, ${percent(high)}]`);
}
await model.dispose();

/** Pixels no farther than so many from some. */
function withinReach(pixels: readonly number[], reach: number): number[] {
  const found = new Set<number>();
  for (const p of pixels)
    for (let row = Math.max(0, Math.floor(p / width) - reach); row <= Math.min(height - 1, Math.floor(p / width) + reach); row++)
      for (let column = Math.max(0, (p % width) - reach); column <= Math.min(width - 1, (p % width) + reach); column++) found.add(row * width + column);
  return [...found];
}
