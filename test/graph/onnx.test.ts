import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
  TensorProto_DataLocation as DataLocation,
  TensorShapeProtoSchema,
  TensorShapeProto_DimensionSchema,
  TypeProtoSchema,
  TypeProto_TensorSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { describe, expect, it } from "vitest";
import { type GraphBuilder, buildGraph } from "../../src/graph/builder.ts";
import { gradient } from "../../src/graph/gradient.ts";
import { type Graph, type Model, type Value, f32, float, i64 } from "../../src/graph/ir.ts";
import { decodeModel } from "../../src/graph/decode.ts";
import { encodeModel } from "../../src/graph/encode.ts";
import { numbersOf, tensorOf } from "../../src/tensor/tensor.ts";
import { SignflipError } from "../../src/util/errors.ts";
import { run } from "./support.ts";

/** A graph as plain data: operators, attributes and who reads whom, without the names inside. */
function outline(graph: Graph, outer: ReadonlyMap<Value, string> = new Map()): unknown {
  const ids = new Map(outer);
  const depth = String(outer.size);
  for (const [i, value] of [...graph.inputs, ...graph.initializers].entries()) ids.set(value, `${depth}.${i}`);
  const nodes = graph.nodes.map(({ op, inputs, outputs, attributes }, i) => {
    const node = {
      op,
      inputs: inputs.map((input) => input && ids.get(input)),
      types: outputs.map(({ type }) => [type.element, type.shape?.map((dim) => (typeof dim === "string" && dim.startsWith("?") ? "?" : dim))]),
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([name, attribute]) => [name, attribute.kind === "graph" ? outline(attribute.value, ids) : attribute]),
      ),
    };
    outputs.forEach((output, k) => ids.set(output, `${depth}:${i}.${k}`));
    return node;
  });
  return {
    name: graph.name,
    inputs: graph.inputs.map(({ name, type }) => [name, type]),
    initializers: graph.initializers.map(({ constant }) => constant),
    nodes,
    outputs: graph.outputs.map((output) => ids.get(output)),
  };
}

/** A bit of everything: symbols, a gradient, a loop that reads outer values and stops early, a branch, several types. */
const everything: Model = buildGraph(
  "everything",
  (g) => {
    const [x, W, t] = [g.input("x", f32(["n", 3])), g.input("W", f32([3, 3])), g.input("t", i64([]))];
    const b = g.constant(tensorOf("float32", [3], [0.5, -0.5, 2]), "bias");
    const { state, scan } = g.loop(5, [x, g.int(0)], (body, [h, i]) => {
      const next = body.tanh(body.add(body.matMul(h, W), b));
      const total = body.reduceSum(next, undefined, false);
      return { state: [body.sub(next, body.mul(gradient(body, total, [next])[0], 0.1)), body.add(i, 1)], while: body.less(total, 2), scan: [total] };
    });
    const [y] = g.if(
      g.greater(t, 0),
      (then) => [then.leakyRelu(state[0], 0.2)],
      () => [state[0]],
    );
    return { y: y, steps: state[1], totals: scan[0]!, shape: g.shape(x), same: x };
  },
  { seed: "7", note: "ε ≤ ½" },
);
const feeds = {
  x: tensorOf("float32", [2, 3], [0.1, 0.2, 0.3, -1, 0, 1]),
  W: tensorOf("float32", [3, 3], [1, 0, 0.5, 0, 1, 0, 0.5, 0, 1]),
  t: tensorOf("int64", [], [1]),
};

describe("written and read again", () => {
  const again = decodeModel(encodeModel(everything));

  it("a model has the same structure", () => {
    expect(outline(again.graph)).toEqual(outline(everything.graph));
    expect(again.metadata).toEqual({ seed: "7", note: "ε ≤ ½" });
  });

  it("a model gives the same results", async () => {
    const [before, after] = [await run(everything, feeds), await run(again, feeds)];
    expect(after).toEqual(before);
    expect(numbersOf(before["steps"]!)[0]).toBeGreaterThan(0);
    expect(before["totals"]!.shape).toEqual([numbersOf(before["steps"]!)[0]]);
  });

  it("a model has the same bytes from then on", () => {
    const bytes = encodeModel(again);
    expect(encodeModel(decodeModel(bytes))).toEqual(bytes);
  });

  it("every element type keeps its bits", () => {
    const model = buildGraph("types", (g) =>
      Object.fromEntries(
        (["float32", "float64", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bool"] as const).map((element) => [
          element,
          g.identity(g.constant(tensorOf(element, [3], [0, 1, element === "bool" ? 1 : 100]), `c-${element}`)),
        ]),
      ),
    );
    const decoded = decodeModel(encodeModel(model));
    expect(decoded.graph.initializers.map(({ constant }) => constant)).toEqual(model.graph.initializers.map(({ constant }) => constant));
  });

  it("a model inlined into another computes the same", async () => {
    const model = buildGraph("around", (g) => {
      const inputs = Object.fromEntries(everything.graph.inputs.map(({ name, type }) => [name, g.input(name, type)]));
      return { y: g.inline(everything, inputs)["y"]! };
    });
    expect((await run(model, feeds))["y"]).toEqual((await run(everything, feeds))["y"]);
  });
});

