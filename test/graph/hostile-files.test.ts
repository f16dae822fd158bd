import { clone, create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type GraphProto, type ModelProto, ModelProtoSchema, NodeProtoSchema, SparseTensorProtoSchema, TensorProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/graph/builder.ts";
import { decodeModel } from "../../src/graph/decode.ts";
import { encodeModel } from "../../src/graph/encode.ts";
import { gradient, vectorJacobian } from "../../src/graph/gradient.ts";
import { f32, i64 } from "../../src/graph/ir.ts";
import { isFloat, tensorOf } from "../../src/tensor/tensor.ts";
import { SignflipError } from "../../src/util/errors.ts";
import { type Random, random } from "../../src/util/random.ts";
import { type GraphInit, attribute, fileOf, floats, info, int64s, node } from "./proto.ts";

/** Mutations of all models together; `.ci/run` asks for more. */
const mutations = Number(process.env["SIGNFLIP_MUTATIONS"] ?? 2000);

/** A loop that stops early, a branch, a gradient, symbols. */
const control = () =>
  encodeModel(
    buildGraph("control", (g) => {
      const [x, t] = [g.input("x", f32(["n", 3])), g.input("t", i64([]))];
      const W = g.constant(tensorOf("float32", [3, 3], [1, 0, 0.5, 0, 1, 0, 0.5, 0, 1]), "W");
      const { state } = g.loop(5, [x, g.int(0)], (body, [h, i]) => {
        const next = body.tanh(body.matMul(h, W));
        const total = body.reduceSum(next, undefined, false);
        return { state: [body.sub(next, gradient(body, total, [next])[0]), body.add(i, 1)], while: body.less(total, 2) };
      });
      const [y] = g.if(
        g.greater(t, 0),
        (then) => [then.leakyRelu(state[0], 0.2)],
        () => [state[0]],
      );
      return { y: g.softmax(y), steps: state[1] };
    }),
  );

/** A convolution and what follows it, as an exporter of opset 9 writes it: weights are inputs too. */
const classifier = () =>
  fileOf(
    {
      input: [info("x", ["N", 1, 6, 6]), info("k", [2, 1, 3, 3])],
      output: [info("y")],
      initializer: [
        floats(
          "k",
          [2, 1, 3, 3],
          Array.from({ length: 18 }, (_, i) => i / 9 - 1),
        ),
        int64s("shape", [2], [0n, -1n]),
        floats(
          "w",
          [8, 3],
          Array.from({ length: 24 }, (_, i) => i / 24),
        ),
      ],
      node: [
        node("Conv", ["x", "k"], ["c"], { kernel_shape: [3n, 3n], pads: [0n, 0n, 0n, 0n] }, "conv"),
        node("MaxPool", ["c"], ["p"], { kernel_shape: [2n, 2n], strides: [2n, 2n] }),
        node("Slice", ["p"], ["s"], { starts: [0n], ends: [2n ** 63n - 1n], axes: [2n] }),
        node("Reshape", ["s", "shape"], ["f"]),
        node("Gemm", ["f", "w"], ["g"]),
        node("Softmax", ["g"], ["y"], { axis: 1n }),
      ],
    },
    { opset: 9, irVersion: 3n },
  );

/** Functions, subgraphs that are not in order, sparse and outside weights, strings, other domains. */
const features = () => {
  const branch = (value: string): GraphInit => ({ output: [info("r")], node: [node("Identity", [value], ["r"])] });
  return fileOf(
    {
      input: [info("x", [2, 2])],
      output: [info("y"), info("x")],
      initializer: [
        create(TensorProtoSchema, { name: "yes", dims: [], dataType: 9, int32Data: [1] }),
        create(TensorProtoSchema, { name: "s", dims: [1n], dataType: 8, stringData: [new TextEncoder().encode("word")] }),
        create(TensorProtoSchema, { name: "h", dims: [2n], dataType: 16, rawData: Uint8Array.of(0x80, 0x3f, 0, 0x40) }),
        create(TensorProtoSchema, {
          name: "e",
          dims: [2n],
          dataType: 1,
          dataLocation: 1,
          externalData: [
            { key: "location", value: "w.bin" },
            { key: "length", value: "8" },
          ],
        }),
      ],
      sparseInitializer: [create(SparseTensorProtoSchema, { values: floats("w", [2], [5, 7]), indices: int64s("", [2], [1n, 2n]), dims: [2n, 2n] })],
      node: [
        node("If", ["yes"], ["i"], { then_branch: { graph: branch("b") }, else_branch: { graph: branch("a") } }),
        node("local::twice", ["a"], ["b"], { s: 0.25 }),
        node("Mul", ["x", "w"], ["a"]),
        node("Cast", ["h"], ["h1"], { to: 1n }),
        node("Sum", ["i", "h1", "e"], ["y"]),
        node("Equal", ["s", "s"], ["same"]),
        node("com.microsoft::Inverse", ["x"], ["inverse"]),
      ],
    },
    {
      opsetImport: [
        { domain: "", version: 21n },
        { domain: "local", version: 1n },
      ],
      functions: [
        {
          name: "leaky",
          domain: "local",
          input: ["x"],
          output: ["y"],
          attributeProto: [attribute("slope", 0.5)],
          node: [{ ...node("LeakyRelu", ["x"], ["y"]), attribute: [{ ...attribute("alpha", 1), refAttrName: "slope" }] }],
        },
        {
          name: "twice",
          domain: "local",
          input: ["x"],
          output: ["y"],
          attribute: ["s"],
          node: [node("local::leaky", ["x"], ["h"]), node("local::leaky", ["h"], ["y"])],
        },
      ],
    },
  );
};

const external = (_: string, offset: number, length: number) => new Uint8Array(8).subarray(offset, offset + length);

/** Reads a file, writes it and asks for its gradient. Whatever is thrown must be ours and say what is wrong in one line. @returns whether it is a model */
function attempt(bytes: Uint8Array): boolean {
  const begin = performance.now();
  let isModel = false;
  try {
    const model = decodeModel(bytes, "file", { external });
    isModel = true;
    encodeModel(model);
    buildGraph("gradient", (g) => {
      const inputs = Object.fromEntries(model.graph.inputs.map(({ name, type }) => [name, g.input(name, type)]));
      const ys = Object.values(g.inline(model, inputs)).filter(({ type }) => isFloat(type.element));
      const dxs = vectorJacobian(
        g,
        ys,
        ys,
        Object.values(inputs).filter(({ type }) => isFloat(type.element)),
      );
      return Object.fromEntries(dxs.map((dx, i) => [`d${i}`, dx]));
    });
  } catch (error) {
    if (!(error instanceof SignflipError)) throw error;
    if (!isModel) expect(error.code).toBe("SF_ONNX");
    expect(error.message).not.toMatch(/\n|internal:|Cannot read|undefined|is not a function|is not iterable/);
  }
  expect(performance.now() - begin, "milliseconds").toBeLessThan(10_000);
  return isModel;
}

/** Sizes and lengths that mean trouble. */
const traps = [0n, 1n, -1n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n)];
const varints = traps.map((trap) => {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, trap); bytes.length === 0 || rest > 0n; rest >>= 7n) bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
  return bytes;
});

