import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { attack } from "../../src/attack/attack.ts";
import { sphere } from "../../src/data/sphere.ts";
import { buildGraph, type GraphBuilder } from "../../src/graph/builder.ts";
import { gradient } from "../../src/graph/gradient.ts";
import { type Attributes, f32, int, ints, string, type Value } from "../../src/graph/ir.ts";
import { measureFlips } from "../../src/measure/flips.ts";
import { visitRays } from "../../src/model/two-layer/rays.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { engine, useEngine } from "../../src/runtime/engine.ts";
import { Session, withSession } from "../../src/runtime/session.ts";
import { steadyThreads } from "../../src/runtime/threads.ts";
import { tensorOf } from "../../src/tensor/tensor.ts";
import { trainAdversarially } from "../../src/training/adversarial.ts";
import { epochGraph } from "../../src/training/epoch-graph.ts";
import { trainLazily } from "../../src/training/sgd.ts";
import { random } from "../../src/util/random.ts";

beforeAll(useNodeEngine);

const threadCounts = [2, 3, 4, 7, 16];
const product = (rows: number | string, inner: number | string, columns: number | string, options: Parameters<GraphBuilder["gemm"]>[2] = {}) =>
  buildGraph("product", (g) => {
    const A = g.input("A", f32(options.transA ? [inner, rows] : [rows, inner]));
    return { C: g.gemm(A, g.input("B", f32(options.transB ? [columns, inner] : [inner, columns])), options) };
  });

describe("the threads a graph may take", () => {
  it("are any number where a sum is one panel, and as many as have 65 columns each elsewhere", () => {
    expect(steadyThreads(product("n", 128, "columns"))).toBe(Infinity);
    expect(steadyThreads(product("n", 784, 64))).toBe(1);
    expect(steadyThreads(product(64, 784, 128))).toBe(1);
    expect(steadyThreads(product(64, 784, 160))).toBe(2);
    expect(steadyThreads(product(64, 784, 10_000))).toBe(125);
    expect(steadyThreads(product("n", 784, "columns"))).toBe(1);
    expect(steadyThreads(product("n", "inner", 1000))).toBe(12);
    expect(steadyThreads(product(1000, 784, 100))).toBe(500);
  });

  it("are enough for the last layer of a classifier: ten columns are one block, which is not divided", () => {
    expect(steadyThreads(product("n", 784, 10))).toBe(5);
    expect(steadyThreads(product("n", 784, 16))).toBe(8);
    expect(steadyThreads(product("n", 784, 17))).toBe(1);
  });

  it("are any number for a convolution, and as many as its product allows for a transposed one", () => {
    const layer = (op: string, w: number[], x: (number | string)[]) =>
      buildGraph("layer", (g) => ({ y: g.op(op, [g.input("x", f32(x)), g.input("w", f32(w))], { strides: { kind: "ints", value: [2, 2] } })[0] }));
    expect(steadyThreads(layer("Conv", [300, 300, 3, 3], ["n", 300, 14, 14]))).toBe(Infinity);
    expect(steadyThreads(layer("ConvTranspose", [128, 32, 3, 3], ["n", 128, 14, 14]))).toBe(Infinity);
    expect(steadyThreads(layer("ConvTranspose", [300, 32, 3, 3], ["n", 300, 14, 14]))).toBe(144);
    expect(steadyThreads(layer("ConvTranspose", [300, 8, 1, 1], ["n", 300, 14, 14]))).toBe(2);
    expect(steadyThreads(layer("ConvTranspose", [300, 8, 1, 1], ["n", 300, "h", 14]))).toBe(1);
  });

  it("are told by the smallest product, in a loop as well", () => {
    const size = { bias: true, n: 200, batch: 64, lr: 0.1, exit: "step" } as const;
    expect(steadyThreads(epochGraph({ ...size, d: 784, m: 100 }))).toBe(1);
    expect(steadyThreads(epochGraph({ ...size, d: 784, m: 300 }))).toBe(3);
    expect(steadyThreads(epochGraph({ ...size, d: 100, m: 100 }))).toBe(50);
  });

  it("are what a session asks the engine for at most", async () => {
    const real = await engine();
    const asked: (number | undefined)[] = [];
    useEngine(async () => ({ ...real, threads: 6, create: (bytes, options) => (asked.push(options.threads), real.create(bytes, options)) }));
    for (const options of [{}, { threads: 1 }, { threads: 2 }, { threads: 64 }]) await (await Session.create(product(64, 784, 300), options)).dispose();
    const { threads: _, ...undecided } = real;
    useEngine(async () => ({ ...undecided, create: (bytes, options) => (asked.push(options.threads), real.create(bytes, options)) }));
    await (await Session.create(product(64, 784, 300))).dispose();
    useNodeEngine();
    expect(asked).toEqual([3, 1, 2, 3, undefined]);
  });
});

