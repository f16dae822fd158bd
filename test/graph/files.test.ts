import { create } from "@bufbuild/protobuf";
import { type MessageInitShape } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type FunctionProtoSchema,
  SparseTensorProtoSchema,
  TensorProtoSchema,
} from "onnx-buf";
import { InferenceSession, Tensor as EngineTensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/graph/builder.ts";
import { type ExternalData, decodeModel } from "../../src/graph/decode.ts";
import { encodeModel } from "../../src/graph/encode.ts";
import { gradient } from "../../src/graph/gradient.ts";
import { type Tensor, numbersOf, tensorOf } from "../../src/tensor/tensor.ts";
import { type GraphInit, attribute, fileOf, floats, info, int64s, node } from "./proto.ts";
import { type Feeds, run } from "./support.ts";

const x = tensorOf("float32", [2, 2], [1, 2, -1, 0.5]);
const ofX = { input: [info("x", [2, 2])], output: [info("y")] };
const onX = (init: GraphInit, rest: Parameters<typeof fileOf>[1] = {}) => fileOf({ ...ofX, ...init }, rest);

/** What the engine makes of a file, without us. */
async function engine(bytes: Uint8Array, feeds: Feeds): Promise<Record<string, unknown>> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4, intraOpNumThreads: 1 });
  const given = Object.entries(feeds).map(([name, t]): [string, EngineTensor] => [
    name,
    new EngineTensor(t.element as "float32", t.data as Float32Array, t.shape),
  ]);
  const results = await session.run(Object.fromEntries(given));
  await session.release();
  return Object.fromEntries(Object.entries(results).map(([name, { dims, data }]) => [name, { shape: dims, data }]));
}

/** A file gives what the engine gives on its original bytes; so does the file that we write of it. */
async function sameAsEngine(bytes: Uint8Array, feeds: Feeds): Promise<Record<string, Tensor>> {
  const expected = await engine(bytes, feeds);
  const model = decodeModel(bytes);
  const result = await run(model, feeds);
  const plain = (results: Record<string, Tensor>) => Object.fromEntries(Object.entries(results).map(([name, { shape, data }]) => [name, { shape, data }]));
  expect(plain(result)).toEqual(expected);
  expect(await run(decodeModel(encodeModel(model)), feeds)).toEqual(result);
  return result;
}

const refused = (bytes: Uint8Array, message: string) =>
  expect(() => decodeModel(bytes)).toThrow(expect.objectContaining({ code: "SF_ONNX", message: `model: ${message}` }) as Error);

function gradientOf(bytes: Uint8Array, at: Feeds, of = "x") {
  const file = decodeModel(bytes);
  const model = buildGraph("gradient", (g) => {
    const inputs = Object.fromEntries(file.graph.inputs.map(({ name, type }) => [name, g.input(name, type)]));
    return { dx: gradient(g, g.reduceSum(g.inline(file, inputs)["y"]!, undefined, false), [inputs[of]!])[0] };
  });
  return run(model, at);
}

describe("dimensions", () => {
  it('the name "?" does not make two of them equal', async () => {
    const bytes = fileOf({ input: [info("a", ["?"]), info("b", ["?"])], output: [info("y", ["?"])], node: [node("Mul", ["a", "b"], ["y"])] });
    const feeds = { a: tensorOf("float32", [3], [1, 2, 3]), b: tensorOf("float32", [1], [2]) };
    await sameAsEngine(bytes, feeds);
    expect((await gradientOf(bytes, feeds, "b"))["dx"]).toEqual(tensorOf("float32", [1], [6]));
  });

  it("−1 is any size", async () => {
    const bytes = fileOf({ input: [info("x", [-1, 2])], output: [info("y", [-1, 2])], node: [node("Relu", ["x"], ["y"])] });
    await sameAsEngine(bytes, { x });
    await sameAsEngine(bytes, { x: tensorOf("float32", [1, 2], [1, -2]) });
  });
});

