/**
 * Draws docs/plain-and-robust.png from two saved networks for MNIST: their robust accuracy over ε, and what each needs before it takes a digit for another.
 *
 *   signflip train-classifier --data mnist --network conv --samples 20000 --epochs 3 --lr 0.002 --out plain.onnx
 *   signflip train-classifier --data mnist --network conv --samples 20000 --epochs 3 --lr 0.002 --method adversarial --norm l2 --eps 1.5 --steps 5 --out robust.onnx
 *   node --import tsx scripts/plain-and-robust.ts plain.onnx robust.onnx [--samples 300] [--digit 0] [--out docs/plain-and-robust.png]
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { smallest } from "../src/attack/search/smallest.ts";
import { dataUri, imagePixels, signedPixels } from "../src/figure/draw/pixels.ts";
import { robustAccuracySpec } from "../src/figure/evaluation/curve.ts";
import type { OnnxClassifier } from "../src/model/onnx/load.ts";
import { loadDataset } from "../src/platform/node/data-files.ts";
import { useNodeEngine } from "../src/platform/node/engine.ts";
import { load } from "../src/platform/node/load.ts";
import { renderPng, renderSvg } from "../src/platform/node/pictures.ts";
import { significant } from "../src/util/words.ts";

useNodeEngine();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { samples: { type: "string", default: "300" }, digit: { type: "string" }, out: { type: "string", default: "docs/plain-and-robust.png" } },
});
const names = ["plainly trained", "adversarially trained (ℓ₂)"];
const models = await Promise.all(positionals.slice(0, 2).map((file) => load(file)));
const [first, second] = models;
if (!first || !second) throw new Error("two files are needed: that of the plain network and that of the robust one");
const { dataset } = await loadDataset("mnist", { part: "test", inputShape: first.inputShape, classes: first.classes, limit: Number(values.samples), seed: 0 });
const { d, y, x } = dataset;

/** For every sample the nearer of what two searches find. */
async function nearest(model: OnnxClassifier) {
  const ddn = await smallest(model, dataset, { attack: "ddn", norm: "l2", box: model.domain });
  const fmn = await smallest(model, dataset, { attack: "fmn", norm: "l2", box: model.domain });
  const points = new Float32Array(x.length);
  const samples = Array.from(y, (label, i) => {
    const { samples: own, points: at } = fmn.samples.distance[i]! < ddn.samples.distance[i]! ? fmn : ddn;
    points.set(at.subarray(i * d, (i + 1) * d), i * d);
    return { label, distance: own.distance[i]!, success: own.success[i] === 1, to: own.adversarialPrediction[i]!, wasCorrect: own.wasCorrect[i] === 1 };
  });
  await model.dispose();
  return { points, samples };
}

const found = [await nearest(first), await nearest(second)];
for (const [k, { samples }] of found.entries()) {
  const right = samples.filter(({ wasCorrect }) => wasCorrect);
  const median = right.map(({ distance }) => distance).toSorted((a, b) => a - b)[right.length >> 1]!;
  const robust = [0.5, 1, 1.5, 2].map((eps) => `${eps}: ${((100 * samples.filter(({ distance }) => distance > eps).length) / samples.length).toFixed(1)} %`);
  console.log(`${names[k]}: ${right.length} of ${samples.length} right, median distance ${median.toFixed(3)}; robust at ε ${robust.join(", ")}`);
}
/** A digit that both take for what it is, and whose distances are near the medians. */
const medians = found.map(({ samples }) => samples.map(({ distance }) => distance).toSorted((a, b) => a - b)[samples.length >> 1]!);
const offMedian = (i: number) => found.reduce((sum, { samples }, k) => sum + Math.abs(Math.log(samples[i]!.distance / medians[k]!)), 0);
const both = Array.from(y.keys()).filter((i) => found.every(({ samples }) => samples[i]!.wasCorrect && samples[i]!.success));
const digit = values.digit === undefined ? both.toSorted((a, b) => offMedian(a) - offMedian(b))[0]! : Number(values.digit);

const curve = await renderSvg(
  robustAccuracySpec(
    found.map(({ samples }, k) => ({ name: names[k]!, samples: samples.map(({ distance }) => ({ distance: Number.isFinite(distance) ? distance : null })) })),
    { norm: "l2", until: 4, width: 470, height: 330 },
  ),
  { embedFont: false },
);
const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(curve)!.map(Number) as [number, number, number];
const [tile, gap, left, top] = [128, 14, 30, 66];
const image = x.subarray(digit * d, (digit + 1) * d);
const rows = found.map(({ points, samples }) => {
  const at = points.subarray(digit * d, (digit + 1) * d);
  const delta = Float32Array.from(at, (value, j) => value - image[j]!);
  return { samples, at, delta, largest: Math.max(...delta.map(Math.abs)) };
});
const scale = Math.max(...rows.map(({ largest }) => largest));
const total = { width: width + left + 3 * tile + 2 * gap + 16, height: Math.max(height, top + 2 * tile + 76) };
const text = (at: readonly [number, number], words: string, size = 14, weight = 400) =>
  `<text x="${at[0]}" y="${at[1]}" font-family="Signflip Sans" font-size="${size}" font-weight="${weight}" fill="#1d1f24">${words}</text>`;
const picture = (column: number, row: number, uri: string) => {
  const [px, py] = [width + left + column * (tile + gap), top + row * (tile + 56)];
  return `<rect x="${px - 1}" y="${py - 1}" width="${tile + 2}" height="${tile + 2}" fill="#6b7280"/><image x="${px}" y="${py}" width="${tile}" height="${tile}" style="image-rendering:pixelated" image-rendering="optimizeSpeed" href="${uri}"/>`;
};
const panels = rows.flatMap(({ at, delta, samples }, row) => {
  const { distance, to, label } = samples[digit]!;
  return [
    text([width + left, top + row * (tile + 56) - 12], `${names[row]}: ‖δ‖₂ = ${significant(distance)} turns ${label} into ${to}`, 14, 600),
    picture(0, row, dataUri(imagePixels(image, dataset, { low: 0, high: 1 })!)),
    picture(1, row, dataUri(signedPixels(delta, dataset, scale)!)),
    picture(2, row, dataUri(imagePixels(at, dataset, { low: 0, high: 1 })!)),
  ];
});
const captions = ["digit", "smallest δ found", "digit + δ"].map((words, column) => text([width + left + column * (tile + gap), 22], words, 14));
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${total.width}" height="${total.height}" viewBox="0 0 ${total.width} ${total.height}"><rect width="100%" height="100%" fill="#ffffff"/>${curve}${captions.join("")}${panels.join("")}</svg>`;
writeFileSync(values.out, renderPng(svg));
console.log(values.out);
