import { describe, expect, it } from "vitest";
import { type GraphBuilder, buildGraph } from "../../src/graph/builder.ts";
import { decodeModel } from "../../src/graph/decode.ts";
import { encodeModel } from "../../src/graph/encode.ts";
import { gradient } from "../../src/graph/gradient.ts";
import { type Value, f32, float, int } from "../../src/graph/ir.ts";
import { type ElementType, type Tensor, numbersOf, tensorOf } from "../../src/tensor/tensor.ts";
import { run } from "./support.ts";
import { oldFile, runFile } from "./upgrade/old-model.ts";

const constant = (g: GraphBuilder, element: ElementType, shape: number[], values: number[]) => g.constant(tensorOf(element, shape, values));

/** The gradient of the sum of a graph with respect to its input x. */
async function gradientOf(x: Tensor, build: (g: GraphBuilder, x: Value) => Value): Promise<number[]> {
  const model = buildGraph("quantized", (g) => {
    const input = g.input("x", f32(x.shape));
    return { dx: gradient(g, g.reduceSum(build(g, input), undefined, false), [input])[0] };
  });
  return numbersOf((await run(model, { x }))["dx"]!);
}

describe("gradients through quantized values", () => {
  it("the scale of DequantizeLinear has the exact one: the sum of what it scales", async () => {
    const dx = await gradientOf(tensorOf("float32", [], [0.5]), (g, s) => g.op("DequantizeLinear", [constant(g, "uint8", [2], [3, 4]), s])[0]);
    expect(dx).toEqual([7]);
  });

  it.each([
    ["uint8", 128, [-200, -64.3, -64, 0, 63.5, 63.8, 300], [0, 0, 1, 1, 1, 0, 0]],
    ["int8", 0, [-200, -64.3, -64, 0, 63.5, 63.8, 300], [0, 0, 1, 1, 1, 0, 0]],
    ["int16", 0, [-20000, -200, 0, 200, 20000], [0, 1, 1, 1, 0]],
  ] as const)("to %s goes straight through inside the range, and is 0 where values were cut", async (element, zero, xs, expected) => {
    const dx = await gradientOf(tensorOf("float32", [xs.length], xs), (g, x) => {
      const rest = [g.scalar(0.5, "float32"), constant(g, element, [], [zero])];
      return g.op("DequantizeLinear", [g.op("QuantizeLinear", [x, ...rest])[0], ...rest])[0];
    });
    expect(dx).toEqual(expected);
  });

  it("without a zero point the type is uint8 and the range begins at 0", async () => {
    const dx = await gradientOf(tensorOf("float32", [3], [-1, 2, 300]), (g, x) => {
      const s = g.scalar(1, "float32");
      return g.mul(g.op("DequantizeLinear", [g.op("QuantizeLinear", [x, s])[0], s])[0], 3);
    });
    expect(dx).toEqual([0, 3, 0]);
  });

  it("a type of 4 bits, asked for by its number", async () => {
    const dx = await gradientOf(tensorOf("float32", [4], [-9, -8, 7, 8]), (g, x) => {
      const s = g.scalar(1, "float32");
      return g.op("DequantizeLinear", [g.op("QuantizeLinear", [x, s], { output_dtype: int(22) })[0], s])[0];
    });
    expect(dx).toEqual([0, 1, 1, 0]);
  });

  it("a scale for each block", async () => {
    const dx = await gradientOf(tensorOf("float32", [1, 4], [10, 200, 10, 200]), (g, x) => {
      const s = constant(g, "float32", [1, 2], [1, 0.5]);
      const blocks = { axis: int(1), block_size: int(2) };
      return g.op("DequantizeLinear", [g.op("QuantizeLinear", [x, s, constant(g, "uint8", [1, 2], [0, 0])], blocks)[0], s], blocks)[0];
    });
    expect(dx).toEqual([1, 1, 1, 0]);
  });
});

const scale = (...values: number[]) => tensorOf("float32", values.length === 1 ? [] : [values.length], values);
const byte = (element: "uint8" | "int8", ...values: number[]) => tensorOf(element, values.length === 1 ? [] : [values.length], values);

describe("operators on quantized values become operators on real ones", () => {
  const matrices = {
    a: tensorOf("uint8", [2, 3], [1, 50, 200, 255, 7, 90]),
    as: scale(0.02),
    az: byte("uint8", 100),
    b: tensorOf("int8", [3, 2], [10, -20, 30, 44, -51, 60]),
    bs: scale(0.013),
    bz: byte("int8", 1),
    s: scale(0.05),
    z: byte("uint8", 120),
  };
  const images = {
    x: tensorOf(
      "uint8",
      [1, 2, 3, 3],
      [...Array(18).keys()].map((i) => (i * 37) % 256),
    ),
    xs: scale(0.02),
    xz: byte("uint8", 100),
    w: tensorOf(
      "int8",
      [2, 2, 2, 2],
      [...Array(16).keys()].map((i) => ((i * 29) % 200) - 100),
    ),
    ws: scale(0.01, 0.02),
    wz: byte("int8", 0, 0),
    s: scale(0.11),
    z: byte("uint8", 128),
    bias: tensorOf("int32", [2], [500, -900]),
  };

  it.each([
    ["QLinearMatMul", matrices],
    ["QLinearConv", images],
  ])("%s: the same to a step", async (op, inputs) => {
    const model = { op, version: 10, inputs, attributes: {}, outputs: ["uint8"] as const };
    const bytes = oldFile(model, "fed");
    const read = decodeModel(bytes);
    expect(read.graph.nodes.map((node) => node.op)).toContain("QuantizeLinear");
    const [was, now] = [await runFile(bytes, model, "fed"), await runFile(encodeModel(read), model, "fed")];
    const [a, b] = [was, now].map((result) => Array.from(result["y0"]!.data as Uint8Array)) as [number[], number[]];
    expect(now["y0"]!.dims).toEqual(was["y0"]!.dims);
    expect(new Set(a).size).toBeGreaterThan(2);
    a.forEach((value, i) => expect(Math.abs(value - b[i]!)).toBeLessThanOrEqual(1));
  });

  it("an attribute of convolutions is kept", () => {
    const model = { op: "QLinearConv", version: 10, inputs: images, attributes: { group: int(1), unused: float(1) }, outputs: ["uint8"] as const };
    const conv = decodeModel(oldFile(model, "fed")).graph.nodes.find((node) => node.op === "Conv");
    expect(conv!.attributes["group"]).toEqual(int(1));
  });
});