describe("with any number of threads", () => {
  it("a product has the bits that one thread gives", async () => {
    const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 400 }));
    const inner = fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constantFrom(129, 784, 1000, 5000));
    const kind = fc.constantFrom("fed", "constant", "batched");
    await fc.assert(
      fc.asyncProperty(size, inner, size, fc.boolean(), fc.boolean(), kind, fc.constantFrom(...threadCounts), async (M, K, N, transA, transB, how, threads) => {
        fc.pre(M * N * K > 65_536 && (M + N) * K < 2e6);
        const draw = (name: string, ...shape: number[]) =>
          tensorOf("float32", shape, random(M, name).fillNormal(new Float32Array(shape.reduce((a, b) => a * b))));
        const [A, B] = [draw("A", ...(transA ? [K, M] : [M, K])), draw("B", ...(transB ? [N, K] : [K, N]))];
        const batch = draw("batch", 2, M, K);
        const plain = draw("plain", K, N);
        const model = buildGraph("product", (g) => {
          if (how === "batched") return { C: g.matMul(g.input("A", f32(batch.shape)), g.input("B", f32(plain.shape))) };
          const right: Value = how === "fed" ? g.input("B", f32(B.shape)) : g.constant(B);
          return { C: g.gemm(g.input("A", f32(A.shape)), right, { transA, transB }) };
        });
        const feeds = how === "batched" ? { A: batch, B: plain } : how === "fed" ? { A, B } : { A };
        const run = (count: number) => withSession(model, { threads: count }, async (session) => (await session.run(feeds))["C"]!.data);
        expect(await run(threads)).toEqual(await run(1));
      }),
      { numRuns: 40 },
    );
  });

  it("a network of convolutions has the bits that one thread gives, and so do its gradients", async () => {
    const numbers = (shape: number[], seed: number) => {
      const stream = random(seed, "convolutions");
      return tensorOf(
        "float32",
        shape,
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => stream.normal()),
      );
    };
    const weights = [
      [24, 3, 3, 3],
      [24, 1, 3, 3],
      [140, 24, 1, 1],
      [160, 70, 3, 3],
      [10, 160],
    ].map((shape, i) => numbers(shape, i));
    const model = buildGraph("convolutions", (g) => {
      const x = g.input("x", f32(["n", 3, 15, 15]));
      const w = weights.map((weight, i) => g.input(`w${i}`, f32(weight.shape)));
      const same = { auto_pad: string("SAME_UPPER") };
      const layers: [number, Attributes][] = [
        [0, same],
        [1, { group: int(24), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) }],
        [2, {}],
        [3, { group: int(2), strides: ints([2, 2]) }],
      ];
      const last = layers.reduce((y, [i, attributes]) => g.relu(g.op("Conv", [y, w[i]!], attributes)[0]), x);
      const pooled = g.flatten(g.op("GlobalAveragePool", [last])[0]);
      const y = g.gemm(pooled, w[4]!, { transB: true });
      const gradients = gradient(g, g.reduceSum(g.mul(y, y), undefined, false), [x, ...w]);
      return { y, ...Object.fromEntries(gradients.map((dx, i) => [`d${i}`, dx])) };
    });
    expect(steadyThreads(model)).toBeGreaterThan(1);
    for (const n of [1, 2, 9]) {
      const feeds = { x: numbers([n, 3, 15, 15], 9), ...Object.fromEntries(weights.map((weight, i) => [`w${i}`, weight])) };
      const with1 = await withSession(model, { threads: 1 }, (session) => session.run(feeds));
      for (const threads of threadCounts) expect(await withSession(model, { threads }, (session) => session.run(feeds)), `${threads} threads`).toEqual(with1);
    }
  });

  it("a logarithm of many numbers has the bits that one thread gives", async () => {
    const x = tensorOf("float32", [200, 301], random(0, "x").fillNormal(new Float32Array(60_200)).map(Math.abs));
    const model = buildGraph("log", (g) => ({ C: g.log(g.input("A", f32(x.shape))) }));
    const run = (threads: number) => withSession(model, { threads }, async (session) => (await session.run({ A: x }))["C"]!.data);
    for (const threads of threadCounts) expect(await run(threads)).toEqual(await run(1));
  });

  // The widths and dimensions at which threads used to change bits: where a thread has few columns and K is more than 128.
  it.each([
    [196, 100],
    [400, 57],
    [784, 100],
    [784, 300],
    [100, 200],
  ])("training, flips, attacks and rays have the bits that one thread gives (d %i, m %i)", async (d, m) => {
    const { train, test } = sphere({ d, n: 320, testN: 40, seed: 1 });
    const all = async (threads: number) => {
      const fresh = twoLayer({ d, m, bias: true, seed: 0 });
      const { network, history } = await trainLazily(fresh, train, { c0: 1000, lr: 1, batch: 150, epochs: 1, test, threads });
      const flips = await measureFlips(network, test, { threads });
      const pgd = await attack(network, test, { attack: "pgd", norm: "l2", eps: 0.1, steps: 5, threads });
      const robust = await trainAdversarially(fresh, train, { method: "fast", eps: 0.1, c0: 1000, epochs: 1, box: undefined, test, threads });
      const rays: number[] = [];
      for (const per of ["step", "length"] as const)
        await visitRays(
          twoLayer({ d, m, bias: false, seed: 0 }),
          test.x,
          (_, ray) => void rays.push(ray.f, ray.steepness, ...ray.p.subarray(ray.at, ray.at + m)),
          { threads, per },
        );
      const withoutTime = (records: readonly { readonly seconds: number }[]) => records.map((record) => ({ ...record, seconds: 0 }));
      return {
        weights: network.weights,
        history: withoutTime(history),
        flips,
        pgd,
        robust: { weights: robust.network.weights, history: withoutTime(robust.history) },
        rays,
      };
    };
    const one = await all(1);
    for (const threads of [2, 8]) expect(await all(threads)).toEqual(one);
  });
});
