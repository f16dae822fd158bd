import { floatOf, intOf, intsOf, stringOf } from "../../../src/graph/attributes.ts";
import { GraphBuilder } from "../../../src/graph/builder.ts";
import { convertFloats } from "../../../src/graph/convert.ts";
import { type Attributes, type Model, type Node, type Value } from "../../../src/graph/ir.ts";
import { numbersOf, sizeOf, tensorOf } from "../../../src/tensor/tensor.ts";

/** A node whose operator the engine does not compute in float64, with all its shapes known. */
interface Original {
  readonly g: GraphBuilder;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  /** The shape of its output. */
  readonly out: readonly number[];
  /** The node in float32. */
  readonly original: Node;
}
type WrittenOut = (node: Original) => Value;

const sizes = (value: Value) => value.type.shape as readonly number[];
const op = (g: GraphBuilder, name: string, inputs: readonly Value[], attributes: Attributes = {}) => g.op(name, inputs, attributes)[0];

/** Pads or, where amounts are negative, crops. */
function padded(g: GraphBuilder, x: Value, before: readonly number[], after: readonly number[], fill = 0): Value {
  const lead = [0, 0];
  return op(g, "Pad", [x, g.ints([...lead, ...before, ...lead, ...after]), g.scalar(fill, "float64")]);
}

/** Where windows lie: strides, dilations and what is put before and after each axis, so that there are `out` windows. */
function windowsOf(attributes: Attributes, kernel: readonly number[], size: readonly number[], out: readonly number[]) {
  const ones = kernel.map(() => 1);
  const strides = intsOf(attributes, "strides", ones).map(Number);
  const dilations = intsOf(attributes, "dilations", ones).map(Number);
  const spans = kernel.map((k, i) => (k - 1) * dilations[i]! + 1);
  const auto = stringOf(attributes, "auto_pad", "NOTSET");
  const needed = kernel.map((_, i) => (out[i]! - 1) * strides[i]! + spans[i]! - size[i]!);
  const told = intsOf(attributes, "pads", [...ones, ...ones].fill(0)).map(Number);
  const same = needed.map((total) => Math.max(total, 0));
  const before =
    auto === "SAME_UPPER" ? same.map((t) => Math.floor(t / 2)) : auto === "SAME_LOWER" ? same.map((t) => Math.ceil(t / 2)) : told.slice(0, kernel.length);
  return { strides, dilations, before, after: needed.map((total, i) => total - before[i]!), told: told.slice(kernel.length) };
}

/** Every place in a kernel. */
function* taps(kernel: readonly number[]): Generator<number[]> {
  if (kernel.length === 0) yield [];
  else for (let i = 0; i < kernel[0]!; i++) for (const rest of taps(kernel.slice(1))) yield [i, ...rest];
}

/** For each tap of a window, the elements under it in all windows, `[N, C, …out]`. */
function underTaps(
  g: GraphBuilder,
  x: Value,
  kernel: readonly number[],
  { strides, dilations }: ReturnType<typeof windowsOf>,
  out: readonly number[],
): Value[] {
  const axes = kernel.map((_, i) => i + 2);
  return [...taps(kernel)].map((tap) => {
    const starts = tap.map((k, i) => k * dilations[i]!);
    const ends = starts.map((start, i) => start + (out[i]! - 1) * strides[i]! + 1);
    return g.slice(x, starts, ends, axes, strides);
  });
}

const sum = (g: GraphBuilder, values: readonly Value[]) => values.reduce((a, b) => g.add(a, b));

const withBias = (g: GraphBuilder, y: Value, b: Value | undefined, out: readonly number[]) =>
  b ? g.add(y, g.reshape(b, [1, out[1]!, ...out.slice(2).map(() => 1)])) : y;

const conv: WrittenOut = ({ g, inputs, attributes, out }) => {
  const [x, w, b] = inputs as [Value, Value, Value | undefined];
  const [[n, c, ...size], [m, , ...kernel]] = [sizes(x) as [number, number], sizes(w) as [number, number, ...number[]]];
  const groups = intOf(attributes, "group", 1);
  const places = out.slice(2);
  const windows = windowsOf(attributes, kernel, size, places);
  const parts = underTaps(g, padded(g, x, windows.before, windows.after), kernel, windows, places);
  const flat = g.reshape(w, [groups, m / groups, c / groups, sizeOf(kernel)]);
  const products = parts.map((part, k) => {
    const weights = g.squeeze(g.slice(flat, [k], [k + 1], [3]), [3]);
    return g.matMul(weights, g.reshape(part, [n, groups, c / groups, sizeOf(places)]));
  });
  return withBias(g, g.reshape(sum(g, products), out), b, out);
};

