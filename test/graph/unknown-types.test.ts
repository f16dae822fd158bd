import { create } from "@bufbuild/protobuf";
import { TensorProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/graph/builder.ts";
import { decodeModel } from "../../src/graph/decode.ts";
import { encodeModel } from "../../src/graph/encode.ts";
import { gradient } from "../../src/graph/gradient.ts";
import type { Model } from "../../src/graph/ir.ts";
import { numbersOf, tensorOf } from "../../src/tensor/tensor.ts";
import { type GraphInit, fileOf, floats, info, int64s, node } from "./proto.ts";
import { run } from "./support.ts";

/** The gradient of the sum of an output with respect to an input. */
const gradientOf = (file: Model, of = "y", to = "x") =>
  buildGraph("gradient", (g) => {
    const inputs = Object.fromEntries(file.graph.inputs.map(({ name, type }) => [name, g.input(name, type)]));
    const y = g.inline(file, inputs)[of]!;
    return { dx: gradient(g, g.reduceSum(y, undefined, false), [inputs[to]!])[0] };
  });

const x = tensorOf("float32", [2, 2], [1, 2, -1, 0.5]);
const onX = (init: GraphInit): Uint8Array => fileOf({ input: [info("x", [2, 2])], output: [info("y")], ...init });

describe("what an operator without a rule computes has an unknown type", () => {
  it("that agrees with every other", async () => {
    const bytes = onX({
      initializer: [floats("w", [2, 2], [1, 2, 3, 4]), floats("eye", [2, 2], [1, 0, 0, 1])],
      valueInfo: [info("a", [2, 2])],
      node: [node("com.microsoft::Inverse", ["eye"], ["same"]), node("MatMul", ["w", "same"], ["a"]), node("MatMul", ["a", "x"], ["y"])],
    });
    const file = decodeModel(bytes);
    expect(file.graph.nodes[0]!.outputs[0]!.type).toEqual({ element: "unknown", shape: undefined });
    expect(file.graph.outputs[0]!.type.element).toBe("float32");
    expect(numbersOf((await run(file, { x }))["y"]!)).toEqual([-1, 3, -1, 8]);
    expect(numbersOf((await run(gradientOf(file), { x }))["dx"]!)).toEqual([4, 4, 6, 6]);
  });

  it("which numbers beside it take", async () => {
    const model = buildGraph("numbers", (g) => {
      const [noRule] = g.op("com.microsoft::Inverse", [g.input("x", { element: "float64", shape: [1, 1] })]);
      return { sum: g.add(noRule, 1), zeros: g.zerosLike(noRule), mask: g.greater(noRule, 0.5), back: g.castLike(g.cast(noRule, "float32"), noRule) };
    });
    const result = await run(model, { x: tensorOf("float64", [1, 1], [4]) });
    expect(numbersOf(result["sum"]!)).toEqual([1.25]);
    expect(result["zeros"]).toEqual(tensorOf("float64", [1, 1], [0]));
    expect(numbersOf(result["mask"]!)).toEqual([0]);
    expect(result["back"]!.element).toBe("float64");
  });

  it("that the file may say", () => {
    const init: GraphInit = { node: [node("com.microsoft::Inverse", ["x"], ["z"]), node("Shape", ["z"], ["y"])] };
    expect(decodeModel(onX(init)).graph.nodes[0]!.outputs[0]!.type).toEqual({ element: "unknown", shape: undefined });
    expect(decodeModel(onX({ ...init, valueInfo: [info("z", [2, 2], 11)] })).graph.nodes[0]!.outputs[0]!.type).toEqual({ element: "float64", shape: [2, 2] });
  });
});

describe("a gradient through an operator without a rule", () => {
  const inverse = (...rest: ReturnType<typeof node>[]) =>
    decodeModel(onX({ node: [node("com.microsoft::Inverse", ["x"], ["z"], {}, "/body/inverse"), ...rest] }));
  const refusal = expect.objectContaining({
    code: "SF_GRADIENT",
    message:
      "no gradient through com.microsoft::Inverse (node /body/inverse): this program has no rule for com.microsoft::Inverse; write it with operators that have one, or use what needs no gradient",
  }) as Error;

  it.each<[string, Model]>([
    ["at the end", inverse(node("Identity", ["z"], ["y"]))],
    ["behind an operator with one", inverse(node("Relu", ["z"], ["y"]))],
    ["behind a cast", inverse(node("Cast", ["z"], ["y"], { to: 1n }))],
    ["behind one that has to know a rank", inverse(node("MatMul", ["z", "z"], ["y"]))],
    ["beside a way that has one", inverse(node("Add", ["z", "x"], ["y"]))],
  ])("is an error that names the node: %s", (_, file) => {
    expect(() => gradientOf(file)).toThrow(refusal);
    // Names of nodes are kept in files and when a graph is copied.
    expect(() => gradientOf(decodeModel(encodeModel(file)))).toThrow(refusal);
  });

  it("is named by its output where the node has no name", () => {
    const file = decodeModel(onX({ node: [node("com.microsoft::Inverse", ["x"], ["z"]), node("Relu", ["z"], ["y"])] }));
    expect(() => gradientOf(file)).toThrow("no gradient through com.microsoft::Inverse (its output z): ");
  });

  it("is none where nothing flows", async () => {
    const file = inverse(
      node("Shape", ["z"], ["shape"]),
      node("Cast", ["shape"], ["n"], { to: 1n }),
      node("ReduceSum", ["n"], ["sum"]),
      node("Mul", ["x", "sum"], ["y"]),
    );
    expect(numbersOf((await run(gradientOf(file), { x }))["dx"]!)).toEqual([4, 4, 4, 4]);
  });

  it("names the node where a rule itself refuses", () => {
    const file = decodeModel(
      onX({
        initializer: [int64s("i", [1, 1], [0n]), floats("u", [1, 2], [1, 1])],
        node: [node("ScatterND", ["x", "i", "u"], ["y"], { reduction: "mul" }, "scatter")],
      }),
    );
    expect(() => gradientOf(file)).toThrow("no gradient through ScatterND with reduction mul (node scatter)");
  });
});

describe("elements that only the engine reads", () => {
  const bfloat16 = create(TensorProtoSchema, { name: "w", dims: [2n], dataType: 16, rawData: Uint8Array.of(0x80, 0x3f, 0x00, 0x40) });
  const strings = create(TensorProtoSchema, { name: "s", dims: [2n], dataType: 8, stringData: [new TextEncoder().encode("a"), Uint8Array.of(0xff)] });

  it("are kept in weights: bfloat16", async () => {
    const file = decodeModel(onX({ initializer: [bfloat16], node: [node("Cast", ["w"], ["v"], { to: 1n }), node("Mul", ["x", "v"], ["y"])] }));
    for (const model of [file, decodeModel(encodeModel(file))]) {
      expect(numbersOf((await run(model, { x }))["y"]!)).toEqual([1, 4, -1, 1]);
      expect(numbersOf((await run(gradientOf(model), { x }))["dx"]!)).toEqual([1, 2, 1, 2]);
    }
  });

  it("are kept in constants and weights: strings", async () => {
    const file = decodeModel(
      onX({
        initializer: [strings],
        node: [
          node("Constant", [], ["t"], { value: strings }),
          node("Equal", ["s", "t"], ["same"]),
          node("Cast", ["same"], ["one"], { to: 1n }),
          node("ReduceSum", ["one"], ["n"]),
          node("Mul", ["x", "n"], ["y"]),
        ],
      }),
    );
    for (const model of [file, decodeModel(encodeModel(file))]) expect(numbersOf((await run(model, { x }))["y"]!)).toEqual([2, 4, -2, 1]);
  });

  it("are refused where the number means nothing", () => {
    expect(() => decodeModel(onX({ initializer: [create(TensorProtoSchema, { ...bfloat16, dataType: 99 })], node: [node("Relu", ["x"], ["y"])] }))).toThrow(
      expect.objectContaining({ code: "SF_ONNX", message: "model: w has element type number 99, which is not supported" }),
    );
  });
});
