import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type GraphProto, type ModelProto, ModelProtoSchema, TensorProtoSchema, TypeProto_TensorSchema } from "onnx-buf";
import { afterAll, describe, expect, it } from "vitest";
import type { GraphBuilder } from "../../src/graph/builder.ts";
import { decodeModel } from "../../src/graph/decode.ts";
import { type Attribute, type Graph, type Model, type TensorType, type Value, elementOf, int, onnxElement } from "../../src/graph/ir.ts";
import { ruleOf } from "../../src/graph/ops/index.ts";
import { withSession } from "../../src/runtime/session.ts";
import { type Tensor, arrayTypes, isFloat, numbersOf, tensorOf } from "../../src/tensor/tensor.ts";
import { withoutFloat64 } from "./float64.ts";
import { type Feeds, checkGradient, coarse, precise, run, withGradient } from "./support.ts";

/** The ONNX project's own tests of single operators, as Debian's libonnx-testdata installs them. */
const root = "/usr/share/libonnx-testdata/data/node";
const found = existsSync(root);

interface NodeTest {
  readonly name: string;
  readonly proto: ModelProto;
  readonly ops: readonly string[];
}

/** The operators that a file has once it is read: old ones have become others. */
function opsRead(graph: Graph): string[] {
  return graph.nodes.flatMap(({ op, attributes }) => [op, ...Object.values(attributes).flatMap((one) => (one.kind === "graph" ? opsRead(one.value) : []))]);
}

function opsOf(graph: GraphProto | undefined): string[] {
  return (graph?.node ?? []).flatMap((node) => [node.domain ? `${node.domain}::${node.opType}` : node.opType, ...node.attribute.flatMap(({ g }) => opsOf(g))]);
}

function load(name: string): NodeTest {
  const proto = fromBinary(ModelProtoSchema, readFileSync(join(root, name, "model.onnx")));
  const ops = (() => {
    try {
      return opsRead(decodeModel(toBinary(ModelProtoSchema, proto), name).graph);
    } catch {
      return opsOf(proto.graph);
    }
  })();
  return { name, proto, ops: [...new Set(ops)] };
}

function readTensor(path: string): Tensor {
  const proto = fromBinary(TensorProtoSchema, readFileSync(path));
  const element = elementOf(proto.dataType);
  if (!element) throw new Error(`element type ${proto.dataType}`);
  const shape = proto.dims.map(Number);
  const bytes = Uint8Array.from(proto.rawData);
  const length = shape.reduce((a, b) => a * b, 1);
  expect(bytes.byteLength).toBe(length * arrayTypes[element].BYTES_PER_ELEMENT);
  const data = new arrayTypes[element](length);
  new Uint8Array(data.buffer).set(bytes);
  return { element, shape, data };
}

/** The inputs or outputs of a test, by the names in its graph; an optional one that is left out has no name there. */
function tensorsOf({ name, proto }: NodeTest, kind: "input" | "output"): Record<string, Tensor> {
  return Object.fromEntries(proto.graph![kind].map((info, i) => [info.name, readTensor(join(root, name, "test_data_set_0", `${kind}_${i}.pb`))]));
}

const tests = found ? readdirSync(root).toSorted().map(load) : [];
const known = tests.filter(({ ops }) => ops.every((op) => ruleOf(op)));

/** What cannot be checked, and why. Every other test of known operators must pass. */
const unchecked: Readonly<Record<string, string>> = {
  "cast(like)?_.*BFLOAT16.*": "bfloat16 is not read",
  "cast(like)?_.*STRING.*": "strings are not read",
  "identity_(opt|sequence)": "its output is not a tensor",
  "bernoulli(_double|_seed)?(_expanded)?": "random numbers of another generator",
  "(bitshift_.*|(max|min))_u?int16": "ONNX Runtime's CPU has no kernel for 16-bit integers",
  "pow_types_float32_uint(32|64)": "ONNX Runtime's CPU has no kernel for unsigned exponents",
  "(gru|lstm|simple_rnn)_batchwise": "ONNX Runtime's CPU does not run layout 1",
  "(sequence|split_to_sequence|if_seq|if_opt|loop13_seq|loop16_seq|optional).*": "its values are sequences of tensors",
  "strnormalizer_.*": "strings are not read",
  maxunpool_export_with_output_shape: "ONNX Runtime takes the positions in the given shape, not in the one that the windows cover",
  "resize_downsample_scales_(cubic|linear)_align_corners": "ONNX Runtime aligns the corners of the whole pixels there are, the test those of a fraction of one",
  "training_dropout(_default)?(_mask)?": "random numbers of another generator",
};