/** Each element of x, times the kernel, is added where it belongs: the elements are set apart by the strides first. */
const convTranspose: WrittenOut = ({ g, inputs, attributes, out }) => {
  const [x, w, b] = inputs as [Value, Value, Value | undefined];
  const [[n, c, ...size], [, perGroup, ...kernel]] = [sizes(x) as [number, number, ...number[]], sizes(w) as [number, number, ...number[]]];
  const groups = intOf(attributes, "group", 1);
  const { strides, dilations, told } = windowsOf(attributes, kernel, out.slice(2), size);
  const before = intsOf(attributes, "pads", [...told, ...told]).map(Number);
  if (stringOf(attributes, "auto_pad", "NOTSET") !== "NOTSET") throw new Error("ConvTranspose with auto_pad is not written out in float64");
  const flat = g.reshape(w, [groups, c / groups, perGroup, sizeOf(kernel)]);
  const rows = g.reshape(x, [n, groups, c / groups, sizeOf(size)]);
  const apart = (value: Value) => {
    let y = g.reshape(value, [n, groups * perGroup, ...size.flatMap((length) => [length, 1])]);
    const shape = sizes(y).slice(2);
    y = padded(
      g,
      y,
      shape.map(() => 0),
      shape.map((_, i) => (i % 2 ? strides[(i - 1) / 2]! - 1 : 0)),
    );
    return g.reshape(y, [n, groups * perGroup, ...size.map((length, i) => length * strides[i]!)]);
  };
  const parts = [...taps(kernel)].map((tap, k) => {
    const weights = g.transpose(g.squeeze(g.slice(flat, [k], [k + 1], [3]), [3]), [0, 2, 1]);
    const spread = apart(g.matMul(weights, rows));
    const start = tap.map((t, i) => t * dilations[i]! - before[i]!);
    return padded(
      g,
      spread,
      start,
      start.map((at, i) => out[i + 2]! - at - size[i]! * strides[i]!),
    );
  });
  return withBias(g, sum(g, parts), b, out);
};

/** Means over windows: of all that lies in the padded input, or of the input alone. */
const averagePool: WrittenOut = ({ g, inputs: [x], attributes, out }) => {
  const kernel = intsOf(attributes, "kernel_shape", []).map(Number);
  const [size, places] = [sizes(x!).slice(2), out.slice(2)];
  const windows = windowsOf(attributes, kernel, size, places);
  const parts = underTaps(g, padded(g, x!, windows.before, windows.after), kernel, windows, places);
  const countsPads = intOf(attributes, "count_include_pad", 0) === 1;
  const counts = [...taps(places)].map((place) => {
    const each = place.map((at, i) => {
      const start = at * windows.strides[i]! - windows.before[i]!;
      const [low, high] = countsPads ? [-windows.before[i]!, size[i]! + windows.told[i]!] : [0, size[i]!];
      return Array.from({ length: kernel[i]! }, (_, k) => start + k * windows.dilations[i]!).filter((j) => j >= low && j < high).length;
    });
    return sizeOf(each);
  });
  return g.div(sum(g, parts), g.constant(tensorOf("float64", places, counts)));
};

const lpPool: WrittenOut = ({ g, inputs: [x], attributes, out }) => {
  const kernel = intsOf(attributes, "kernel_shape", []).map(Number);
  const windows = windowsOf(attributes, kernel, sizes(x!).slice(2), out.slice(2));
  const p = intOf(attributes, "p", 2);
  const parts = underTaps(g, padded(g, g.abs(x!), windows.before, windows.after), kernel, windows, out.slice(2));
  return g.pow(
    sum(
      g,
      parts.map((part) => g.pow(part, p)),
    ),
    1 / p,
  );
};

/** Resizing is linear, an axis at a time: each axis is multiplied with what the engine makes, in float32, of unit vectors. */
const resize: WrittenOut = ({ g, inputs: [x], original, out }) => {
  const scales = original.inputs[2]?.constant && sizeOf(original.inputs[2].constant.shape) > 0 ? numbersOf(original.inputs[2].constant) : undefined;
  const { axes: _, ...attributes } = original.attributes;
  const axes = intsOf(original.attributes, "axes", [...out.keys()]).map(Number);
  return [...out.keys()].reduce((y, axis) => {
    const [from, to] = [sizes(y)[axis]!, out[axis]!];
    if (from === to) return y;
    const units = Array.from({ length: from * from }, (_, i) => +(i % (from + 1) === 0));
    const scale = scales && g.constant(tensorOf("float32", [4], [1, 1, 1, scales[axes.indexOf(axis)]!]));
    const operands = [g.constant(tensorOf("float32", [from, 1, 1, from], units)), undefined, scale, ...(scale ? [] : [g.ints([from, 1, 1, to])])];
    const matrix = g.cast(g.reshape(g.op("Resize", operands, attributes)[0], [from, to]), "float64");
    const perm = [...out.keys()].filter((one) => one !== axis).concat(axis);
    const back = [...out.keys()].map((one) => perm.indexOf(one));
    return g.transpose(g.matMul(g.transpose(y, perm), matrix), back);
  }, x!);
};

