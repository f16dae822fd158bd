/**
 * Speed of convolutional networks, as ratios measured within one run: what an input gradient costs beside a forward pass, what share of the engine's
 * own convolution rate passes and attacks reach, and PGD beside the same PGD in PyTorch where `python3 -c "import torch"` works.
 *
 *   node --import tsx bench/conv.ts [--model network.onnx] [--threads 2] [--steps 40] [--rows 256] [--rounds 7]
 *
 * Without a model, it takes the project's own residual network for CIFAR-10, untrained. PyTorch runs the same nodes with the same weights.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepareAttack } from "../src/attack/prepare.ts";
import { type GraphBuilder, buildGraph } from "../src/graph/builder.ts";
import { decodeModel } from "../src/graph/decode.ts";
import { gradient } from "../src/graph/gradient.ts";
import { type Model, type Value, f32, ints } from "../src/graph/ir.ts";
import type { Classifier } from "../src/model/classifier.ts";
import { networks } from "../src/model/networks/index.ts";
import { saveClassifier } from "../src/model/save.ts";
import { useNodeEngine } from "../src/platform/node/engine.ts";
import { Session } from "../src/runtime/session.ts";
import { type Tensor, sizeOf, tensorOf } from "../src/tensor/tensor.ts";
import { random } from "../src/util/random.ts";
import { type Limit, finish, inPyTorch, judged, median, noPyTorch, seconds, show } from "./timing.ts";

useNodeEngine();
const { values } = parseArgs({
  options: {
    model: { type: "string" },
    threads: { type: "string", default: String(availableParallelism()) },
    steps: { type: "string", default: "40" },
    rows: { type: "string", default: "256" },
    rounds: { type: "string", default: "7" },
  },
});
const [threads, steps, rows, rounds] = [values.threads, values.steps, values.rows, values.rounds].map(Number) as [number, number, number, number];
const limits = { gradient: ["at most", 3], pytorch: ["at least", 1] } as const satisfies Record<string, Limit>;

const normal = (shape: readonly number[], purpose: string): Tensor<"float32"> => {
  const stream = random(0, purpose);
  return tensorOf(
    "float32",
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => stream.normal()),
  );
};

/** The residual network that `signflip train-classifier` trains, as it comes out of a file. */
const residual = () =>
  decodeModel(saveClassifier(networks.resnet.build({ inputShape: [3, 32, 32], classes: 10, domain: { low: 0, high: 1 } })), "residual network");

const model = values.model === undefined ? residual() : decodeModel(readFileSync(values.model), values.model);
const [input] = model.graph.inputs;
const inputShape = input!.type.shape!.slice(1) as number[];
const d = sizeOf(inputShape);
const classes = Number(model.graph.outputs[0]!.type.shape!.at(-1));
const scores = (g: GraphBuilder, x: Value): Value => Object.values(g.inline(model, { [input!.name]: x }))[0]!;
const network: Classifier = { name: "network", inputShape, classes, output: "logits", parameterTypes: {}, parameters: {}, numbersPerSample: 50 * d, scores };

/** A graph on a batch, ready to be timed. */
async function timedGraph(build: (g: GraphBuilder, x: Value) => Value, shape = inputShape) {
  const session = await Session.create(
    buildGraph("timed", (g) => ({ y: build(g, g.input("x", f32(["n", ...shape]))) })),
    { threads },
  );
  const x = normal([rows, ...shape], "x");
  return { run: () => session.run({ x }), dispose: () => session.dispose() };
}

/** Multiplications and additions of the convolutions and products of a forward pass of one sample. */
const work = flopsOf(buildGraph("counted", (g) => ({ y: scores(g, g.input("x", f32([1, ...inputShape]))) })));
const plain = 2 * 64 * 64 * 9 * 16 * 16 * rows;

const [convolution, forward, both, loop] = await Promise.all([
  timedGraph((g, x) => g.op("Conv", [x, g.constant(normal([64, 64, 3, 3], "plain"))], { pads: ints([1, 1, 1, 1]) })[0], [64, 16, 16]),
  timedGraph(scores),
  timedGraph((g, x) => inputGradient(g, x)),
  timedGraph((g, x) => g.loop(5, [x], (b, [at]) => ({ state: [b.add(at, b.mul(b.sign(inputGradient(b, at)), 0.01))] })).state[0]),
]);
function inputGradient(g: GraphBuilder, x: Value): Value {
  return gradient(g, g.reduceSum(g.slice(g.logSoftmax(scores(g, x)), [0], [1], [1]), undefined, false), [x])[0];
}