/** The same for gradients. */
const notDifferentiated: Readonly<Record<string, string>> = {
  ...unchecked,
  "(acos|asin|atanh|tan)": "one input lies where the function is so steep that differences in float32 are too coarse",
  acosh_example: "one input is 1, below which the function is not defined",
  "(elu|leakyrelu|selu)_example": "one input is 0, where the function has a kink (kinks.test.ts)",
  reduce_min_default_axes_keepdims_example: "two inputs tie for the smallest, where the function has a kink (kinks.test.ts)",
  "onehot_(negative_indices|with_axis|with_negative_axis)": "its depth is a floating-point input, whose small steps change how many classes there are",
  pow: "one base is 0, below which the function is not defined (kinks.test.ts)",
  "batchnorm_.*_training_mode": "running statistics have no gradient",
  range_float_type_positive_delta: "small steps change how many elements there are",
  scatternd_multiply: "no gradient through a scatter that multiplies",
  thresholdedrelu_example: "one input is the threshold, where the function jumps",
  "training_dropout_zero_ratio(_mask)?": "no gradient through Dropout in training mode",
};

/**
 * Inputs that say where an operator samples: they are given. Small steps of Resize's change shapes, and the places of the others lie on
 * pixels or their borders, where there are kinks (the cases of their operators have gradients with respect to them).
 */
const settings = new Set(["scales", "roi", "Grid", "rois"]);

/** Tests whose numbers are rounded: π, or all that they expect; the sums of DFT have a hundred terms of both signs. */
const rounded: readonly [RegExp, number][] = [
  [/window(_symmetric)?(_expanded)?$|gridsample_bicubic|roialign|stft/, 1e-4],
  [/dft/, 1e-3],
];

/** Sums of large whole numbers, linear in each input: a large step changes nothing but the error of rounding. */
const largeNumbers = /^test_convtranspose/;

/** Shapes that no inference can know, because they depend on the values of floating-point numbers or on how often a loop runs. */
const shapesByValue = ["Compress", "Loop", "NonMaxSuppression", "NonZero", "OneHot", "Range", "Resize", "Unique", "Upsample"];

