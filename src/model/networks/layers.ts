import type { Box } from "../../data/box.ts";
import { GraphBuilder } from "../../graph/builder.ts";
import { type TensorType, type Value, f32, int, ints } from "../../graph/ir.ts";
import { type Tensor, sizeOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { random } from "../../util/random.ts";
import { type Classifier, type Preprocessing, checkClassifier } from "../classifier.ts";

/** What every network is built for. */
export interface NetworkOptions {
  /** The shape of one input: `[channels, height, width]`, `[d]`. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  /** The values an input may take, in raw units. */
  readonly domain?: Box | undefined;
  /** What is done to inputs first: (x − mean)/std. It becomes part of the file that is saved. */
  readonly preprocessing?: Preprocessing | undefined;
  /** Seed of the first weights. Default 0. */
  readonly seed?: number;
}

export interface ConvOptions {
  /** Channels of the result. */
  readonly out: number;
  /** Height and width of the kernel. Default 3. */
  readonly kernel?: number;
  /** Default 1. */
  readonly stride?: number;
  /** Weights are drawn from N(0, gain²/inputs of a neuron). Default √2 (He et al. 2015, for what a ReLU follows); 0 for zeros. */
  readonly gain?: number;
}

/** What networks are made of. Every layer has weights `NAME.weight` and `NAME.bias`. */
export interface Layers {
  readonly g: GraphBuilder;
  /** A convolution of `[n, channels, height, width]` with zeros around it, so that only the stride makes it smaller. */
  conv(name: string, x: Value, options: ConvOptions): Value;
  /** A matrix product of `[n, d]`. */
  dense(name: string, x: Value, options: Pick<ConvOptions, "out" | "gain">): Value;
  /** All numbers of a sample in a row, `[n, d]`. */
  flat(x: Value): Value;
}

/** Gives the weight of a name: its shape, and the standard deviation from which it is drawn. */
type WeightOf = (name: string, shape: readonly number[], deviation: number) => Value;

/**
 * A classifier with seeded weights from a function that writes its layers. The last layer gives one logit for 2 classes, else one for each class.
 * @throws SF_OPTION (usage) where the options do not fit a classifier
 */
export function defineNetwork(
  name: string,
  { inputShape, classes, domain, preprocessing, seed = 0 }: NetworkOptions,
  forward: (layers: Layers, x: Value, scores: number) => Value,
): Classifier {
  const types: Record<string, TensorType> = {};
  const parameters: Record<string, Tensor> = {};
  const outline = { name, inputShape, classes, output: classes === 2 ? ("logit" as const) : ("logits" as const), domain, preprocessing };
  checkClassifier("network", { ...outline, parameterTypes: {}, numbersPerSample: 0, scores: (_, x) => x });
  const scores = classes === 2 ? 1 : classes;
  const g = new GraphBuilder(name);
  forward(
    layersOf(g, (weight, shape, deviation) => {
      const data = new Float32Array(sizeOf(shape));
      if (deviation > 0) {
        random(seed, "init", weight).fillNormal(data);
        for (let i = 0; i < data.length; i++) data[i]! *= deviation;
      }
      parameters[weight] = { element: "float32", shape, data };
      types[weight] = f32(shape);
      return g.input(weight, f32(shape));
    }),
    g.input("x", f32(["n", ...inputShape])),
    scores,
  );
  return {
    ...outline,
    parameterTypes: types,
    parameters,
    numbersPerSample: numbersKept(g),
    scores: (b, x, weights) =>
      forward(
        layersOf(b, (weight) => weights[weight]!),
        x,
        scores,
      ),
  };
}

function layersOf(g: GraphBuilder, weightOf: WeightOf): Layers {
  const sizes = (layer: string, x: Value, rank: number): number[] => {
    const shape = x.type.shape?.slice(1) ?? [];
    if (shape.length === rank && shape.every((dim) => typeof dim === "number")) return shape;
    const wish = rank === 1 ? "[d]" : "[channels, height, width]";
    throw new SignflipError("SF_OPTION", `network: the layer ${layer} takes samples of shape ${wish}; got [${shape.join(", ")}]`, { usage: true });
  };
  const bias = (layer: string, out: number) => weightOf(`${layer}.bias`, [out], 0);
  return {
    g,
    conv(layer, x, { out, kernel = 3, stride = 1, gain = Math.SQRT2 }) {
      const [channels] = sizes(layer, x, 3) as [number];
      const w = weightOf(`${layer}.weight`, [out, channels, kernel, kernel], gain / Math.sqrt(channels * kernel * kernel));
      const [before, after] = [Math.floor((kernel - 1) / 2), Math.floor((kernel - (stride > 1 && kernel % 2 === 0 ? 1 : 0)) / 2)];
      const pads = ints([before, before, after, after]);
      return g.op("Conv", [x, w, bias(layer, out)], { kernel_shape: ints([kernel, kernel]), strides: ints([stride, stride]), pads })[0];
    },
    dense(layer, x, { out, gain = Math.SQRT2 }) {
      const [d] = sizes(layer, x, 1) as [number];
      return g.gemm(x, weightOf(`${layer}.weight`, [out, d], gain / Math.sqrt(d)), { c: bias(layer, out), transB: true });
    },
    flat: (x) => (x.type.shape?.length === 2 ? x : g.op("Flatten", [x], { axis: int(1) })[0]),
  };
}

/** Every result of a sample, and in a backward pass its gradient. */
function numbersKept({ graph }: GraphBuilder): number {
  const results = graph.nodes.flatMap(({ outputs }) => outputs.map(({ type }) => type.shape?.slice(1) ?? []));
  return 2 * results.reduce((sum, shape) => sum + sizeOf(shape.filter((dim) => typeof dim === "number")), 0);
}
