import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildGraph } from "../../src/graph/builder.ts";
import { f32, i64 } from "../../src/graph/ir.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { Session, dataOf, numberOf } from "../../src/runtime/session.ts";
import { type Tensor, tensorOf } from "../../src/tensor/tensor.ts";

useNodeEngine();

const model = buildGraph("scale", (g) => {
  const [x, W, k] = [g.input("x", f32(["n", 3])), g.input("W", f32([3, "m"])), g.input("k", i64([]))];
  return { y: g.mul(g.matMul(x, W), g.cast(k, "float32")), n: g.slice(g.shape(x), [0], [1], [0]) };
});
const zeros = (...shape: number[]) => tensorOf("float32", shape, new Float32Array(shape.reduce((a, b) => a * b, 1)));
const good: Record<string, Tensor> = { x: zeros(2, 3), W: zeros(3, 4), k: tensorOf("int64", [], [2]) };

describe("a session", () => {
  let session: Session;
  beforeAll(async () => void (session = await Session.create(model, { threads: 1 })));
  afterAll(() => session.dispose());

  it("takes any size for a symbol", async () => {
    expect((await session.run(good))["y"]!.shape).toEqual([2, 4]);
    expect((await session.run({ ...good, x: zeros(5, 3) }))["y"]!.shape).toEqual([5, 4]);
    expect((await session.run({ ...good, x: zeros(0, 3) }))["y"]!.shape).toEqual([0, 4]);
  });

  it("leaves its feeds alone and gives results in memory of their own", async () => {
    const x = tensorOf("float32", [1, 3], [1, 2, 3]);
    const W = tensorOf("float32", [3, 1], [1, 1, 1]);
    const first = await session.run({ x, W, k: tensorOf("int64", [], [2]) });
    const second = await session.run({ x, W, k: tensorOf("int64", [], [3]) });
    expect([...dataOf(first, "y", "float32"), ...dataOf(second, "y", "float32"), ...x.data]).toEqual([12, 18, 1, 2, 3]);
    expect(numberOf(first, "n")).toBe(1);
    expect(() => dataOf(first, "n", "float32")).toThrow("output n: expected float32, got int64");
    expect(() => dataOf(first, "z", "float32")).toThrow("output z: expected float32, got nothing");
  });

  it("reads a part of an array in place", async () => {
    const all = Float32Array.from([9, 9, 9, 1, 2, 3]);
    const result = await session.run({
      x: { element: "float32", shape: [1, 3], data: all.subarray(3) },
      W: tensorOf("float32", [3, 1], [1, 1, 1]),
      k: tensorOf("int64", [], [1]),
    });
    expect(numberOf(result, "y")).toBe(6);
  });

  const { W: _, ...withoutW } = good;
  it.each<[string, Record<string, Tensor>]>([
    ["input W is missing: expected float32 [3, m]", withoutW],
    ["it has no input z (it has x, W, k)", { ...good, z: zeros(1) }],
    ["input x: expected float32 [n, 3], got float32 [2, 4]", { ...good, x: zeros(2, 4) }],
    ["input x: expected float32 [n, 3], got float32 [3]", { ...good, x: zeros(3) }],
    ["input x: expected float32 [n, 3], got float64 [2, 3]", { ...good, x: tensorOf("float64", [2, 3], new Float64Array(6)) }],
    ["input k: expected int64 [], got float32 []", { ...good, k: tensorOf("float32", [], [2]) }],
    ["input x: shape [2, 3] needs 6 elements, got 5", { ...good, x: { element: "float32", shape: [2, 3], data: new Float32Array(5) } }],
  ])("refuses a feed: %s", async (message, feeds) => {
    const run = session.run(feeds);
    await expect(run).rejects.toMatchObject({ code: "SF_FEED" });
    await expect(run).rejects.toThrow(`graph scale: ${message}`);
  });

  it.each<[string, unknown]>([
    ["it has no input Wx; did you mean W?", { ...withoutW, Wx: zeros(3, 4) }],
    ["it has no input w; did you mean W?", { ...withoutW, w: zeros(3, 4) }],
    ["it has no input ks; did you mean k?", { ks: good["k"] }],
    ["it has no input weights (it has x, W, k)", { ...withoutW, weights: zeros(3, 4) }],
    ["expected an object with a tensor for each input, got nothing", undefined],
    ["input x is missing: expected float32 [n, 3]", {}],
    ["input x: expected a tensor, { element, shape, data }, got a plain array", { ...good, x: [1, 2, 3] }],
    ["input x: expected a tensor, { element, shape, data }, got a Float32Array", { ...good, x: new Float32Array(3) }],
    ["input x: expected a tensor, { element, shape, data }, got null", { ...good, x: null }],
    ["input k: expected a tensor, { element, shape, data }, got a number", { ...good, k: 2 }],
    ["input x: expected a tensor, { element, shape, data }, got an object with data", { ...good, x: { data: new Float32Array(3) } }],
    ["input x: expected a tensor, { element, shape, data }, got an object with element, shape", { ...good, x: { element: "float32", shape: [-1, 3] } }],
    ["input x: float32 elements must be a Float32Array, got nothing", { ...good, x: { element: "float32", shape: [1, 3] } }],
    ["input x: float32 elements must be a Float32Array, got a Float64Array", { ...good, x: { element: "float32", shape: [1, 3], data: new Float64Array(3) } }],
    ["input x: float32 elements must be a Float32Array, got a plain array", { ...good, x: { element: "float32", shape: [1, 3], data: [1, 2, 3] } }],
    ["input k: int64 elements must be a BigInt64Array, got an Int32Array", { ...good, k: { element: "int64", shape: [], data: Int32Array.of(2) } }],
  ])("refuses what a caller without types may feed: %s", async (message, feeds) => {
    await expect(session.run(feeds as Record<string, Tensor>)).rejects.toMatchObject({
      name: "SignflipError",
      code: "SF_FEED",
      message: `graph scale: ${message}`,
    });
  });

  it("says which name is unknown before which is missing", async () => {
    const model = buildGraph("two names", (g) => ({ y: g.neg(g.input("input", f32([1]))) }));
    const other = await Session.create(model, { threads: 1 });
    await expect(other.run({ inputs: zeros(1) })).rejects.toThrow("graph two names: it has no input inputs; did you mean input?");
    await other.dispose();
    const constant = await Session.create(
      buildGraph("constant", (g) => ({ y: g.identity(g.int(1)) })),
      { threads: 1 },
    );
    await expect(constant.run({ inputs: zeros(1) })).rejects.toThrow("graph constant: it has no input inputs (it has none)");
    await constant.dispose();
  });

  it("holds equal symbols equal", async () => {
    const pair = buildGraph("pair", (g) => ({ y: g.add(g.input("a", f32(["n", 2])), g.input("b", f32(["n", 2]))) }));
    const other = await Session.create(pair, { threads: 1 });
    await expect(other.run({ a: zeros(3, 2), b: zeros(1, 2) })).rejects.toMatchObject({
      code: "SF_FEED",
      message: "graph pair: input b: expected float32 [n, 2], got float32 [1, 2] (with n = 3)",
    });
    await other.dispose();
  });
});

