/**
 * Speed of training, as ratios measured within one run: an epoch of our small convolutional and residual networks beside the same in PyTorch, where
 * `python3 -c "import torch"` works: same layers, same optimizer, same batch, and PyTorch's better batch as well.
 *
 *   node --import tsx bench/train.ts [--threads 2] [--samples 2048] [--rounds 3]
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type NetworkName, networks } from "../src/model/networks/index.ts";
import { useNodeEngine } from "../src/platform/node/engine.ts";
import { trainClassifier } from "../src/training/classifier/train.ts";
import { random } from "../src/util/random.ts";
import { type Limit, finish, inPyTorch, judged, median, noPyTorch, show } from "./timing.ts";

useNodeEngine();
const { values } = parseArgs({
  options: {
    threads: { type: "string", default: String(availableParallelism()) },
    samples: { type: "string", default: "2048" },
    rounds: { type: "string", default: "3" },
  },
});
const [threads, n, rounds] = [values.threads, values.samples, values.rounds].map(Number) as [number, number, number];
const limit: Limit = ["at least", 1];
const cases: readonly (readonly [NetworkName, readonly number[], "plain" | "adversarial"])[] = [
  ["conv", [1, 28, 28], "plain"],
  ["conv", [1, 28, 28], "adversarial"],
  ["resnet", [3, 32, 32], "plain"],
];
const batches = [64, 128, 256];
console.log(`${n} samples, ${threads} threads, float32, Adam; ${rounds} rounds in turn, medians\n`);
for (const [name, inputShape, method] of cases) {
  const d = inputShape.reduce((product, dim) => product * dim, 1);
  const samples = name === "resnet" ? Math.min(n, 1024) : n;
  const stream = random(0, "bench", "train");
  const data = { x: Float32Array.from({ length: samples * d }, () => stream.uniform()), y: Array.from({ length: samples }, (_, i) => i % 10) };
  const model = networks[name].build({ inputShape, classes: 10, domain: { low: 0, high: 1 } });
  const [ours, theirs] = [new Map<number, number[]>(), new Map<number, number[]>()];
  let version = "";
  for (let round = 0; round < rounds; round++) {
    for (const batch of batches) {
      const perturbs = method === "adversarial" ? { method, norm: "l2" as const, eps: 1, steps: 5 } : {};
      // The first epoch is for warming up.
      const { history } = await trainClassifier(model, data, { ...perturbs, epochs: 2, batch, threads });
      ours.set(batch, [...(ours.get(batch) ?? []), history[1]!.seconds]);
      const peer = inPyTorch("train_peer.py", [name, samples, batch, threads, method]) as { epoch: number; version: string } | undefined;
      if (peer) {
        theirs.set(batch, [...(theirs.get(batch) ?? []), peer.epoch]);
        version = peer.version;
      }
    }
  }
  const medians = (all: ReadonlyMap<number, number[]>) => batches.flatMap((batch) => (all.has(batch) ? [{ batch, time: median(all.get(batch)!) }] : []));
  const listed = (all: ReadonlyMap<number, number[]>) =>
    medians(all)
      .map(({ batch, time }) => `${show(samples / time)}/s at batch ${batch}`)
      .join(", ");
  console.log(`${name}, ${method}, ${samples} samples`);
  console.log(`  ours      ${listed(ours)}`);
  if (version === "") console.log(noPyTorch);
  else {
    console.log(`  PyTorch ${version}  ${listed(theirs)}`);
    // Its better batch size, against ours of the same size.
    const best = medians(theirs).toSorted((a, b) => a.time - b.time)[0]!;
    const times = best.time / median(ours.get(best.batch)!);
    console.log(`  ${show(times, 2)} × as fast as PyTorch at its better batch, ${best.batch}   ${judged(times, limit)}`);
  }
}
finish();