describe("other domains", () => {
  it("keep their versions", async () => {
    const encoder = node("ai.onnx.ml::LabelEncoder", ["x"], ["y"], {
      keys_tensor: floats("", [2], [1, 2]),
      values_tensor: floats("", [2], [10, 20]),
      default_tensor: floats("", [1], [-5]),
    });
    const opsetImport = [
      { domain: "", version: 21n },
      { domain: "ai.onnx.ml", version: 4n },
    ];
    const result = await sameAsEngine(onX({ node: [encoder] }, { opsetImport }), { x });
    expect(numbersOf(result["y"]!)).toEqual([10, 20, -5, -5]);
  });

  it("and the engine's own are run", async () => {
    await sameAsEngine(
      onX(
        { node: [node("com.microsoft::Inverse", ["x"], ["y"])] },
        {
          opsetImport: [
            { domain: "", version: 17n },
            { domain: "com.microsoft", version: 1n },
          ],
        },
      ),
      { x },
    );
  });
});

describe("outputs", () => {
  it("may be inputs and weights", async () => {
    await sameAsEngine(
      fileOf({ ...ofX, output: [info("x"), info("w"), info("y")], initializer: [floats("w", [2], [3, 4])], node: [node("Add", ["x", "w"], ["y"])] }),
      { x },
    );
  });

  it("are left out where they are no tensors", async () => {
    const bytes = fileOf({
      ...ofX,
      output: [info("y"), { name: "s", type: { value: { case: "sequenceType", value: { elemType: info("", [2], 1).type! } } } }],
      node: [node("SplitToSequence", ["x"], ["s"]), node("Relu", ["x"], ["y"])],
    });
    expect(Object.keys(await run(decodeModel(bytes), { x }))).toEqual(["y"]);
  });

  it("may have any names", async () => {
    await sameAsEngine(
      fileOf({
        input: [info("x:0", [2, 2])],
        output: [info("a/b.c é"), info("constant"), info("relu")],
        node: [node("Relu", ["x:0"], ["a/b.c é"]), node("Neg", ["x:0"], ["relu"]), node("Add", ["relu", "x:0"], ["constant"])],
      }),
      { "x:0": x },
    );
  });

  it("that nothing reads or names are no trouble", async () => {
    await sameAsEngine(
      onX({
        node: [node("TopK", ["x", "k"], ["v", "at"]), node("Split", ["x"], ["y", "unused"], { axis: 1n, num_outputs: 2n })],
        initializer: [int64s("k", [1], [1n])],
      }),
      { x },
    );
  });
});

describe("nodes", () => {
  it("are sorted, those that a branch reads from outside too", async () => {
    const graph = (value: string): GraphInit => ({ output: [info("r")], node: [node("Identity", [value], ["r"])] });
    const bytes = onX({
      initializer: [create(TensorProtoSchema, { name: "yes", dims: [], dataType: 9, int32Data: [1] })],
      node: [
        node("If", ["yes"], ["y"], { then_branch: { graph: graph("b") }, else_branch: { graph: graph("a") } }),
        node("Exp", ["a"], ["b"]),
        node("Neg", ["x"], ["a"]),
      ],
    });
    const { y } = await run(decodeModel(bytes), { x });
    expect(numbersOf(y!)[0]).toBeCloseTo(Math.exp(-1));
  });

  it("in a cycle are refused by name", () => {
    refused(
      onX({
        node: [
          node("Add", ["x", "c"], ["a"], {}, "first"),
          node("Neg", ["a"], ["b"], {}, "second"),
          node("Neg", ["b"], ["c"], {}, "third"),
          node("Relu", ["c"], ["y"]),
        ],
      }),
      "nodes form a cycle: Add (node first) reads what is computed from its own output",
    );
    refused(onX({ node: [node("Add", ["x", "y"], ["y"])] }), "nodes form a cycle: Add (its output y) reads what is computed from its own output");
  });

  it("that give one name to two values are refused", () => {
    refused(onX({ node: [node("Neg", ["x"], ["y"]), node("Relu", ["x"], ["y"], {}, "r")] }), "y is computed twice, by Neg (its output y) and by Relu (node r)");
    refused(onX({ node: [node("Neg", ["x"], ["x"])] }), "nodes form a cycle: Neg (its output x) reads what is computed from its own output");
    refused(onX({ input: [info("x", [2]), info("x", [2])], node: [node("Neg", ["x"], ["y"])] }), "the name x is given to two values");
  });
});