// ---------------------------------------------------------------- files of others

interface OneNode {
  readonly version: number;
  readonly op: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly ints?: Readonly<Record<string, readonly number[]>>;
}

const info = (name: string, shape?: readonly number[]) =>
  create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, {
      value: {
        case: "tensorType",
        value: create(TypeProto_TensorSchema, {
          elemType: 1,
          ...(shape
            ? {
                shape: create(TensorShapeProtoSchema, {
                  dim: shape.map((dim) => create(TensorShapeProto_DimensionSchema, { value: { case: "dimValue", value: BigInt(dim) } })),
                }),
              }
            : {}),
        }),
      },
    }),
  });

/** A file of another opset with one node on x, float32 [2, 4]. */
function file({ version, op, inputs = ["x"], outputs = ["y"], ints = {} }: OneNode, change: (proto: ModelProto) => void = () => {}): Uint8Array {
  const proto = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(version) })],
    graph: create(GraphProtoSchema, {
      name: "one",
      input: [info("x", [2, 4])],
      output: outputs.map((name) => info(name)),
      node: [
        create(NodeProtoSchema, {
          opType: op,
          input: [...inputs],
          output: [...outputs],
          attribute: Object.entries(ints).map(([name, values]) =>
            values.length === 1 && name !== "axes"
              ? create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(values[0]!) })
              : create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: values.map(BigInt) }),
          ),
        }),
      ],
    }),
  });
  change(proto);
  return toBinary(ModelProtoSchema, proto);
}
const x = tensorOf("float32", [2, 4], [1, 2, 3, 4, 5, 6, 7, 9]);

describe("older opsets are brought to ours", () => {
  it.each([13, 14, 15, 16, 17])("axes of a reduction from the attribute of opset %i", async (version) => {
    for (const [op, expected] of [
      ["ReduceMean", [2.5, 6.75]],
      ["ReduceMax", [4, 9]],
      ["ReduceMin", [1, 5]],
      ["ReduceL1", [10, 27]],
      ["ReduceSumSquare", [30, 191]],
    ] as const) {
      const model = decodeModel(file({ version, op, ints: { axes: [1], keepdims: [0] } }));
      expect(model.graph.outputs[0]!.type.shape).toEqual([2]);
      expect(numbersOf((await run(model, { x }))["y"]!)).toEqual(expected);
    }
  });

  it("all axes where an older file names none", async () => {
    expect(numbersOf((await run(decodeModel(file({ version: 17, op: "ReduceMax" })), { x }))["y"]!)).toEqual([9]);
  });

  it("axes as an input from opset 18 on, as it is", () => {
    const bytes = file({ version: 18, op: "ReduceMean", inputs: ["x", "axes"], ints: { keepdims: [0] } }, (proto) =>
      proto.graph!.initializer.push(create(TensorProtoSchema, { name: "axes", dims: [1n], dataType: 7, int64Data: [0n] })),
    );
    expect(decodeModel(bytes).graph.outputs[0]!.type.shape).toEqual([4]);
  });

  it.each([13, 17, 18, 21])("equal parts of Split in opset %i", async (version) => {
    const ints: Record<string, number[]> = version < 18 ? { axis: [1] } : { axis: [1], num_outputs: [2] };
    const result = await run(decodeModel(file({ version, op: "Split", outputs: ["a", "b"], ints })), { x });
    expect([numbersOf(result["a"]!), numbersOf(result["b"]!)]).toEqual([
      [1, 2, 5, 6],
      [3, 4, 7, 9],
    ]);
  });

  it.each([0, 27])("opset %i is refused", (version) => {
    expect(() => decodeModel(file({ version, op: "Relu" }), "net.onnx")).toThrow(
      expect.objectContaining({ code: "SF_ONNX", message: `net.onnx: expected an opset from 1 to 26, got ${version}` }),
    );
  });
});