/** Bytes with one thing wrong: a bit, an end that is missing, a length that is another, a part twice or left out. */
function damaged(bytes: Uint8Array, draw: Random): Uint8Array {
  const below = (n: number) => Math.floor(draw.uniform() * n);
  const [at, length] = [below(bytes.length), 1 + below(16)];
  const splice = (gone: number, ...put: number[]) => Uint8Array.from([...bytes.subarray(0, at), ...put, ...bytes.subarray(at + gone)]);
  switch (below(5)) {
    case 0: {
      const copy = bytes.slice();
      for (let i = 0; i <= below(4); i++) copy[below(bytes.length)]! ^= 1 << below(8);
      return copy;
    }
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return splice(1, ...varints[below(varints.length)]!);
    case 3:
      return splice(length);
    default:
      return splice(0, ...bytes.subarray(at, at + length));
  }
}

const graphsOf = (graph: GraphProto): GraphProto[] => [graph, ...graph.node.flatMap(({ attribute }) => attribute.flatMap(({ g }) => (g ? graphsOf(g) : [])))];

/** A file whose bytes are in order and whose content is not: names exchanged, sizes that trap, parts left out or twice. */
function twisted(bytes: Uint8Array, draw: Random): Uint8Array {
  const proto: ModelProto = fromBinary(ModelProtoSchema, bytes);
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(draw.uniform() * list.length)];
  const graphs = graphsOf(proto.graph!);
  const nodes = [...graphs.flatMap((graph) => graph.node), ...proto.functions.flatMap((f) => f.node)];
  const tensors = [...graphs.flatMap((graph) => graph.initializer), ...nodes.flatMap(({ attribute }) => attribute.flatMap(({ t }) => (t ? [t] : [])))];
  const names = ["", ...nodes.flatMap(({ input, output }) => [...input, ...output]), ...graphs.flatMap((graph) => graph.input.map(({ name }) => name))];
  const trap = () => pick(traps)!;
  const change = (list: { [index: number]: unknown; length: number } | undefined, to: unknown) => {
    if (list && list.length > 0) list[Math.floor(draw.uniform() * list.length)] = to;
  };
  const twists: (() => void)[] = [
    () => change(pick(nodes)?.input, pick(names)!),
    () => change(pick(nodes)?.output, pick(names)!),
    () => change(pick(tensors)?.dims, trap()),
    () => change(pick(nodes.flatMap(({ attribute }) => attribute))?.ints, trap()),
    () => change(pick(tensors.filter(({ dataType }) => dataType === 7))?.int64Data, trap()),
    () => void pick(nodes)?.attribute.pop(),
    () => void pick(nodes)?.input.pop(),
    () => void pick(nodes)?.output.pop(),
    () => change(pick(graphs)?.node, clone(NodeProtoSchema, pick(nodes)!)),
    () => void pick(graphs)?.node.push(clone(NodeProtoSchema, pick(nodes)!)),
    () => void pick(graphs)?.input.pop(),
    () => void pick(graphs)?.initializer.pop(),
    () => void Object.assign(pick(nodes)!, { opType: pick(nodes)!.opType }),
    () => void Object.assign(pick(nodes.flatMap(({ attribute }) => attribute)) ?? {}, { type: Math.floor(draw.uniform() * 15), i: trap() }),
    () => void Object.assign(pick(tensors) ?? {}, { dataType: Math.floor(draw.uniform() * 28) }),
    () => void Object.assign(proto.opsetImport[0]!, { version: BigInt(Math.floor(draw.uniform() * 28)) }),
    () => {
      const dim = pick(
        graphs.flatMap((graph) => graph.input).flatMap(({ type }) => (type?.value.case === "tensorType" ? (type.value.value.shape?.dim ?? []) : [])),
      );
      if (dim) dim.value = { case: "dimValue", value: trap() };
    },
  ];
  for (let i = 0; i <= draw.uniform() * 2; i++) pick(twists)!();
  return toBinary(ModelProtoSchema, proto);
}