const spatial = (x: Value) => sizes(x).flatMap((_, axis) => (axis < 2 ? [] : [axis]));
const perChannel = (g: GraphBuilder, value: Value, x: Value) => g.reshape(value, [sizes(x)[1]!, ...spatial(x).map(() => 1)]);

/** (x − mean)/√(variance + ε) over the axes. */
function standardized(g: GraphBuilder, x: Value, axes: readonly number[], epsilon: number): Value {
  const centered = g.sub(x, g.reduceMean(x, axes));
  return g.div(centered, g.sqrt(g.add(g.reduceMean(g.mul(centered, centered), axes), epsilon)));
}

const instanceNormalization: WrittenOut = ({ g, inputs, attributes }) => {
  const [x, scale, bias] = inputs as [Value, Value, Value];
  const y = standardized(g, x, spatial(x), floatOf(attributes, "epsilon", 1e-5));
  return g.add(g.mul(y, perChannel(g, scale, x)), perChannel(g, bias, x));
};

const groupNormalization: WrittenOut = ({ g, inputs, attributes, out }) => {
  const [x, scale, bias] = inputs as [Value, Value, Value];
  const grouped = g.reshape(x, [out[0]!, intOf(attributes, "num_groups", 1), -1]);
  const y = g.reshape(standardized(g, grouped, [2], floatOf(attributes, "epsilon", 1e-5)), out);
  return g.add(g.mul(y, perChannel(g, scale, x)), perChannel(g, bias, x));
};

const lrn: WrittenOut = ({ g, inputs: [x], attributes }) => {
  const size = intOf(attributes, "size", 1);
  const channels = sizes(x!)[1]!;
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const rank = sizes(x!).length;
  const amounts = (amount: number) => Array.from({ length: rank }, (_, axis) => (axis === 1 ? amount : 0));
  const wide = op(g, "Pad", [g.mul(x!, x!), g.ints([...amounts(before), ...amounts(after)]), g.scalar(0, "float64")]);
  const near = Array.from({ length: size }, (_, k) => g.slice(wide, [k], [k + channels], [1]));
  const scale = g.add(g.mul(sum(g, near), floatOf(attributes, "alpha", 1e-4) / size), floatOf(attributes, "bias", 1));
  return g.div(x!, g.pow(scale, floatOf(attributes, "beta", 0.75)));
};

/** erf(x) = 2/√π e^(−x²) Σ 2^n x^(2n+1)/(2n+1)!!: all terms of one sign. */
function erf(g: GraphBuilder, value: Value): Value {
  const x = g.clip(value, -6, 6);
  const square = g.mul(x, x);
  let series: Value = g.castLike(g.scalar(1, "float64"), x);
  for (let n = 150; n > 0; n--) series = g.add(g.mul(series, g.mul(square, 2 / (2 * n + 1))), 1);
  return g.mul(g.mul(x, g.exp(g.neg(square))), g.mul(series, 2 / Math.sqrt(Math.PI)));
}

/** atan(x) = 2 atan(x/(1 + √(1 + x²))), until the series of what is left is short. */
function atan(g: GraphBuilder, value: Value): Value {
  const halvings = 4;
  let x = value;
  for (let k = 0; k < halvings; k++) x = g.div(x, g.add(g.sqrt(g.add(g.mul(x, x), 1)), 1));
  const square = g.mul(x, x);
  let series: Value = g.mul(square, 0);
  for (let n = 10; n >= 0; n--) series = g.add(g.mul(series, square), (n % 2 ? -1 : 1) / (2 * n + 1));
  return g.mul(g.mul(x, series), 2 ** halvings);
}

/** ln(1 + eˣ), without overflow. */
const softplus = (g: GraphBuilder, x: Value) => g.add(g.relu(x), g.log(g.add(g.exp(g.neg(g.abs(x))), 1)));
const below = (g: GraphBuilder, x: Value) => g.min(x, 0);

/** Of an element alone. */
const pointwise =
  (f: (g: GraphBuilder, x: Value, number: (name: string, fallback: number) => number) => Value): WrittenOut =>
  ({ g, inputs: [x], attributes }) =>
    f(g, x!, (name, fallback) => floatOf(attributes, name, fallback));