describe("what is not read says so in one line", () => {
  const relu: OneNode = { version: 17, op: "Relu" };
  const weight = { name: "w", dims: [2n], dataType: 1 };
  it.each<[string, Uint8Array]>([
    [
      "w is kept in another file",
      file(relu, (proto) => proto.graph!.initializer.push(create(TensorProtoSchema, { ...weight, dataLocation: DataLocation.EXTERNAL }))),
    ],
    [
      "w: expected 8 bytes for float32 [2], got 3",
      file(relu, (proto) => proto.graph!.initializer.push(create(TensorProtoSchema, { ...weight, rawData: Uint8Array.of(1, 2, 3) }))),
    ],
    ["w: expected 2 elements, got 1", file(relu, (proto) => proto.graph!.initializer.push(create(TensorProtoSchema, { ...weight, floatData: [1] })))],
    [
      "w: expected 1000000000000000 elements, got 0",
      file(relu, (proto) => proto.graph!.initializer.push(create(TensorProtoSchema, { ...weight, dims: [10n ** 15n] }))),
    ],
    [
      "w has shape [-2, -1]",
      file(relu, (proto) => proto.graph!.initializer.push(create(TensorProtoSchema, { ...weight, dims: [-2n, -1n], floatData: [1, 2] }))),
    ],
    ["w has element type number 99", file(relu, (proto) => proto.graph!.initializer.push(create(TensorProtoSchema, { ...weight, dataType: 99 })))],
    ["Relu reads z, which no node before it computes", file({ ...relu, inputs: ["z"] })],
    ["not an ONNX model", Uint8Array.of()],
    ["not an ONNX model", new TextEncoder().encode("<!doctype html>")],
    ["MatMul: shapes [2, 4] and [2, 4] cannot be multiplied", file({ version: 17, op: "MatMul", inputs: ["x", "x"] })],
    ["Softmax: x is missing; it takes x", file({ version: 17, op: "Softmax", inputs: [] })],
    ["BatchNormalization is in training mode", file({ version: 6, op: "BatchNormalization", inputs: ["x"] })],
  ])("%s", (message, bytes) => {
    const attempt = () => decodeModel(bytes, "net.onnx");
    expect(attempt).toThrow(expect.objectContaining({ code: "SF_ONNX" }));
    expect(attempt).toThrow(`net.onnx: ${message}`);
    expect(attempt).not.toThrow("\n");
  });

  it("an operator nobody knows is read, to be run", () => {
    const model = decodeModel(file({ version: 17, op: "NoSuchOperator" }));
    expect(model.graph.nodes[0]!.op).toBe("NoSuchOperator");
  });
});

describe("damaged files give SF_ONNX and nothing else", () => {
  const bytes = encodeModel(everything);
  /** Reads; what is thrown must be ours, and on one line. */
  const attempt = (damaged: Uint8Array) => {
    try {
      decodeModel(damaged);
    } catch (error) {
      expect(error).toBeInstanceOf(SignflipError);
      expect((error as SignflipError).code).toBe("SF_ONNX");
      expect((error as SignflipError).message).not.toContain("\n");
      return false;
    }
    return true;
  };

  it("cut short anywhere", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => void attempt(bytes.subarray(0, length))),
      { seed: 1, numRuns: 300 },
    );
  });

  it("with bytes changed", () => {
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(changes, (changed) => {
        const damaged = bytes.slice();
        for (const [at, byte] of changed) damaged[at] = byte;
        attempt(damaged);
      }),
      { seed: 2, numRuns: 1500 },
    );
  });

  it("of any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        expect(attempt(any)).toBe(false);
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it("with a node that lacks inputs, outputs or attributes", () => {
    const proto = fromBinary(ModelProtoSchema, bytes);
    for (const [i] of proto.graph!.node.entries()) {
      for (const key of ["input", "output", "attribute"] as const) {
        const copy = fromBinary(ModelProtoSchema, bytes);
        copy.graph!.node[i]![key].length = 0;
        attempt(toBinary(ModelProtoSchema, copy));
      }
    }
  });
});

describe("attributes", () => {
  it("are the float32 numbers that the engine sees", () => expect(float(0.1)).toEqual({ kind: "float", value: Math.fround(0.1) }));

  it("of another kind than expected are refused", () => {
    expect(() => decodeModel(file({ version: 17, op: "Flatten", ints: { axis: [1, 2] } }))).toThrow(
      expect.objectContaining({ code: "SF_ONNX", message: expect.stringContaining("attribute axis: expected int, got ints") as string }),
    );
  });
});

describe("constants", () => {
  const count = (build: (g: GraphBuilder) => Value) => buildGraph("constants", (g) => ({ y: build(g) })).graph.initializers.length;
  it("small equal ones are one", () => expect(count((g) => g.add(g.mul(g.input("x", f32([2])), 2), 2))).toBe(1));
  it("0 and −0 differ", () => expect(count((g) => g.add(g.mul(g.input("x", f32([2])), 0), -0))).toBe(2));
  it("types differ", () => expect(count((g) => g.add(g.mul(g.input("x", f32([2])), 2), g.cast(g.mul(g.input("i", i64([2])), 2), "float32")))).toBe(2));
});