describe("hostile files are models or errors of one line", () => {
  const models: Record<string, () => Uint8Array> = { control, classifier, features };
  const share = Math.ceil(mutations / 6);
  for (const [name, make] of Object.entries(models)) {
    it(`${name}, as it is, is a model`, () => expect(attempt(make())).toBe(true));
    for (const [kind, mutate] of [
      ["bytes", damaged],
      ["content", twisted],
    ] as const) {
      it(`${name}: ${share} changes of its ${kind}`, { timeout: 600_000 }, () => {
        const bytes = make();
        const draw = random(7, `${name} ${kind}`);
        const before = process.memoryUsage().rss;
        let models = 0;
        for (let i = 0; i < share; i++) {
          const changed = mutate(bytes, draw);
          try {
            if (attempt(changed)) models++;
          } catch (cause) {
            throw new Error(`change ${i}: ${Buffer.from(changed).toString("base64")}`, { cause });
          }
        }
        // Both ends are met, and memory stays that of the process.
        expect(models).toBeGreaterThan(0);
        expect(models).toBeLessThan(share);
        expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 30);
      });
    }
  }

  it("branches within branches, deeper than any stack", () => {
    let graph: GraphInit = { name: "deepest", output: [info("r")], node: [node("Identity", ["x"], ["r"])] };
    for (let i = 0; i < 200; i++)
      graph = {
        name: `deep${i}`,
        output: [info("r")],
        node: [node("If", ["yes"], ["r"], { then_branch: { graph }, else_branch: { graph: { output: [info("r")], node: [node("Identity", ["x"], ["r"])] } } })],
      };
    const bytes = fileOf({ ...graph, input: [info("x", [1]), info("yes", [], 9)] });
    expect(() => decodeModel(bytes)).toThrow(expect.objectContaining({ code: "SF_ONNX" }));
  });

  it("a chain of 20,000 nodes that stands backward is no trouble", () => {
    const length = 20_000;
    const bytes = fileOf({
      input: [info("v0", [1])],
      output: [info(`v${length}`)],
      node: Array.from({ length }, (_, i) => node("Neg", [`v${length - 1 - i}`], [`v${length - i}`])),
    });
    expect(decodeModel(bytes).graph.nodes.length).toBe(length);
  });
});