const reasonFor = (table: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.entries(table).find(([pattern]) => new RegExp(`^test_(${pattern})$`).test(name))?.[1];

let ran = 0;
let differentiated = 0;

/** Why tests are left out, and how many for each reason. */
function leftOut(): string[] {
  const counts = new Map<string, number>();
  for (const { name, ops } of tests) {
    const missing = ops.filter((op) => !ruleOf(op));
    const because = missing.length > 0 ? `no rule for ${missing.join(", ")}` : reasonFor(unchecked, name);
    if (because) counts.set(because, (counts.get(because) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([because, count]) => `  ${count}: ${because}`);
}

describe.skipIf(!found)(
  `the ONNX project's tests of operators (${found ? `${known.length} of ${tests.length} use only known operators` : `libonnx-testdata is not installed: no ${root}`})`,
  () => {
    afterAll(() =>
      console.log(
        [
          `the ONNX project's tests of operators: ${known.length} of ${tests.length} use only known ones; ${ran} run and compared, ${differentiated} differentiated`,
          "left out:",
          ...leftOut(),
        ].join("\n"),
      ),
    );

    it("are found, and most of what a classifier needs among them", () => expect(known.length).toBeGreaterThan(400));

    for (const test of known) {
      const because = reasonFor(unchecked, test.name);
      it.skipIf(because)(`${test.name}${because ? `: ${because}` : ""}`, async () => {
        const inputs = tensorsOf(test, "input");
        const outputs = tensorsOf(test, "output");
        checkInference(test.proto, inputs, outputs);
        const result = await run(decodeModel(toBinary(ModelProtoSchema, test.proto), test.name), inputs);
        for (const [name, expected] of Object.entries(outputs))
          expectClose(name, result[name]!, expected, rounded.find(([pattern]) => pattern.test(test.name))?.[1] ?? 1e-5);
        ran++;
      });
    }

    for (const test of known.filter(isDifferentiable)) {
      const because = reasonFor(notDifferentiated, test.name);
      it.skipIf(because)(`${test.name}, its gradient${because ? `: ${because}` : ""}`, async () => {
        await checkGradientOf(test, tensorsOf(test, "input"));
        differentiated++;
      });
    }
  },
);

/** With small integer inputs fixed in the graph (axes, shapes, …), the shapes of the outputs follow from those of the inputs. */
function checkInference(proto: ModelProto, inputs: Feeds, outputs: Feeds): void {
  const copy = fromBinary(ModelProtoSchema, toBinary(ModelProtoSchema, proto));
  const graph = copy.graph!;
  // The file names the shapes of its outputs: taken away, so that they have to be inferred.
  for (const info of graph.output)
    if (info.type?.value.case === "tensorType") info.type.value.value = create(TypeProto_TensorSchema, { elemType: info.type.value.value.elemType });
  for (const [name, { element, shape, data }] of Object.entries(inputs)) {
    if ((element === "int64" || element === "int32") && shape.length <= 1)
      graph.initializer.push(
        create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType: onnxElement[element], rawData: new Uint8Array(data.buffer as ArrayBuffer) }),
      );
  }
  const model = decodeModel(toBinary(ModelProtoSchema, copy), "inference");
  const byValue = opsOf(graph).some((op) => shapesByValue.includes(op));
  for (const { name, type } of model.graph.outputs) {
    const expected = outputs[name]!;
    expect(type.element, `element type of ${name}`).toBe(expected.element);
    const inferred = byValue ? type.shape?.map((dim, axis) => (typeof dim === "string" ? expected.shape[axis] : dim)) : type.shape;
    if (inferred || !byValue) expect(inferred, `shape of ${name}`).toEqual(expected.shape);
  }
}

function isDifferentiable({ proto, ops }: NodeTest): boolean {
  const kinds = [...proto.graph!.input, ...proto.graph!.output].map(({ type }) =>
    type?.value.case === "tensorType" ? (elementOf(type.value.value.elemType) ?? "?") : "?",
  );
  const isReal = (kind: string) => kind === "float32" || kind === "float64";
  return (
    !kinds.includes("?") &&
    !kinds.includes("float16") &&
    kinds.slice(0, proto.graph!.input.length).some(isReal) &&
    kinds.slice(proto.graph!.input.length).some(isReal) &&
    ops.every((op) => op !== "Loop") &&
    ops.some((op) => !("none" in ruleOf(op)!.vjp))
  );
}

/** Where no float64 is to be had: outputs of LayerNormalization, and subgraphs, which name their types. */
const inFloat32 = new Set([...withoutFloat64, "If", "LayerNormalization", "Scan", "Upsample"]);

/** The gradient at the test's inputs, in float64 where every operator has a kernel for it: once with all inputs fed, once with integers fixed. */
async function checkGradientOf({ name, proto }: NodeTest, inputs: Feeds): Promise<void> {
  const element = opsOf(proto.graph).some((op) => inFloat32.has(op)) ? "float32" : "float64";
  const precision = element === "float64" ? precise : largeNumbers.test(name) ? { step: 1, tolerance: 1e-3 } : coarse;
  const source = decodeModel(toBinary(ModelProtoSchema, proto), "gradient");
  const feeds = Object.fromEntries(Object.entries(inputs).map(([name, t]) => [name, isFloat(t.element) ? tensorOf(element, t.shape, numbersOf(t)) : t]));
  for (const fixed of [false, true]) {
    const isFixed = (input: string, t: Tensor) => (fixed && !isFloat(t.element)) || settings.has(input);
    if (fixed && Object.values(feeds).every((t) => isFloat(t.element))) continue;
    const fed = Object.fromEntries(Object.entries(feeds).filter(([input, t]) => !isFixed(input, t)));
    const model = withGradient({
      inputs: Object.fromEntries(Object.entries(fed).map(([name, t]): [string, TensorType] => [name, { element: t.element, shape: t.shape }])),
      build: (g, values) =>
        widen(source, g, element, {
          ...Object.fromEntries(Object.entries(feeds).map(([name, t]) => [name, isFixed(name, t) ? g.constant(t) : t])),
          ...values,
        } as Record<string, Value>),
    });
    await withSession(model, { threads: 1 }, (session) => checkGradient(session, model, fed, precision));
  }
}

/** Copies a model's nodes, with every float32 in it made another type. */
function widen({ graph }: Model, g: GraphBuilder, element: "float32" | "float64", inputs: Readonly<Record<string, Value>>): Value[] {
  const wider = (t: Tensor) => (isFloat(t.element) ? tensorOf(element, t.shape, numbersOf(t)) : t);
  const map = new Map<Value, Value>([
    ...graph.inputs.map((input): [Value, Value] => [input, inputs[input.name]!]),
    ...graph.initializers.map((value): [Value, Value] => [value, g.constant(wider(value.constant!))]),
  ]);
  const widened = (name: string, attribute: Attribute): Attribute => {
    if (attribute.kind === "tensor") return { kind: "tensor", value: wider(attribute.value) };
    return name === "to" && attribute.kind === "int" && isFloat(elementOf(attribute.value)!) ? int(onnxElement[element]) : attribute;
  };
  for (const { op, inputs, outputs, attributes } of graph.nodes) {
    const copies = g.op(
      op,
      inputs.map((input) => input && map.get(input)),
      Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, widened(name, attribute)])),
      outputs.length,
    );
    outputs.forEach((output, i) => map.set(output, copies[i]!));
  }
  return graph.outputs.map((output) => map.get(output)!);
}

function expectClose(name: string, got: Tensor, expected: Tensor, float32: number): void {
  expect(got.element, name).toBe(expected.element);
  expect(got.shape, `shape of ${name}`).toEqual(expected.shape);
  const half = expected.element === "float16";
  const [a, b] = [got, expected].map((t) => (half ? Array.from(t.data as Uint16Array, fromHalf) : numbersOf(t))) as [number[], number[]];
  const tolerance = half ? 1e-3 : isFloat(expected.element) ? float32 : 0;
  for (const [i, x] of b.entries()) {
    const same = Object.is(a[i], x) || a[i] === x || Math.abs(a[i]! - x) <= tolerance * Math.max(1, Math.abs(x));
    if (!same) expect.fail(`${name}[${i}]: expected ${x}, got ${a[i]}`);
  }
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