const writtenOut: Readonly<Record<string, WrittenOut>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  AveragePool: averagePool,
  LpPool: lpPool,
  LRN: lrn,
  Resize: resize,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  GlobalAveragePool: pointwise((g, x) => g.reduceMean(x, spatial(x))),
  GlobalMaxPool: pointwise((g, x) => g.reduceMax(x, spatial(x))),
  MeanVarianceNormalization: ({ g, inputs: [x], attributes }) => standardized(g, x!, intsOf(attributes, "axes", [0, 2, 3]).map(Number), 1e-18),
  LayerNormalization: ({ g, inputs, attributes }) => {
    const [x, scale, bias] = inputs as [Value, Value, Value | undefined];
    const rank = sizes(x).length;
    const first = (intOf(attributes, "axis", -1) + rank) % rank;
    const axes = Array.from({ length: rank - first }, (_, i) => first + i);
    const y = g.mul(standardized(g, x, axes, floatOf(attributes, "epsilon", 1e-5)), scale);
    return bias ? g.add(y, bias) : y;
  },
  Atan: pointwise(atan),
  Erf: pointwise(erf),
  Gelu: ({ g, inputs: [x], attributes }) => {
    const z = x!;
    const inner =
      stringOf(attributes, "approximate", "none") === "tanh"
        ? g.tanh(g.mul(g.add(z, g.mul(g.mul(g.mul(z, z), z), 0.044715)), Math.sqrt(2 / Math.PI)))
        : erf(g, g.mul(z, Math.SQRT1_2));
    return g.mul(g.mul(z, 0.5), g.add(inner, 1));
  },
  LeakyRelu: pointwise((g, x, number) => g.add(g.relu(x), g.mul(below(g, x), number("alpha", 0.01)))),
  PRelu: ({ g, inputs: [x, slope] }) => g.add(g.relu(x!), g.mul(below(g, x!), slope!)),
  Elu: pointwise((g, x, number) => g.add(g.relu(x), g.mul(g.sub(g.exp(below(g, x)), 1), number("alpha", 1)))),
  Celu: pointwise((g, x, number) => {
    const alpha = number("alpha", 1);
    return g.add(g.relu(x), g.mul(g.sub(g.exp(g.mul(below(g, x), 1 / alpha)), 1), alpha));
  }),
  Selu: pointwise((g, x, number) =>
    g.mul(g.add(g.relu(x), g.mul(g.sub(g.exp(below(g, x)), 1), number("alpha", 1.6732632423543772))), number("gamma", 1.0507009873554805)),
  ),
  // As Sigmoid, the engine would fuse it with a product to an operator without a float64 kernel.
  Sigmoid: pointwise((g, x) => g.reciprocal(g.add(g.exp(g.neg(x)), 1))),
  Softplus: pointwise(softplus),
  Softsign: pointwise((g, x) => g.div(x, g.add(g.abs(x), 1))),
  Mish: pointwise((g, x) => g.mul(x, g.tanh(softplus(g, x)))),
  HardSigmoid: pointwise((g, x, number) => g.clip(g.add(g.mul(x, number("alpha", 0.2)), number("beta", 0.5)), 0, 1)),
  HardSwish: pointwise((g, x) => g.mul(x, g.clip(g.add(g.mul(x, 1 / 6), 0.5), 0, 1))),
  ThresholdedRelu: pointwise((g, x, number) => g.where(g.greater(x, number("alpha", 1)), x, 0)),
};

/**
 * A model in float64, in which operators without a float64 kernel are written out in others: convolutions and means as a sum over the places
 * of the kernel, activations by their formulas. Its shapes have to be known.
 */
export function inFloat64(model: Model): Model {
  const g = new GraphBuilder(model.graph.name);
  const double = convertFloats(model, { float32: "float64" });
  const map = new Map<Value, Value>();
  for (const input of double.graph.inputs) map.set(input, g.input(input.name, input.type));
  for (const initializer of double.graph.initializers) map.set(initializer, g.constant(initializer.constant!, initializer.name));
  let index = 0;
  for (const node of double.graph.nodes) {
    // What the converted graph does not tell of a shape, the original does; conversion adds casts of the scales of Resize.
    const original = model.graph.nodes[index]!.op === node.op ? model.graph.nodes[index++]! : node;
    const known = original.outputs;
    const inputs = node.inputs.map((value) => value && (map.get(value) ?? value));
    const write = Object.hasOwn(writtenOut, node.op) && node.outputs[0]!.type.element === "float64" ? writtenOut[node.op] : undefined;
    const made = write
      ? [write({ g, inputs, attributes: node.attributes, out: sizes(known[0]!), original })]
      : g.op(node.op, inputs, g.mapSubgraphs(node.attributes, map), node.outputs.length, node.name);
    node.outputs.forEach((value, i) => {
      if (!made[i]) return;
      made[i].type = { element: made[i].type.element === "unknown" ? value.type.element : made[i].type.element, shape: known[i]!.type.shape };
      map.set(value, made[i]);
    });
  }
  g.finish(
    double.graph.outputs.map((value) => map.get(value)!),
    double.graph.outputs.map(({ name }) => name),
  );
  return { graph: g.graph, metadata: {} };
}