describe("weights", () => {
  const raw = (dataType: number, bytes: number[], dims = [2n]) => create(TensorProtoSchema, { name: "w", dims, dataType, rawData: Uint8Array.from(bytes) });
  it.each([
    ["float16, raw", raw(10, [0, 0x3c, 0, 0x40])],
    ["float16 as integers", create(TensorProtoSchema, { name: "w", dims: [2n], dataType: 10, int32Data: [0x3c00, 0x4000] })],
    ["bfloat16", raw(16, [0x80, 0x3f, 0, 0x40])],
    ["bfloat16 as integers", create(TensorProtoSchema, { name: "w", dims: [2n], dataType: 16, int32Data: [0x3f80, 0x4000] })],
    ["float64", create(TensorProtoSchema, { name: "w", dims: [2n], dataType: 11, doubleData: [1, 2] })],
    ["int8", raw(3, [1, 2])],
    ["uint8 as integers", create(TensorProtoSchema, { name: "w", dims: [2n], dataType: 2, int32Data: [1, 2] })],
    ["float8", raw(17, [0x38, 0x40])],
    ["uint4", raw(21, [0x21])],
    ["uint64", create(TensorProtoSchema, { name: "w", dims: [2n], dataType: 13, uint64Data: [1n, 2n] })],
  ])("of %s", async (_, w) => {
    const result = await sameAsEngine(onX({ initializer: [w], node: [node("Cast", ["w"], ["v"], { to: 1n }), node("Mul", ["x", "v"], ["y"])] }), { x });
    expect(numbersOf(result["y"]!)).toEqual([1, 4, -1, 1]);
  });

  const one = create(SparseTensorProtoSchema, { values: floats("w", [2], [5, 7]), indices: int64s("", [2], [1n, 2n]), dims: [2n, 2n] });
  const other = create(SparseTensorProtoSchema, { values: floats("w", [2], [5, 7]), indices: int64s("", [2, 2], [0n, 1n, 1n, 0n]), dims: [2n, 2n] });
  it.each([
    ["flat", one],
    ["per axis", other],
  ])("that are sparse: indices %s", async (_, sparse) => {
    const result = await sameAsEngine(onX({ sparseInitializer: [sparse], node: [node("Mul", ["x", "w"], ["y"])] }), { x });
    expect(numbersOf(result["y"]!)).toEqual([0, 10, -7, 0]);
  });

  it("listed as inputs too are fixed", async () => {
    const bytes = fileOf(
      { ...ofX, input: [info("w", [2]), info("x", [2, 2])], initializer: [floats("w", [2], [2, 3])], node: [node("Mul", ["x", "w"], ["y"])] },
      { irVersion: 3n, opset: 7 },
    );
    expect(decodeModel(bytes).graph.inputs.map(({ name }) => name)).toEqual(["x"]);
    await sameAsEngine(bytes, { x });
  });

  it.each<[string, Parameters<typeof node>[3], number[]]>([
    ["value_float", { value_float: 2 }, [2, 4, -2, 1]],
    ["value_floats", { value_floats: [2, 3] }, [2, 6, -2, 1.5]],
    ["value_int", { value_int: 2n }, [2, 4, -2, 1]],
    ["value_ints", { value_ints: [2n, 3n] }, [2, 6, -2, 1.5]],
    ["value", { value: floats("", [2], [2, 3]) }, [2, 6, -2, 1.5]],
  ])("in a Constant: %s", async (_, attributes, expected) => {
    const result = await sameAsEngine(
      onX({ node: [node("Constant", [], ["c"], attributes), node("Cast", ["c"], ["w"], { to: 1n }), node("Mul", ["x", "w"], ["y"])] }),
      { x },
    );
    expect(numbersOf(result["y"]!)).toEqual(expected);
  });

  it("in a Constant: sparse_value", async () => {
    const constant = {
      ...node("Constant", [], ["w"]),
      attribute: [create(AttributeProtoSchema, { name: "sparse_value", type: AttributeType.SPARSE_TENSOR, sparseTensor: one })],
    };
    const { y } = await run(decodeModel(onX({ node: [constant, node("Mul", ["x", "w"], ["y"])] })), { x });
    expect(numbersOf(y!)).toEqual([0, 10, -7, 0]);
  });

  it("attributes of the oldest files have the type of what is filled", async () => {
    const untyped = { ...attribute("alpha", 0.5), type: 0 };
    const bytes = onX({ node: [{ ...node("LeakyRelu", ["x"], ["y"]), attribute: [untyped] }] });
    expect(numbersOf((await run(decodeModel(bytes), { x }))["y"]!)).toEqual([1, 2, -0.5, 0.5]);
  });

  it.each<[string, Parameters<typeof create<typeof SparseTensorProtoSchema>>[1], string]>([
    ["an index outside", { values: floats("w", [1], [5]), indices: int64s("", [1], [4n]), dims: [2n, 2n] }, "w: index 4 is outside 4"],
    [
      "a size beyond memory",
      { values: floats("w", [1], [5]), indices: int64s("", [1], [4n]), dims: [2n ** 40n] },
      "w has shape [1099511627776]: sparse tensors are read up to 268435456 elements",
    ],
    ["too few indices", { values: floats("w", [2], [5, 6]), indices: int64s("", [1], [0n]), dims: [4n] }, "w: 2 values have 1 indices"],
  ])("that are sparse with %s are refused", (_, sparse, message) => {
    refused(onX({ sparseInitializer: [create(SparseTensorProtoSchema, sparse)], node: [node("Mul", ["x", "w"], ["y"])] }), message);
  });
});

