/**
 * How near every search comes to the nearest point that any of them finds, in every norm: a table for each model. Distances and passes are no matter
 * of time; seconds are.
 *
 *   node --import tsx bench/smallest.ts [MODEL.onnx …] [--data mnist] [--bounds 0,1] [--samples 100] [--norms l2,linf,l1,l0] [--attacks fmn,fab] [--all]
 *
 * Without a model: the paper's network on digits 0 and 1, and a small convolutional network on all digits, trained here in seconds.
 */
import { parseArgs } from "node:util";
import type { Norm } from "../src/attack/ball.ts";
import type { SearchConfig } from "../src/attack/search/config.ts";
import { searchParts, smallestEnsemble } from "../src/attack/search/ensemble.ts";
import { type SearchName, searches } from "../src/attack/search/index.ts";
import type { SearchRule } from "../src/attack/search/rule.ts";
import { type SmallestResult, smallest } from "../src/attack/search/smallest.ts";
import type { Points } from "../src/data/points.ts";
import type { Classifier } from "../src/model/classifier.ts";
import { classifierOf } from "../src/model/index.ts";
import { networks } from "../src/model/networks/index.ts";
import { twoLayer } from "../src/model/two-layer/two-layer.ts";
import { loadDataset } from "../src/platform/node/data-files.ts";
import { useNodeEngine } from "../src/platform/node/engine.ts";
import { mnist } from "../src/platform/node/idx-folder.ts";
import { load } from "../src/platform/node/load.ts";
import { trainClassifier } from "../src/training/classifier/train.ts";
import { trainLazily } from "../src/training/sgd.ts";
import { shareInterval95 } from "../src/util/statistics.ts";
import { interval } from "../src/util/words.ts";
import { finish, judged } from "./timing.ts";

useNodeEngine();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string", default: "mnist" },
    bounds: { type: "string", default: "0,1" },
    samples: { type: "string", default: "100" },
    norms: { type: "string", default: "l2,linf,l1,l0" },
    attacks: { type: "string", default: "" },
    all: { type: "boolean", default: false },
  },
});
const n = Number(values.samples);
const [low, high] = values.bounds.split(",").map(Number) as [number, number];
const box = { low, high };

interface Case {
  readonly name: string;
  readonly model: Classifier;
  readonly points: Points;
}

async function ownCases(): Promise<Case[]> {
  const { train, test } = await mnist({ size: 10, normalize: false });
  const { network } = await trainLazily(twoLayer({ d: train.d, m: 1000, bias: true, seed: 0 }), train, { epochs: 10 });
  const image = { inputShape: [1, 28, 28], channelAxis: 0 };
  const digits = async (part: "train" | "test", limit: number) => (await loadDataset("mnist", { ...image, part, limit })).dataset;
  const conv = await trainClassifier(networks.conv.build({ inputShape: image.inputShape, classes: 10, domain: box }), await digits("train", 6000), {
    epochs: 2,
  });
  return [
    { name: "two layers, m 1000, d 100", model: classifierOf(network), points: { x: test.x.slice(0, n * test.d), y: test.y.slice(0, n) } },
    { name: "small convolutional network, 10 digits", model: conv.model, points: await digits("test", n) },
  ];
}

async function fileCase(file: string): Promise<Case> {
  const model = await load(file, { bounds: box });
  const { dataset } = await loadDataset(values.data, {
    ...(model.inputShape.length === 3 ? { inputShape: model.inputShape, channelAxis: model.channelAxis } : {}),
    limit: n,
  });
  return { name: file.split("/").at(-1)!, model, points: dataset };
}

/** The searches of a norm whose share of near samples is held to the target. */
const strong = (norm: Norm, attack: SearchName) => searches[attack].access === "gradients" && !["ray", "deepfool"].includes(attack) && norm !== "l0";

for (const { name, model, points } of positionals.length > 0 ? await Promise.all(positionals.map(fileCase)) : await ownCases()) {
  for (const norm of values.norms.split(",") as Norm[]) {
    const found = new Map<SearchName, { result: SmallestResult; seconds: number }>();
    for (const attack of Object.keys(searches) as SearchName[]) {
      const rule: SearchRule = searches[attack];
      if (!rule.norms.includes(norm) || (rule.access !== "gradients" && !values.all)) continue;
      if (values.attacks !== "" && !values.attacks.split(",").includes(attack)) continue;
      const began = performance.now();
      const result = await smallest(model, points, { attack, norm, box } as SearchConfig);
      found.set(attack, { result, seconds: (performance.now() - began) / 1000 });
    }
    const began = performance.now();
    const { samples, summary } = await smallestEnsemble(model, points, { norm, box });
    const ensembleSeconds = (performance.now() - began) / 1000;
    const best = Float64Array.from(samples.distance, (far, i) => Math.min(far, ...[...found.values()].map(({ result }) => result.samples.distance[i]!)));
    const right = Array.from(best.keys()).filter((i) => samples.wasCorrect[i] && best[i]! < Infinity);
    const near = (distance: ArrayLike<number>, within = 1.02) => right.filter((i) => distance[i]! <= within * best[i]!).length / right.length;
    const sure = (distance: ArrayLike<number>) =>
      interval(shareInterval95(right.filter((i) => distance[i]! <= 1.02 * best[i]!).length, right.length), (share) => (100 * share).toFixed(0));
    const line = (what: string, distance: ArrayLike<number>, passes: number, seconds: number, limit: string) => {
      const ratios = right.map((i) => distance[i]! / best[i]!).sort((a, b) => a - b);
      const at = (share: number) => ratios[Math.min(ratios.length - 1, Math.floor(share * ratios.length))]!.toFixed(4);
      const cells = [
        `${(100 * near(distance)).toFixed(1)} ${sure(distance)}`,
        (100 * near(distance, 1 + 1e-3)).toFixed(1),
        at(0.5),
        at(0.95),
        at(1),
        passes.toFixed(0),
        seconds.toFixed(1),
      ];
      console.log(`  ${what.padEnd(16)}${cells.map((cell, k) => cell.padStart(k === 0 ? 18 : 10)).join("")}   ${limit}`);
    };
    console.log(`\n${name}, ${norm}: ${right.length} of ${points.y.length} samples, median distance ${summary.medianDistance.toPrecision(4)}`);
    console.log(
      `  ${"search".padEnd(16)}${["% in 2 %", "in 0.1 %", "median", "95 %", "worst", "passes", "seconds"].map((cell, k) => cell.padStart(k === 0 ? 18 : 10)).join("")}`,
    );
    for (const [attack, { result, seconds }] of found) {
      const { forward, backward } = result.summary;
      const share = near(result.samples.distance);
      line(attack, result.samples.distance, (forward + backward) / points.y.length, seconds, strong(norm, attack) ? judged(share, ["at least", 0.95]) : "");
    }
    line(
      `ensemble (${searchParts(norm, true).length})`,
      samples.distance,
      (summary.forward + summary.backward) / points.y.length,
      ensembleSeconds,
      judged(near(samples.distance), ["at least", 0.95]),
    );
  }
}
finish();
