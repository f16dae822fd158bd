/**
 * Speed of PGD, as ratios measured within one run: beside the plain matrix products of the same engine, and beside the
 * same PGD in PyTorch where `python3 -c "import torch"` works. "The same" has our batch and loss.backward(), as published PGD code has
 * it; the target is judged there. Larger batches and the gradient of δ alone make PyTorch faster, and are measured and printed too.
 *
 *   node --import tsx bench/attack.ts [--threads 2] [--steps 100] [--samples 12665] [--peer-samples 2048] [--rows 512]
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { prepareAttack } from "../src/attack/prepare.ts";
import { sphere } from "../src/data/sphere.ts";
import { twoLayer } from "../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../src/platform/node/engine.ts";
import { type Limit, finish, inPyTorch, judged, matrixProduct, median, noPyTorch, seconds, show } from "./timing.ts";

useNodeEngine();
const { values } = parseArgs({
  options: {
    threads: { type: "string", default: String(availableParallelism()) },
    steps: { type: "string", default: "100" },
    samples: { type: "string", default: "12665" },
    "peer-samples": { type: "string", default: "2048" },
    rows: { type: "string" },
  },
});
const [threads, steps, n, peerSamples] = [values.threads, values.steps, values.samples, values["peer-samples"]].map(Number) as [number, number, number, number];
const [d, m, gemmRows, eps] = [784, 1_000, 2_048, 0.2];
const limits = { share: ["at least", 0.6], pytorch: ["at least", 3] } as const satisfies Record<string, Limit>;
/** Flops of the two products of every step. */
const work = 4 * n * d * m * steps;

const { train } = sphere({ d, n: Math.max(n, gemmRows), testN: 1, seed: 0 });
const data = { x: train.x.subarray(0, n * d), y: train.y.subarray(0, n) };
const network = twoLayer({ d, m, bias: true, seed: 0 });
const product = await matrixProduct({ rows: gemmRows, d, m, threads }, train.x, network.weights);
const gemm = product.run;
console.log(`PGD-${steps}, l2, ${n} samples, d ${d}, m ${m}, ${threads} threads, float32; GEMM ${gemmRows}×${d}×${m} before, between and after\n`);

let ours = 0;
let batch = 0;
for (const box of [undefined, { low: -1, high: 1 }]) {
  const prepared = await prepareAttack(network, { attack: "pgd", norm: "l2", steps, box, threads, ...(values.rows ? { rows: Number(values.rows) } : {}) });
  const { rows } = prepared.config;
  const input = { ...data, eps };
  await gemm();
  await prepared.perturb({ ...input, x: data.x.subarray(0, rows * d), y: data.y.subarray(0, rows) });
  const gemms: number[] = [];
  for (let k = 0; k < 10; k++) gemms.push(await seconds(gemm));
  // Once: it is many seconds of work.
  ours = await seconds(() => prepared.perturb(input));
  for (let k = 0; k < 10; k++) gemms.push(await seconds(gemm));
  await prepared.dispose();
  batch = rows;
  const rate = product.flops / median(gemms);
  const share = work / ours / rate;
  console.log(
    `  ${box ? "box [-1, 1]" : "no box     "}  ${show(ours)} s in batches of ${rows}, ${show(work / ours / 1e9)} GFLOP/s: ${show(share, 2)} of the GEMM rate ${show(rate / 1e9)}   ${judged(share, limits.share)}`,
  );
}
await product.dispose();

const peers = pytorch();
for (const { version, rows, style, samples, times, gemm } of peers) {
  const theirs = times * ours;
  console.log(
    `  PyTorch ${version}, ${(style === "backward" ? "loss.backward()," : "gradient of δ alone,").padEnd(20)} batches of ${String(rows).padStart(5)}: ${show(theirs)} s (scaled from ${samples} samples), ${show(work / theirs / 1e9)} GFLOP/s; its GEMM ${show(product.flops / gemm / 1e9)}: ours is ${show(times, 2)} times as fast`,
  );
}
const same = peers.find(({ style, rows }) => style === "backward" && rows === batch);
if (same) {
  const least = Math.min(...peers.map(({ times }) => times));
  console.log(
    `  ${show(same.times, 2)} × as fast as the same PGD in PyTorch: loss.backward(), batches of ${batch}   ${judged(same.times, limits.pytorch)}; ${show(least, 2)} × against PyTorch's fastest setting`,
  );
}
finish();

interface Peer {
  /** Seconds of a product. */
  readonly gemm: number;
  readonly version: string;
  readonly samples: number;
  readonly rows: number;
  readonly style: "backward" | "delta";
  /** Its time for as many samples as we had, in units of ours. */
  readonly times: number;
}

/** The same attack with the box in PyTorch on `--peer-samples` samples, in batches of our size and in larger ones. */
function pytorch(): Peer[] {
  const samples = Math.min(n, Math.max(peerSamples, 2_048));
  const found: Peer[] = [];
  for (const style of ["backward", "delta"] as const) {
    for (const rows of new Set([batch, 2_048])) {
      const peer = inPyTorch("attack_peer.py", [samples, d, m, rows, steps, threads, style]) as
        | (Pick<Peer, "gemm" | "version"> & { attack: number })
        | undefined;
      if (peer) found.push({ ...peer, samples, rows, style, times: (peer.attack * n) / samples / ours });
    }
  }
  if (found.length === 0) console.log(noPyTorch);
  return found;
}
