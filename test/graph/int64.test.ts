import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/graph/builder.ts";
import { decodeModel } from "../../src/graph/decode.ts";
import { encodeModel } from "../../src/graph/encode.ts";
import { gradient } from "../../src/graph/gradient.ts";
import { f32 } from "../../src/graph/ir.ts";
import { numbersOf, tensorOf } from "../../src/tensor/tensor.ts";
import { fileOf, info, int64s, node } from "./proto.ts";
import { run } from "./support.ts";

/** Exporters write the largest integer for "to the end". No JavaScript number is equal to it. */
const toTheEnd = 2n ** 63n - 1n;
const x = tensorOf("float32", [4], [1, 2, 3, 4]);

/** A slice of x from 1 on, its end from a node. */
const slice = (...end: ReturnType<typeof node>[]) =>
  fileOf({
    input: [info("x", [4])],
    output: [info("y")],
    initializer: [int64s("one", [1], [1n]), int64s("zero", [1], [0n])],
    node: [...end, node("Slice", ["x", "one", "end"], ["y"])],
  });

describe("the largest integer", () => {
  it.each([
    ["in the integers of a Constant", slice(node("Constant", [], ["end"], { value_ints: [toTheEnd] }))],
    ["in the integer of a Constant", slice(node("Constant", [], ["scalar"], { value_int: toTheEnd }), node("Unsqueeze", ["scalar", "zero"], ["end"]))],
    ["in the tensor of a Constant", slice(node("Constant", [], ["end"], { value: int64s("", [1], [toTheEnd]) }))],
    ["that a shape is made of", slice(node("Constant", [], ["part"], { value: int64s("", [1], [toTheEnd]) }), node("Identity", ["part"], ["end"]))],
  ])("%s ends a slice at the end, and so does its gradient", async (_, bytes) => {
    const file = decodeModel(bytes);
    expect(numbersOf((await run(file, { x }))["y"]!)).toEqual([2, 3, 4]);
    const model = buildGraph("slice", (g) => {
      const input = g.input("x", f32([4]));
      const y = g.inline(file, { x: input })["y"]!;
      return { dx: gradient(g, g.reduceSum(y, undefined, false), [input])[0] };
    });
    expect(numbersOf((await run(model, { x }))["dx"]!)).toEqual([0, 1, 1, 1]);
    expect(numbersOf((await run(decodeModel(encodeModel(model)), { x }))["dx"]!)).toEqual([0, 1, 1, 1]);
  });

  it("and its neighbor are two constants, and two integers of a node", async () => {
    const model = buildGraph("neighbors", (g) => ({
      a: g.constant(tensorOf("int64", [1], [toTheEnd])),
      b: g.constant(tensorOf("int64", [1], [toTheEnd - 1n])),
      c: g.op("Constant", [], { value_ints: { kind: "ints", value: [Number(toTheEnd)], exact: [toTheEnd] } })[0],
    }));
    const result = await run(decodeModel(encodeModel(model)));
    expect([result["a"]!.data[0], result["b"]!.data[0], result["c"]!.data[0]]).toEqual([toTheEnd, toTheEnd - 1n, toTheEnd]);
  });

  it("is not computed with as if it were a number", async () => {
    // The engine's sums wrap: a shape is not taken from what only JavaScript's rounded numbers say.
    const model = buildGraph("sums", (g) => {
      const largest = g.constant(tensorOf("int64", [1], [toTheEnd]));
      const before = g.constant(tensorOf("int64", [1], [toTheEnd - 1n]));
      const one = g.sub(largest, before);
      return { y: g.expand(g.input("x", f32([])), one), equal: g.equal(largest, before), wrapped: g.cast(largest, "int32"), more: g.add(largest, 1) };
    });
    const [y, equal, wrapped, more] = model.graph.outputs;
    expect([y!.type.shape?.[0], equal!.ints, wrapped!.ints, more!.ints?.[0]]).toEqual([expect.any(String), undefined, undefined, expect.any(String)]);
    const result = await run(model, { x: tensorOf("float32", [], [5]) });
    expect([result["y"]!.shape, numbersOf(result["equal"]!), numbersOf(result["wrapped"]!), result["more"]!.data[0]]).toEqual([[1], [0], [-1], -(2n ** 63n)]);
  });
});

it("numbers beyond 64 bits are the largest and the smallest integer", () => {
  expect([...tensorOf("int64", [3], [2 ** 63, -(2 ** 63), -(2 ** 70)]).data]).toEqual([toTheEnd, -(2n ** 63n), -(2n ** 63n)]);
  expect([...tensorOf("uint64", [2], [2 ** 64, -1]).data]).toEqual([2n ** 64n - 1n, 0n]);
});
