import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../src/graph/builder.ts";
import { type Dim, type Value, f32, i64, int, ints } from "../../src/graph/ir.ts";
import { SignflipError } from "../../src/util/errors.ts";
import { run } from "./support.ts";

/** The inferred shape, symbols that inference made written as "?". */
function shape(build: (g: GraphBuilder) => Value | undefined): Dim[] | undefined {
  return build(new GraphBuilder("shapes"))!.type.shape?.map((dim) => (typeof dim === "string" && dim.startsWith("?") ? "?" : dim));
}
const image = (g: GraphBuilder) => g.input("x", f32(["n", 3, 8, 4]));
const int64 = (g: GraphBuilder, value: number) => g.ints([value]);

describe("chains that exporters write keep their symbols", () => {
  it("torch.flatten: Shape, Gather, Unsqueeze, Concat, Reshape", () => {
    expect(
      shape((g) => {
        const x = image(g);
        const batch = g.unsqueeze(g.gather(g.shape(x), g.int(0)), [0]);
        return g.reshape(x, g.concat([batch, int64(g, -1)], 0));
      }),
    ).toEqual(["n", 96]);
  });

  it("x.view(n, c·h, w): Shape, Slice, Mul, Cast, Concat", () => {
    expect(
      shape((g) => {
        const x = image(g);
        const s = g.shape(x);
        const at = (i: number) => g.slice(s, [i], [i + 1], [0]);
        const rows = g.cast(g.cast(g.mul(at(1), at(2)), "int32"), "int64");
        return g.reshape(x, g.concat([at(0), rows, g.op("Identity", [at(-1)])[0]].slice(0, 2).concat(g.slice(s, [-1], [2 ** 40], [0])), 0));
      }),
    ).toEqual(["n", 24, 4]);
  });

  it("x.expand(n, −1, …): ConstantOfShape, Equal, Where, Expand", () => {
    expect(
      shape((g) => {
        const x = g.input("x", f32([1, 7, 2]));
        const batch = g.slice(g.shape(g.input("y", f32(["n", 3]))), [0], [1], [0]);
        const wanted = g.concat([batch, g.ints([-1, 2])], 0);
        const ones = g.op("ConstantOfShape", [g.ints([3])], {
          value: { kind: "tensor", value: { element: "int64", shape: [1], data: BigInt64Array.of(1n) } },
        })[0];
        return g.expand(x, g.where(g.equal(wanted, g.mul(ones, -1)), ones, wanted));
      }),
    ).toEqual(["n", 7, 2]);
  });

  it("a size divided: Shape, Gather, Div, Squeeze", () => {
    expect(
      shape((g) => {
        const x = image(g);
        const half = g.div(g.squeeze(g.gather(g.shape(x), g.ints([2])), [0]), 2);
        return g.slice(x, [0], g.reshape(half, [1]), [2]);
      }),
    ).toEqual(["n", 3, 4, 4]);
  });

  it("all but the batch multiplied: Shape with start, ReduceProd", () => {
    expect(
      shape((g) => {
        const x = image(g);
        const rest = g.op("ReduceProd", [g.op("Shape", [x], { start: int(1) })[0]], { keepdims: int(1) })[0];
        return g.reshape(x, g.concat([g.ints([-1]), rest], 0));
      }),
    ).toEqual(["n", 96]);
  });
});

describe("Reshape", () => {
  const reshaped = (from: readonly Dim[], to: readonly number[], allowzero = 0) =>
    shape((g) => g.op("Reshape", [g.input("x", f32(from)), g.ints(to)], { allowzero: int(allowzero) })[0]);
  it.each([
    [
      ["n", 3, 4],
      [0, -1],
      ["n", 12],
    ],
    [
      ["n", 3, 4],
      [-1, 12],
      ["n", 12],
    ],
    [
      ["n", 3, 4],
      [-1, 4],
      ["?", 4],
    ],
    [
      ["n", 12],
      [-1, 3, 4],
      ["n", 3, 4],
    ],
    [
      ["n", "m"],
      [0, 0, 1],
      ["n", "m", 1],
    ],
    [
      ["n", "m", 2],
      [0, -1],
      ["n", "?"],
    ],
    [
      ["n", 1, "m"],
      [0, -1],
      ["n", "m"],
    ],
    [
      [2, 6],
      [3, -1],
      [3, 4],
    ],
    [[2, 6], [-1], [12]],
    [[], [1, 1], [1, 1]],
    [[1], [], []],
  ] as const)("%j to %j is %j", (from, to, expected) => expect(reshaped(from, to)).toEqual(expected));

  it("keeps a 0 that is meant", () => expect(reshaped([0, 3], [3, 0], 1)).toEqual([3, 0]));
  it("with a shape known only when it runs has its rank", () => expect(shape((g) => g.reshape(image(g), g.input("s", i64([2]))))).toEqual(["?", "?"]));
  it.each([
    [
      [2, 3],
      [4, 2],
    ],
    [
      [2, 3],
      [4, -1],
    ],
  ])("%j to %j is refused", (from, to) => expect(() => reshaped(from, to)).toThrow(expect.objectContaining({ code: "SF_GRAPH" })));
});

