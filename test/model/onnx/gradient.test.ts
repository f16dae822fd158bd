import { expect, test } from "vitest";
import { f32, int, ints, string } from "../../../src/graph/ir.ts";
import type { GraphBuilder } from "../../../src/graph/builder.ts";
import type { TensorType, Value } from "../../../src/graph/ir.ts";
import { tensorOf } from "../../../src/tensor/tensor.ts";
import { checkModelGradient } from "./check-gradient.ts";
import { loadBuilt, weights } from "./support.ts";

let seed = 0;
const w = (g: GraphBuilder, ...shape: number[]) => g.constant(weights(shape, ++seed));
const node = (g: GraphBuilder, op: string, inputs: readonly (Value | undefined)[], attributes = {}) => g.op(op, inputs, attributes)[0];
const dense = (g: GraphBuilder, x: Value, to: number) => g.add(g.matMul(x, w(g, x.type.shape!.at(-1) as number, to)), w(g, to));
const conv = (g: GraphBuilder, x: Value, from: number, to: number, attributes = {}) => node(g, "Conv", [x, w(g, to, from, 3, 3), w(g, to)], attributes);
const positive = (g: GraphBuilder, size: number) =>
  g.constant(
    tensorOf(
      "float32",
      [size],
      Array.from({ length: size }, (_, i) => 0.5 + i / size),
    ),
  );

type Network = [name: string, type: TensorType, build: (g: GraphBuilder, x: Value) => Value];

const networks: readonly Network[] = [
  [
    "convolutions with strides and pads, BatchNormalization, MaxPool and AveragePool",
    f32([1, 3, 13, 12]),
    (g, x) => {
      const a = conv(g, x, 3, 6, { strides: ints([2, 1]), pads: ints([1, 0, 2, 1]), dilations: ints([1, 2]) });
      const b = g.relu(node(g, "BatchNormalization", [a, positive(g, 6), w(g, 6), w(g, 6), positive(g, 6)]));
      const c = node(g, "MaxPool", [b], { kernel_shape: ints([3, 2]), strides: ints([1, 2]), pads: ints([1, 0, 1, 0]) });
      const d = node(g, "AveragePool", [c], { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]), ceil_mode: int(1) });
      return dense(g, g.reshape(d, [1, -1]), 5);
    },
  ],
  [
    "a residual block, depthwise, with a gate from the means of channels",
    f32([1, 4, 8, 8]),
    (g, x) => {
      const a = node(g, "HardSwish", [conv(g, x, 1, 4, { group: int(4), pads: ints([1, 1, 1, 1]) })]);
      const gate = node(g, "HardSigmoid", [node(g, "Conv", [node(g, "GlobalAveragePool", [a]), w(g, 4, 4, 1, 1)])]);
      return dense(g, g.reshape(node(g, "GlobalMaxPool", [g.add(x, g.mul(a, gate))]), [1, 4]), 3);
    },
  ],
  [
    "a generator: ConvTranspose with groups, Resize, a discriminator with LeakyRelu",
    f32([1, 5]),
    (g, x) => {
      const z = g.reshape(g.relu(dense(g, x, 64)), [1, 4, 4, 4]);
      const a = g.tanh(
        node(g, "ConvTranspose", [z, w(g, 4, 3, 3, 3), w(g, 6)], {
          group: int(2),
          strides: ints([2, 2]),
          pads: ints([1, 1, 1, 1]),
          output_padding: ints([1, 1]),
        }),
      );
      const b = node(g, "Resize", [a, undefined, g.constant(tensorOf("float32", [4], [1, 1, 2, 2]))], { mode: string("linear") });
      return dense(g, g.reshape(g.leakyRelu(conv(g, b, 6, 2, { strides: ints([3, 3]) }), 0.2), [1, 50]), 1);
    },
  ],
  [
    "attention with LayerNormalization and Gelu",
    f32([1, 5, 8]),
    (g, x) => {
      const normal = node(g, "LayerNormalization", [x, positive(g, 8), w(g, 8)]);
      const heads = () => g.transpose(g.reshape(dense(g, normal, 8), [1, 5, 2, 4]), [0, 2, 1, 3]);
      const [q, k, v] = [heads(), heads(), heads()];
      const mixed = g.matMul(g.softmax(g.matMul(q, g.transpose(k, [0, 1, 3, 2]))), v);
      const y = g.add(x, g.reshape(g.transpose(mixed, [0, 2, 1, 3]), [1, 5, 8]));
      return dense(g, g.reduceMean(node(g, "Gelu", [dense(g, y, 8)]), [1], false), 3);
    },
  ],
  [
    "normalizations over space, groups and near channels",
    f32([1, 4, 5, 5]),
    (g, x) => {
      const a = node(g, "InstanceNormalization", [x, positive(g, 4), w(g, 4)]);
      const b = node(g, "LRN", [node(g, "Elu", [a])], { size: int(3) });
      const c = node(g, "LpPool", [b], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) });
      return dense(g, g.reshape(node(g, "Mish", [c]), [1, -1]), 4);
    },
  ],
  [
    "a network of a single number, scaled by many",
    f32([1, 2]),
    (g, x) =>
      g.reduceMax(
        g.concat(
          [1, 2, 3].map(() => g.reduceMin(dense(g, node(g, "Softplus", [x]), 4), [1], true)),
          1,
        ),
        [1],
        true,
      ),
  ],
];

test.each(networks)("%s: the gradient agrees with central differences in float64", async (_, type, build) => {
  const model = await loadBuilt(type, build);
  try {
    const { scores, gradient } = await checkModelGradient(model);
    expect(scores).toBeLessThan(1e-6);
    expect(gradient).toBeLessThan(1e-5);
  } finally {
    await model.dispose();
  }
});
