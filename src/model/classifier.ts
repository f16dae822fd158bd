import type { GraphBuilder } from "../graph/builder.ts";
import type { TensorType, Value } from "../graph/ir.ts";
import type { TwoLayerNetwork } from "./two-layer/network.ts";
import { type TwoLayerValues, forward, parameterTypes, parameters } from "./two-layer/two-layer.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What an attack needs to know of a model to build its graph; weights may change between runs. */
export interface TargetShape {
  /** What errors call the model. */
  readonly name: string;
  /** Inputs. */
  readonly d: number;
  /** 2: one score whose sign is the label in {−1, +1}, or two logits, whose difference z_1 − z_0 is that score. K ≥ 3: K logits, labels 0 … K − 1. */
  readonly classes: number;
  /** The weights as inputs of a graph; none where the graph holds them as constants. */
  readonly parameterTypes: Readonly<Record<string, TensorType>>;
  /** How many float32 numbers a forward and a backward pass keep for each sample: batches are sized by it. */
  readonly numbersPerSample: number;
  /**
   * Adds the model to a graph.
   * @param x `[n, d]`
   * @returns scores before any sigmoid or softmax: `[n, 1]` or `[n, 2]` for 2 classes, else `[n, classes]`
   */
  scores(g: GraphBuilder, x: Value, parameters: Readonly<Record<string, Value>>): Value;
}

/** A model with its weights. */
export interface Target extends TargetShape {
  readonly parameters: Readonly<Record<string, Tensor>>;
}

/** The two-layer network of the paper, for any weights of that size. */
export function twoLayerShape({ d, m, bias }: Pick<TwoLayerNetwork, "d" | "m" | "bias">): TargetShape {
  return {
    name: `the two-layer network (m ${m}, d ${d})`,
    d,
    classes: 2,
    parameterTypes: parameterTypes({ d, m, bias }),
    numbersPerSample: 4 * m, // z, σ(z), its gradient and that of z
    scores: (g, x, values) => forward(g, x, values as unknown as TwoLayerValues, m).f,
  };
}

/** The two-layer network of the paper with these weights; the data is shared. */
export function twoLayerTarget(network: TwoLayerNetwork): Target {
  return { ...twoLayerShape(network), parameters: parameters(network) };
}