describe("shapes that cannot work are refused", () => {
  it.each<[string, (g: GraphBuilder) => unknown]>([
    ["Add: shapes [2] and [3] do not broadcast", (g) => g.add(g.input("a", f32([2])), g.input("b", f32([3])))],
    ["Add: operands are float32 and int64, and ONNX does not mix types", (g) => g.add(g.input("a", f32([2])), g.input("b", i64([2])))],
    ["MatMul: shapes [2, 3] and [2, 3] cannot be multiplied", (g) => g.matMul(g.input("a", f32([2, 3])), g.input("b", f32([2, 3])))],
    ["Gemm: inner dimensions 3 and 2 differ", (g) => g.gemm(g.input("a", f32([2, 3])), g.input("b", f32([2, 3])))],
    ["ReduceSum: axis 2 is outside rank 2", (g) => g.reduceSum(g.input("a", f32([2, 3])), [2])],
    ["Concat: sizes 2 and 3 differ on an axis that is not joined", (g) => g.concat([g.input("a", f32([2, 2])), g.input("b", f32([3, 2]))], 1)],
    ["Concat: ranks 2 and 1 differ", (g) => g.concat([g.input("a", f32([2, 2])), g.input("b", f32([2]))], 0)],
    ["Squeeze: axis 0 of [2, 1] is not of size 1", (g) => g.squeeze(g.input("a", f32([2, 1])), [0])],
    ["Transpose: axis 2 is outside rank 2", (g) => g.transpose(g.input("a", f32([2, 1])), [0, 2])],
  ])("%s", (message, build) => {
    const attempt = () => build(new GraphBuilder("wrong"));
    expect(attempt).toThrow(SignflipError);
    expect(attempt).toThrow(message);
  });
});

describe("inference agrees with the engine", () => {
  it("for any slice", async () => {
    const bound = fc.integer({ min: -7, max: 7 });
    const spec = fc.record({ size: fc.integer({ min: 1, max: 5 }), start: bound, end: bound, step: fc.constantFrom(1, 2, 3, -1, -2) });
    const cases = fc.sample(spec, { numRuns: 80, seed: 1 });
    // One graph holds all of them, since a session costs more than the slices do.
    const g = new GraphBuilder("slices");
    const sliced = cases.map(({ size, start, end, step }) =>
      g.slice(g.identity(g.constant({ element: "float32", shape: [size], data: new Float32Array(size) })), [start], [end], [0], [step]),
    );
    g.finish(
      sliced,
      sliced.map((_, i) => `y${i}`),
    );
    const result = await run({ graph: g.graph, metadata: {} });
    for (const [i, y] of sliced.entries()) expect([cases[i], y.type.shape]).toEqual([cases[i], result[`y${i}`]!.shape]);
  });

  it("for the integers it follows", async () => {
    const g = new GraphBuilder("integers");
    const x = g.input("x", f32(["n", 3, 8]));
    const s = g.shape(x);
    const values = [
      s,
      g.gather(s, g.ints([-1, 0])),
      g.slice(s, [-1], [-4], [0], [-1]),
      g.mul(s, g.ints([1, 2, 3])),
      g.sub(g.gather(s, g.int(2)), 3),
      g.div(g.ints([7, -7]), 2),
      g.concat([s, g.neg(g.ints([4]))], 0),
      g.unsqueeze(g.squeeze(g.gather(s, g.ints([0])), [0]), [0]),
      g.op("Size", [g.constant({ element: "float32", shape: [2, 3], data: new Float32Array(6) })])[0],
      g.op("Range", [g.int(5), g.int(0), g.int(-2)])[0],
      g.expand(g.int(3), [2]),
      g.where(g.equal(g.ints([1, 2]), 2), g.ints([8]), g.ints([9, 10])),
      g.op("Transpose", [x], { perm: ints([2, 0, 1]) }).map((y) => g.shape(y))[0]!,
    ];
    g.finish(
      values,
      values.map((_, i) => `y${i}`),
    );
    const result = await run({ graph: g.graph, metadata: {} }, { x: { element: "float32", shape: [5, 3, 8], data: new Float32Array(120) } });
    for (const [i, value] of values.entries()) {
      expect(value.ints, `elements of ${i}`).toBeDefined();
      expect(
        value.ints!.map((dim) => (dim === "n" ? 5 : dim)),
        `elements of ${i}`,
      ).toEqual(Array.from(result[`y${i}`]!.data as BigInt64Array, Number));
    }
  });
});
