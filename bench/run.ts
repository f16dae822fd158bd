/**
 * Speed, as ratios measured within one run: an epoch of SGD and the flips of a test set beside the plain matrix
 * products of the same engine, and beside the same work in PyTorch where `python3 -c "import torch"` works.
 *
 *   npm run bench [-- --threads 2]
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { signsOf } from "../src/data/points.ts";
import { sphere } from "../src/data/sphere.ts";
import { measureFlips } from "../src/measure/flips.ts";
import { parameters, twoLayer } from "../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../src/platform/node/engine.ts";
import { Session } from "../src/runtime/session.ts";
import { epochGraph } from "../src/training/epoch-graph.ts";
import { type Limit, finish, inPyTorch, judged, matrixProduct, median, noPyTorch, seconds, show, spread } from "./timing.ts";

useNodeEngine();
const { values } = parseArgs({ options: { threads: { type: "string", default: String(availableParallelism()) } } });
const threads = Number(values.threads);
const [n, d, batch, tests, rows] = [12_665, 784, 64, 2_115, 2_048];
const limits = { epoch: ["at least", 0.8], flips: ["at most", 2] } as const satisfies Record<string, Limit>;

console.log(`n ${n}, d ${d}, batch ${batch}, ${tests} test samples, ${threads} threads, float32`);
console.log("each ratio is to the products just before and after, in rounds: the median (lowest to highest)\n");
for (const m of [1_000, 10_000]) {
  const rounds = m <= 1_000 ? 15 : 5;
  const data = sphere({ d, n, testN: tests, seed: 0, labels: "linear" });
  const network = twoLayer({ d, m, bias: true, seed: 0 });
  const product = await matrixProduct({ rows, d, m, threads }, data.train.x, network.weights);
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
  const runEpoch = () => epoch.run({ X, y, ...parameters(network), W0: W, b0: parameters(network)["b"]!, ...ball });
  // Half of the samples are misclassified by a fresh network, and need no crossing; with its own signs as labels none is.
  const { samples } = await measureFlips(network, data.test, { threads });
  const allRight = { ...data.test, y: Uint8Array.from(samples.output, (f) => +(f > 0)) };
  const works = [
    { run: runEpoch, flops: 4 * n * d * m, times: [] as number[], ratios: [] as number[] },
    { run: () => measureFlips(network, data.test, { threads }), flops: 4 * tests * d * m, times: [] as number[], ratios: [] as number[] },
    { run: () => measureFlips(network, allRight, { threads }), flops: 4 * tests * d * m, times: [] as number[], ratios: [] as number[] },
  ] as const;
  const products: number[] = [];
  const someProducts = async (): Promise<number[]> => {
    const times = [];
    for (let k = 0; k < 3; k++) times.push(await seconds(product.run));
    products.push(...times);
    return times;
  };
  for (let round = 0; round < rounds; round++) {
    let before = await someProducts();
    for (const { run, flops, times, ratios } of works) {
      const time = await seconds(run);
      const after = await someProducts();
      times.push(time);
      ratios.push((time / flops) * (product.flops / median([...before, ...after])));
      before = after;
    }
  }
  await product.dispose();
  await epoch.dispose();
  const [sgd, flips, flipsOfRight] = works;
  const shares = sgd.ratios.map((ratio) => 1 / ratio);
  console.log(`width ${m}`);
  console.log(`  plain GEMM ${rows}×${d}×${m}     ${show(product.flops / median(products) / 1e9)} GFLOP/s`);
  console.log(`  SGD epoch                    ${show(median(sgd.times))} s: ${spread(shares)} of the GEMM rate   ${judged(median(shares), limits.epoch)}`);
  for (const [name, { times, ratios }] of [
    ["flips, exact                 ", flips],
    ["flips, every sample right    ", flipsOfRight],
  ] as const)
    console.log(`  ${name}${show(median(times))} s: ${spread(ratios)} times two GEMMs   ${judged(median(ratios), limits.flips)}`);
  const peer = inPyTorch("peers.py", [n, d, m, batch, tests, threads]) as Peer | undefined;
  if (peer)
    console.log(
      `  PyTorch ${peer.version}              epoch ${show(peer.epoch)} s: ours takes ${show(median(sgd.times) / peer.epoch, 2)} of it; flips ${show(peer.flips)} s: ours takes ${show(median(flips.times) / peer.flips, 2)} of it; its GEMM ${show(product.flops / peer.gemm / 1e9)} GFLOP/s`,
    );
  else console.log(noPyTorch);
  console.log();
}
finish();

interface Peer {
  readonly gemm: number;
  readonly epoch: number;
  readonly flips: number;
  readonly version: string;
}
