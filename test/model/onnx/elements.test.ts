import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorProtoSchema } from "onnx-buf";
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../../src/graph/builder.ts";
import { type Attribute, type TensorType, type Value, f32, float, int } from "../../../src/graph/ir.ts";
import { loadClassifier } from "../../../src/model/onnx/load.ts";
import { sizeOf, tensorOf } from "../../../src/tensor/tensor.ts";
import { oldFile } from "../../graph/upgrade/old-model.ts";
import { loadBuilt, points, scoresAt, weights } from "./support.ts";

const op = (g: GraphBuilder, name: string, inputs: readonly (Value | undefined)[], attributes = {}, outputs = 1) => g.op(name, inputs, attributes, outputs)[0]!;
const image = f32(["n", 3, 4, 4]);
const channel = (g: GraphBuilder, values: readonly number[], shape = [3, 1, 1]) => g.constant(tensorOf("float32", shape, values));
const pooled = (g: GraphBuilder, x: Value) => g.matMul(g.reduceMean(g.relu(x), [2, 3], false), g.constant(weights([3, 4])));

/** A matrix of bfloat16 numbers, as raw bytes or as integers. */
function bfloat16(g: GraphBuilder, isRaw: boolean): Value {
  const bits = [0x3f80, 0xbf00, 0x4020, 0x3e80, 0xc000, 0x3f00];
  const data = isRaw ? { rawData: new Uint8Array(Uint16Array.from(bits).buffer) } : { int32Data: bits };
  return g.opaque(create(TensorProtoSchema, { name: "w", dims: [2n, 3n], dataType: 16, ...data }), { element: "bfloat16", shape: [2, 3] });
}

async function agrees(type: TensorType, build: (g: GraphBuilder, x: Value) => Value, digits = 5) {
  const model = await loadBuilt(type, build);
  const x = points(model, 3, 4);
  const d = sizeOf(model.inputShape);
  const ours =
    model.mostRows === 1 ? await Promise.all([0, 1, 2].map(async (i) => (await scoresAt(model, x.slice(i * d, (i + 1) * d)))[0]!)) : await scoresAt(model, x);
  (await model.predictOriginal(x)).forEach(({ scores }, i) => scores.forEach((score, k) => expect(ours[i]![k]!).toBeCloseTo(score, digits)));
  await model.dispose();
  return model;
}

describe("weights of few bits", () => {
  test.each([true, false])("bfloat16, raw %s", async (isRaw) => {
    const { report } = await agrees(f32(["n", 2]), (g, x) => g.matMul(x, g.cast(bfloat16(g, isRaw), "float32")));
    expect(report).toMatchObject({ supported: true, gradient: "exact", parameters: 6 });
  });

  test("what is rounded to bfloat16 on its way has a gradient", async () => {
    const rounded = (g: GraphBuilder, x: Value) => g.cast(op(g, "Cast", [x], { to: int(16) }), "float32");
    const { report } = await agrees(f32(["n", 4]), (g, x) => g.matMul(rounded(g, x), g.constant(weights([4, 3]))), 1);
    expect(report).toMatchObject({ supported: true, gradient: "exact" });
    expect(report.assumptions.join(" ")).toContain("numbers of lower precision");
  });

  test("int8 weights, which the engine multiplies with inputs of as few bits", async () => {
    const w = tensorOf("int8", [4, 3], [3, -20, 40, 100, -70, 9, 17, 33, -90, 60, -11, 5]);
    const { report } = await agrees(
      f32(["n", 4]),
      (g, x) => g.matMul(x, op(g, "DequantizeLinear", [g.constant(w), g.constant(tensorOf("float32", [], [0.02]))])),
      1,
    );
    expect(report).toMatchObject({ supported: true, gradient: "exact" });
    expect(report.verified!.file).toBeLessThan(0.03);
  });
});