const times = { convolution: [], forward: [], both: [], loop: [] } as Record<string, number[]>;
for (let round = 0; round <= rounds; round++)
  for (const [name, graph] of Object.entries({ convolution, forward, both, loop })) {
    const time = await seconds(graph.run);
    if (round > 0) times[name]!.push(time);
  }
for (const graph of [convolution, forward, both, loop]) await graph.dispose();
const ratios = (a: string, b: string) => median(times[a]!.map((time, i) => time / times[b]![i]!));
const rate = plain / median(times["convolution"]!);
console.log(`${model.graph.name}: ${show(work / 1e6)} Mflop per sample and forward pass; batches of ${rows}, ${threads} threads, float32`);
console.log(`  the engine's own convolution, 64 channels, 16×16, 3×3: ${show(rate / 1e9)} GFLOP/s`);
for (const [name, passes] of [
  ["forward", 1],
  ["both", 2],
] as const)
  console.log(`  ${name === "both" ? "forward and input gradient" : "forward"}: ${show((passes * work * rows) / median(times[name]!) / rate, 2)} of that rate`);
const cost = ratios("both", "forward");
console.log(`  an input gradient costs ${show(cost, 2)} forward passes, itself included   ${judged(cost, limits.gradient)}`);
console.log(`  a step inside a Loop takes ${show(ratios("loop", "both") / 5, 2)} of one that is run by itself`);

const prepared = await prepareAttack(network, { attack: "pgd", norm: "linf", steps, box: { low: 0, high: 1 }, threads });
const stream = random(0, "images");
const images = {
  x: Float32Array.from({ length: rows * d }, () => stream.uniform()),
  y: Int32Array.from({ length: rows }, (_, i) => i % classes),
  eps: 2 / 255,
};
await prepared.perturb(images);
const attacks: number[] = [];
for (let round = 0; round < 3; round++) attacks.push(await seconds(() => prepared.perturb(images)));
await prepared.dispose();
const ours = median(attacks);
console.log(`  PGD-${steps}, linf, ${rows} samples: ${show(ours)} s, ${show((2 * work * rows * (steps + 1)) / ours / rate, 2)} of the rate`);
const folder = mkdtempSync(join(tmpdir(), "signflip-bench-"));
try {
  writeFileSync(join(folder, "network.json"), JSON.stringify(described(model)));
  const peers = [rows, 64].map((size) => inPyTorch("conv_peer.py", [folder, rows, size, steps, threads]) as { attack: number; version: string } | undefined);
  if (peers.every((peer) => peer === undefined)) console.log(noPyTorch);
  else {
    for (const [i, peer] of peers.entries()) console.log(`  PyTorch ${peer!.version}, batches of ${[rows, 64][i]}: ${show(peer!.attack)} s`);
    const times = Math.min(...peers.map((peer) => peer!.attack)) / ours;
    console.log(`  ${show(times, 2)} × as fast as PyTorch at its better batch size   ${judged(times, limits.pytorch)}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
finish();

/** The nodes and weights of a network, for another program to run. */
function described({ graph }: Model) {
  const names = new Map<Value, string>();
  const nameOf = (value: Value) => names.get(value) ?? names.set(value, `v${names.size}`).get(value)!;
  const weights = graph.initializers.map((value) => {
    const { data, shape, element } = value.constant!;
    const file = `${nameOf(value)}.bin`;
    writeFileSync(join(folder, file), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return { name: nameOf(value), file, shape, element };
  });
  const nodes = graph.nodes.map(({ op, inputs, outputs, attributes }) => ({
    op,
    inputs: inputs.map((value) => value && nameOf(value)),
    output: nameOf(outputs[0]!),
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, { value }]) => [name, value])),
  }));
  return { weights, nodes, input: nameOf(graph.inputs[0]!), output: nameOf(graph.outputs[0]!), shape: inputShape, classes };
}

function flopsOf({ graph }: Model): number {
  const products = graph.nodes.filter(({ op }) => op === "Conv" || op === "Gemm" || op === "MatMul");
  return products.reduce((sum, { op, inputs, outputs }) => {
    const [w, y] = [inputs[1]!.type.shape as number[], outputs[0]!.type.shape as number[]];
    const inner = op === "Conv" ? sizeOf(w.slice(1)) : sizeOf(w) / y.at(-1)!;
    return sum + 2 * sizeOf(y) * inner;
  }, 0);
}
