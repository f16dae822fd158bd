/**
 * Speed, as ratios measured within one run: an epoch of SGD and the flips of a test set beside the plain matrix
 * products of the same engine, and beside the same work in PyTorch where `python3 -c "import torch"` works.
 *
 *   npm run bench [-- --threads 2]
 */
import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { signsOf } from "../src/data/points.ts";
import { sphere } from "../src/data/sphere.ts";
import { f32 } from "../src/graph/ir.ts";
import { buildGraph } from "../src/graph/builder.ts";
import { measureFlips } from "../src/measure/flips.ts";
import { parameters, twoLayer } from "../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../src/platform/node/engine.ts";
import { Session } from "../src/runtime/session.ts";
import { epochGraph } from "../src/training/epoch-graph.ts";
import { median, missedTargets, seconds, show, verdict } from "./timing.ts";

useNodeEngine();
const { values } = parseArgs({ options: { threads: { type: "string", default: String(availableParallelism()) } } });
const threads = Number(values.threads);
const [n, d, batch, tests, gemmRows] = [12_665, 784, 64, 2_115, 2_048];
const targets = { epoch: 0.6, flips: 3 };

console.log(`n ${n}, d ${d}, batch ${batch}, ${tests} test samples, ${threads} threads, float32; medians of interleaved runs\n`);
for (const m of [1_000, 10_000]) {
  const repeats = m <= 1_000 ? 7 : 3;
  const data = sphere({ d, n, testN: tests, seed: 0, labels: "linear" });
  const network = twoLayer({ d, m, bias: true, seed: 0 });
  const product = await Session.create(
    buildGraph("gemm", (g) => ({ y: g.gemm(g.input("x", f32([gemmRows, d])), g.input("W", f32([m, d])), { transB: true }) })),
    { threads },
  );
  const epoch = await Session.create(epochGraph({ d, m, bias: true, n, batch, lr: 0.1, exit: "step" }), { threads });
  const [W, X, y] = [
    parameters(network)["W"]!,
    { element: "float32" as const, shape: [n, d], data: data.train.x },
    { element: "float32" as const, shape: [n, 1], data: signsOf(data.train.y) },
  ];
  const scalar = (value: number) => ({ element: "float32" as const, shape: [], data: Float32Array.of(value) });
  const ball = {
    deviation_before: scalar(0),
    loss_before: scalar(0),
    radius: scalar(1e6),
    start: { element: "int64" as const, shape: [], data: BigInt64Array.of(0n) },
  };
  const runGemm = () => product.run({ x: { ...X, shape: [gemmRows, d], data: data.train.x.subarray(0, gemmRows * d) }, W });
  const runEpoch = () => epoch.run({ X, y, ...parameters(network), W0: W, b0: parameters(network)["b"]!, ...ball });
  const runFlips = () => measureFlips(network, data.test, { threads });
  const times = { gemm: [] as number[], epoch: [] as number[], flips: [] as number[] };
  await runGemm();
  for (let i = 0; i < repeats; i++) {
    for (let k = 0; k < 3; k++) times.gemm.push(await seconds(runGemm));
    times.epoch.push(await seconds(runEpoch));
    for (let k = 0; k < 3; k++) times.gemm.push(await seconds(runGemm));
    times.flips.push(await seconds(runFlips));
  }
  const rate = (2 * gemmRows * d * m) / median(times.gemm);
  const epochRate = (4 * n * d * m) / median(times.epoch);
  const twoGemms = (2 * 2 * tests * d * m) / rate;
  const share = epochRate / rate;
  const ratio = median(times.flips) / twoGemms;
  console.log(`width ${m}`);
  console.log(`  plain GEMM ${gemmRows}×${d}×${m}     ${show(rate / 1e9)} GFLOP/s`);
  console.log(
    `  SGD epoch                    ${show(median(times.epoch))} s, ${show(epochRate / 1e9)} GFLOP/s: ${show(share, 2)} of the GEMM rate   (at least ${targets.epoch}: ${verdict(share >= targets.epoch)})`,
  );
  console.log(
    `  flips, exact                 ${show(median(times.flips))} s: ${show(ratio, 2)} times two GEMMs${m === 10_000 ? `   (at most ${targets.flips}: ${verdict(ratio <= targets.flips)})` : ""}`,
  );
  await product.dispose();
  await epoch.dispose();
  const peer = pytorch(m);
  if (peer) {
    console.log(
      `  PyTorch ${peer.version}              epoch ${show(peer.epoch)} s: ours takes ${show(median(times.epoch) / peer.epoch, 2)} of it; flips ${show(peer.flips)} s: ours takes ${show(median(times.flips) / peer.flips, 2)} of it; its GEMM ${show((2 * gemmRows * d * m) / peer.gemm / 1e9)} GFLOP/s`,
    );
  }
  console.log();
}
if (missedTargets() > 0) {
  console.log(`${missedTargets()} of the targets missed`);
  process.exitCode = 1;
}

interface Peer {
  readonly gemm: number;
  readonly epoch: number;
  readonly flips: number;
  readonly version: string;
}

function pytorch(m: number): Peer | undefined {
  for (const python of ["python3", "/usr/bin/python3"]) {
    try {
      execFileSync(python, ["-c", "import torch"], { stdio: "ignore" });
    } catch {
      continue;
    }
    return JSON.parse(
      execFileSync(python, [new URL("peers.py", import.meta.url).pathname, n, d, m, batch, tests, threads].map(String), { encoding: "utf8" }),
    ) as Peer;
  }
  console.log("  PyTorch: not installed (python3 -c 'import torch' fails), no comparison");
  return undefined;
}