describe("quantized models", () => {
  const scale = (g: GraphBuilder, value: number) => g.constant(tensorOf("float32", [], [value]));
  const zero = (g: GraphBuilder) => g.constant(tensorOf("uint8", [], [128]));
  const quantized = (g: GraphBuilder, x: Value) => op(g, "QuantizeLinear", [x, scale(g, 0.05), zero(g)]);

  test("between QuantizeLinear and DequantizeLinear the gradient goes straight through, and is said to", async () => {
    const { report } = await agrees(
      f32(["n", 4]),
      (g, x) => g.matMul(op(g, "DequantizeLinear", [quantized(g, x), scale(g, 0.05), zero(g)]), g.constant(weights([4, 3]))),
      1,
    );
    expect(report).toMatchObject({ supported: true, gradient: "exact" });
    expect(report.assumptions.join(" ")).toContain("straight through the rounding");
  });

  const fused: [string, (g: GraphBuilder, q: Value) => Value][] = [
    ["QLinearAdd", (g, q) => op(g, "com.microsoft::QLinearAdd", [q, scale(g, 0.05), zero(g), q, scale(g, 0.05), zero(g), scale(g, 0.1), zero(g)])],
    ["QLinearMul", (g, q) => op(g, "com.microsoft::QLinearMul", [q, scale(g, 0.05), zero(g), q, scale(g, 0.05), zero(g), scale(g, 0.1), zero(g)])],
    ["QLinearSigmoid", (g, q) => op(g, "com.microsoft::QLinearSigmoid", [q, scale(g, 0.05), zero(g), scale(g, 0.1), zero(g)])],
    ["QLinearLeakyRelu", (g, q) => op(g, "com.microsoft::QLinearLeakyRelu", [q, scale(g, 0.05), zero(g), scale(g, 0.1), zero(g)], { alpha: float(0.2) })],
    [
      "QLinearConcat",
      (g, q) => op(g, "com.microsoft::QLinearConcat", [scale(g, 0.1), zero(g), q, scale(g, 0.05), zero(g), q, scale(g, 0.05), zero(g)], { axis: int(1) }),
    ],
    [
      "QGemm",
      (g, q) => {
        const w = g.constant(tensorOf("int8", [4, 3], [3, -20, 40, 100, -70, 9, 17, 33, -90, 60, -11, 5]));
        const bias = g.constant(tensorOf("int32", [3], [100, -200, 300]));
        const none = g.constant(tensorOf("int8", [], [0]));
        return op(g, "com.microsoft::QGemm", [q, scale(g, 0.05), zero(g), w, scale(g, 0.02), none, bias, scale(g, 0.1), zero(g)]);
      },
    ],
  ];
  test.each(fused)("%s is read as an operator on real numbers", async (_, build) => {
    const { report } = await agrees(f32(["n", 4]), (g, x) => op(g, "DequantizeLinear", [build(g, quantized(g, x)), scale(g, 0.1), zero(g)]), 0);
    expect(report).toMatchObject({ supported: true, gradient: "exact" });
    expect(report.verified!.file).toBeLessThan(0.11);
  });
});

describe("normalization inside a model", () => {
  const subtracted: [number[], number[]] = [
    [0.5, 0.25, 0.75],
    [2, 4, 0.5],
  ];
  test.each<[string, (g: GraphBuilder, x: Value) => Value, number[], number[]]>([
    ["Sub and Div", (g, x) => g.div(g.sub(x, channel(g, [0.5, 0.25, 0.75])), channel(g, [2, 4, 0.5])), ...subtracted],
    ["Mul and Add", (g, x) => g.add(g.mul(x, channel(g, [0.5, 0.25, 2])), channel(g, [-0.25, -0.0625, -1.5])), ...subtracted],
    ["Div by 255, then Sub and Div", (g, x) => g.div(g.sub(g.div(x, 255), channel(g, [0.5, 0.5, 0.5])), 0.25), [127.5, 127.5, 127.5], [63.75, 63.75, 63.75]],
    [
      "BatchNormalization",
      (g, x) => {
        const v = (...values: number[]) => channel(g, values, [3]);
        return op(g, "BatchNormalization", [x, v(1, 1, 1), v(0, 0, 0), v(0.5, 0.25, 0.75), v(4, 16, 0.25)], { epsilon: float(0) });
      },
      ...subtracted,
    ],
  ])("%s", async (_, normalize, mean, std) => {
    const { report } = await agrees(image, (g, x) => pooled(g, normalize(g, x)));
    report.normalization!.mean.forEach((one, i) => expect(one).toBeCloseTo(mean[i]!, 5));
    report.normalization!.std.forEach((one, i) => expect(one).toBeCloseTo(std[i]!, 5));
    expect(report.assumptions.join(" ")).toContain("normalizes its input itself");
  });

  test("there is none where the input goes elsewhere too, or differs within a channel", async () => {
    const both = await agrees(image, (g, x) => pooled(g, g.add(g.sub(x, 0.5), g.relu(x))));
    const within = await agrees(image, (g, x) => pooled(g, g.sub(x, g.constant(weights([1, 3, 4, 4])))));
    expect([both, within].map(({ report }) => report.normalization)).toEqual([undefined, undefined]);
  });
});

test("BatchNormalization in training mode takes the statistics of each sample alone", async () => {
  const model = await agrees(image, (g, x) => {
    const v = (seed: number) => g.op("Abs", [g.constant(weights([3], seed))])[0];
    return pooled(g, op(g, "BatchNormalization", [x, v(1), v(2), v(3), v(4)], { training_mode: int(1) }, 3));
  });
  expect(model.mostRows).toBeUndefined();
  expect(model.report).toMatchObject({ supported: true, gradient: "exact" });
});