describe("functions of the file", () => {
  type FunctionInit = MessageInitShape<typeof FunctionProtoSchema>;
  const reference = (name: string, to: string, type: AttributeType) => create(AttributeProtoSchema, { name, refAttrName: to, type });
  const own = [{ domain: "", version: 21n }];
  const imports = [...own, { domain: "local", version: 1n }];
  /** leaky(x) = LeakyRelu(x), its slope the attribute `slope` or 0.5; twice(x) = leaky(leaky(x)) with another slope, from opset 9. */
  const leaky: FunctionInit = {
    name: "leaky",
    domain: "local",
    input: ["in"],
    output: ["out"],
    opsetImport: own,
    attributeProto: [attribute("slope", 0.5)],
    node: [{ ...node("LeakyRelu", ["in"], ["out"], {}, "inner"), attribute: [reference("alpha", "slope", AttributeType.FLOAT)] }],
  };
  const twice: FunctionInit = {
    name: "twice",
    domain: "local",
    input: ["x", "missing"],
    output: ["y", "same"],
    opsetImport: imports,
    attribute: ["s"],
    node: [
      { ...node("local::leaky", ["x"], ["h"]), attribute: [reference("slope", "s", AttributeType.FLOAT)] },
      node("Identity", ["x"], ["same"]),
      node("local::leaky", ["h"], ["y"]),
    ],
  };
  const withFunctions = (nodes: NonNullable<GraphInit["node"]>, functions: FunctionInit[]) => onX({ node: nodes }, { functions, opsetImport: imports });

  it("are written out, nested, with attributes and their defaults", async () => {
    const bytes = withFunctions([node("local::twice", ["x"], ["h", "same"], { s: 0.25 }, "call"), node("Add", ["h", "same"], ["y"])], [twice, leaky]);
    const result = await sameAsEngine(bytes, { x });
    expect(numbersOf(result["y"]!)).toEqual([2, 4, -1.125, 1]);
    expect(numbersOf((await gradientOf(bytes, { x }))["dx"]!)).toEqual([2, 2, 1.125, 2]);
    expect(decodeModel(bytes).graph.nodes.map(({ op, name }) => [op, name])).toContainEqual(["LeakyRelu", "call/inner"]);
  });

  it("without a value for an attribute use the operator's default", async () => {
    const bytes = withFunctions([node("local::twice", ["x"], ["y", "same"])], [twice, { ...leaky, attributeProto: [], attribute: ["slope"] }]);
    expect(numbersOf((await sameAsEngine(bytes, { x }))["y"]!)[2]).toBeCloseTo(-1e-4);
  });

  it("have the opset they name", async () => {
    // Until opset 12 Softmax went over all axes from its own on, which is 1 if it is not given.
    const old: FunctionInit = {
      name: "old",
      domain: "local",
      input: ["x"],
      output: ["y"],
      opsetImport: [{ domain: "", version: 11n }],
      node: [node("Softmax", ["x"], ["y"], { axis: 0n })],
    };
    const { y } = await run(decodeModel(withFunctions([node("local::old", ["x"], ["y"])], [old])), { x });
    expect(numbersOf(y!).reduce((a, b) => a + b)).toBeCloseTo(1);
  });

  it("that call themselves are refused, and those that would make any number of nodes", () => {
    const self: FunctionInit = { name: "f", domain: "local", input: ["x"], output: ["y"], node: [node("local::g", ["x"], ["y"])] };
    const back: FunctionInit = { ...self, name: "g", node: [node("local::f", ["x"], ["y"], {}, "again")] };
    refused(withFunctions([node("local::f", ["x"], ["y"])], [self, back]), "f (node again): the function f calls itself");
    const many = Array.from({ length: 40 }, (_, i): FunctionInit => ({
      name: `f${i}`,
      domain: "local",
      input: ["x"],
      output: ["y"],
      node: i === 0 ? [node("Neg", ["x"], ["y"])] : [node(`local::f${i - 1}`, ["x"], ["a"]), node(`local::f${i - 1}`, ["a"], ["y"])],
    }));
    refused(withFunctions([node("local::f39", ["x"], ["y"])], many), "its functions make more than 100000 nodes");
  });
});