describe("the engine's own errors", () => {
  it("name the graph that it refuses", async () => {
    const unknown = buildGraph("strange", (g) => ({ y: g.op("NoSuchOperator", [g.input("x", f32([1]))])[0] }));
    await expect(Session.create(unknown)).rejects.toMatchObject({ code: "SF_ENGINE" });
    await expect(Session.create(unknown)).rejects.toThrow(/^graph strange on onnxruntime-node: .*NoSuchOperator/);
  });

  it("name the graph whose run fails", async () => {
    const failing = buildGraph("failing", (g) => ({ y: g.gather(g.input("x", f32([2])), g.input("i", i64([1]))) }));
    const session = await Session.create(failing, { threads: 1 });
    await expect(session.run({ x: zeros(2), i: tensorOf("int64", [1], [7]) })).rejects.toMatchObject({ code: "SF_ENGINE" });
    await expect(session.run({ x: zeros(2), i: tensorOf("int64", [1], [7]) })).rejects.toThrow(/^graph failing: .*indices/);
    await session.dispose();
  });

  it("say in one line which array does not fit into memory", async () => {
    const outer = buildGraph("outer", (g) => ({ y: g.matMul(g.input("x", f32(["n", 1])), g.input("z", f32([1, "k"]))) }));
    const session = await Session.create(outer, { threads: 1 });
    const n = 4 * 2 ** 20;
    await expect(session.run({ x: zeros(n, 1), z: zeros(1, n) })).rejects.toMatchObject({
      code: "SF_MEMORY",
      message: "graph outer: an array of 65,500 GiB does not fit into memory",
    });
    await session.dispose();
  });
});