test("until opset 14, further outputs of BatchNormalization mean training", async () => {
  const inputs = { x: weights([1, 2, 3]), s: weights([2], 2), b: weights([2], 3), m: weights([2], 4), v: tensorOf("float32", [2], [1, 2]) };
  const outputs = Array.from({ length: 5 }, () => "float32" as const);
  const proto = fromBinary(ModelProtoSchema, oldFile({ op: "BatchNormalization", version: 9, inputs, attributes: {}, outputs }, "fixed"));
  proto.graph!.output.splice(1);
  const [x] = proto.graph!.input;
  expect(x!.name).toBe("x");
  const bytes = toBinary(ModelProtoSchema, proto);
  const model = await loadClassifier(bytes, { inputShape: [2, 3] });
  expect(model.report).toMatchObject({ supported: true, gradient: "exact" });
  expect(model.report.verified!.file).toBeLessThan(1e-5);
  await model.dispose();
});

describe("what stands in a gradient's way is named", () => {
  /** A loop that adds what `step` makes of the running sum, as often as `trips` says. */
  const loop = (g: GraphBuilder, x: Value, trips: Value, step: (b: GraphBuilder, value: Value) => Value) =>
    g.loop(trips, [x], (b, [value]) => ({ state: [step(b, value)] })).state[0];

  test("a Loop that runs as often as the values say", async () => {
    const { report } = await agrees(f32([1, 3]), (g, x) =>
      loop(g, x, g.cast(g.reduceMax(g.abs(x), undefined, false), "int64"), (b, value) => b.mul(value, 0.5)),
    );
    expect(report).toMatchObject({ supported: false, gradient: "none" });
    expect(report.unsupported).toEqual([{ op: "Loop", node: expect.any(String), why: expect.stringContaining("number of iterations is not fixed") }]);
  });

  test("an operator within a Loop", async () => {
    const { report } = await agrees(f32([1, 2, 2]), (g, x) =>
      g.reshape(
        loop(g, x, g.int(2), (b, value) => b.add(value, b.op("Det", [value])[0])),
        [1, 4],
      ),
    );
    expect(report.unsupported).toMatchObject([{ op: "Det" }]);
  });

  test("an If of the values has a gradient", async () => {
    const { report } = await agrees(f32([1, 3]), (g, x) => {
      const branch = (f: (b: GraphBuilder) => Value): Attribute => {
        const b = new GraphBuilder("branch", g);
        b.finish([f(b)]);
        return { kind: "graph", value: b.graph };
      };
      const positive = g.greater(g.reduceSum(x, undefined, false), 0);
      return op(g, "If", [positive], { then_branch: branch((b) => b.mul(x, x)), else_branch: branch((b) => b.neg(x)) });
    });
    expect(report).toMatchObject({ supported: true, gradient: "exact" });
  });
});

test("a constant in the type of the input, or of its shape, is no value of the sample", async () => {
  const model = await agrees(f32([1, 3]), (g, x) => {
    const eye = op(g, "EyeLike", [g.matMul(g.transpose(x), x)]);
    return g.mul(g.matMul(x, eye), op(g, "CastLike", [g.constant(tensorOf("int32", [3], [1, -2, 3])), x]));
  });
  expect(model.mostRows).toBeUndefined();
});

test("scores that are no numbers are said, and an input of no numbers is refused", async () => {
  const model = await loadBuilt(f32(["n", 3]), (g, x) => g.log(g.sub(g.neg(g.abs(x)), 1)));
  await model.dispose();
  expect(model.assumptions.join(" ")).toContain("NaN or infinite");
  await expect(loadBuilt(f32([0, 3]), (g, x) => g.mul(x, 2))).rejects.toMatchObject({
    code: "SF_NETWORK",
    message: expect.stringContaining("holds no numbers"),
  });
});

test.each<[string, TensorType, (g: GraphBuilder, x: Value) => Value]>([
  ["an input", f32([1, 2 ** 36]), (g, x) => g.reduceMax(x, [1])],
  ["a value on the way", f32([1, 2]), (g, x) => g.reduceMax(g.expand(g.unsqueeze(x, [2]), [1, 2, 2 ** 36]), [2], false)],
  ["a constant that the engine would compute", f32([1, 2]), (g, x) => g.add(x, g.reduceMax(g.expand(g.scalar(1, "float32"), [2 ** 36, 2]), [0], false))],
])("%s that is larger than the memory is refused before the engine is asked", async (_, type, build) => {
  await expect(loadBuilt(type, build)).rejects.toMatchObject({ code: "SF_MEMORY" });
});