describe("weights in other files", () => {
  const external = (entries: Record<string, string>) =>
    onX({
      initializer: [
        create(TensorProtoSchema, {
          name: "w",
          dims: [2n],
          dataType: 1,
          dataLocation: 1,
          externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
        }),
      ],
      node: [node("Mul", ["x", "w"], ["y"])],
    });
  const reads: unknown[] = [];
  const reader: ExternalData = (location, offset, length) => {
    reads.push([location, offset, length]);
    return new Uint8Array(Float32Array.of(9, 2, 3).buffer).subarray(offset, offset + length);
  };

  it("come from a reader", async () => {
    const model = decodeModel(external({ location: "sub/w.bin", offset: "4", length: "8" }), "m", { external: reader });
    expect(reads).toEqual([["sub/w.bin", 4, 8]]);
    expect(numbersOf((await run(model, { x }))["y"]!)).toEqual([2, 6, -2, 1.5]);
  });

  it.each([["../w.bin"], ["a/../../w.bin"], ["/etc/passwd"], ["C:\\w.bin"], ["\\\\host\\w"], ["a\\..\\w"], [""], ["a\0b"]])(
    "never outside the model's folder: %j",
    (location) => {
      const before = reads.length;
      expect(() => decodeModel(external({ location }), "m", { external: reader })).toThrow(
        expect.objectContaining({ code: "SF_ONNX", message: expect.stringContaining("only files within the model's folder are read") as string }),
      );
      expect(reads.length).toBe(before);
    },
  );

  it.each<[string, Record<string, string>, string]>([
    ["length", { location: "w", length: "12" }, "w needs 8 bytes, and its file is to give 12"],
    ["offset", { location: "w", offset: "-1" }, "w has its data from byte -1 on"],
    ["end", { location: "w", offset: "8" }, "w needs 8 bytes, and w has 4 from byte 8 on"],
  ])("with a wrong %s are refused", (_, entries, message) => {
    expect(() => decodeModel(external(entries), "m", { external: reader })).toThrow(expect.objectContaining({ code: "SF_ONNX", message: `m: ${message}` }));
  });
});
