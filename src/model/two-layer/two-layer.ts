import type { GraphBuilder } from "../../graph/builder.ts";
import { type TensorType, type Value } from "../../graph/ir.ts";
import type { FloatType, Tensor } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { random } from "../../util/random.ts";
import type { TwoLayerNetwork } from "./network.ts";

export interface TwoLayerOptions {
  /** Inputs. */
  readonly d: number;
  /** Hidden neurons (width). */
  readonly m: number;
  /** Hidden biases N(0, 1), trained, and an outer bias ±1/√m, fixed (Sect. 5.1). Without them: the setting of the theory. */
  readonly bias?: boolean;
  readonly seed?: number;
}

/**
 * A fresh network at its initialization (Sect. 2.1): a_s uniform on {−1, +1}, rows of W and hidden biases standard
 * normal. The same seed draws the same W with and without biases.
 */
export function twoLayer({ d, m, bias = false, seed = 0 }: TwoLayerOptions): TwoLayerNetwork {
  for (const [name, value] of [
    ["d", d],
    ["m", m],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new SignflipError("SF_OPTION", `two-layer network: ${name} must be a whole number from 1; got ${value}`, { usage: true });
  }
  const outer = random(seed, "init", "outer");
  const signs = Float32Array.from({ length: m }, () => outer.sign());
  return {
    kind: "two-layer",
    d,
    m,
    bias,
    seed,
    weights: random(seed, "init", "weights").fillNormal(new Float32Array(m * d)),
    hiddenBias: bias ? random(seed, "init", "hidden-bias").fillNormal(new Float32Array(m)) : new Float32Array(m),
    outer: signs,
    outerBias: bias ? random(seed, "init", "outer-bias").sign() : 0,
  };
}

/** The network a network was trained from: the center of its lazy ball. */
export function initialOf({ d, m, bias, seed }: TwoLayerNetwork): TwoLayerNetwork {
  return twoLayer({ d, m, bias, seed });
}

/** The parameters as values of a graph. `b` and `a0` are there only where the network has biases. */
export interface TwoLayerValues {
  /** `[m, d]` */
  readonly W: Value;
  /** `[m]` */
  readonly b?: Value | undefined;
  /** `[1, m]` */
  readonly a: Value;
  /** `[1]` */
  readonly a0?: Value | undefined;
}

type Describes = Pick<TwoLayerNetwork, "d" | "m" | "bias">;

/** The types of the parameters, in the order W, b, a, a0, those of the biases left out where there are none. */
export function parameterTypes({ d, m, bias }: Describes, element: FloatType = "float32"): Record<string, TensorType> {
  return {
    W: { element, shape: [m, d] },
    ...(bias ? { b: { element, shape: [m] } } : {}),
    a: { element, shape: [1, m] },
    ...(bias ? { a0: { element, shape: [1] } } : {}),
  };
}

/** The parameters as tensors under the names of `parameterTypes`; the data is shared. */
export function parameters(network: TwoLayerNetwork): Record<string, Tensor<"float32">> {
  const { d, m, bias } = network;
  return {
    W: { element: "float32", shape: [m, d], data: network.weights },
    ...(bias ? { b: { element: "float32", shape: [m], data: network.hiddenBias } } : {}),
    a: { element: "float32", shape: [1, m], data: network.outer },
    ...(bias ? { a0: { element: "float32", shape: [1], data: Float32Array.of(network.outerBias) } } : {}),
  };
}

/** The parameters as inputs of a graph. */
export function parameterInputs(g: GraphBuilder, network: Describes, element: FloatType = "float32"): TwoLayerValues {
  return valuesOf(Object.fromEntries(Object.entries(parameterTypes(network, element)).map(([name, type]) => [name, g.input(name, type)])));
}

/** The parameters by their names. */
export function valuesOf({ W, b, a, a0 }: Readonly<Record<string, Value>>): TwoLayerValues {
  return { W: W!, b, a: a!, a0 };
}

/**
 * Adds f(x) = (1/√m) (Σ_s a_s σ(w_s·x + b_s) + a_0) to a graph.
 * @param x `[n, d]`
 * @returns the outputs f `[n, 1]` and the pre-activations z `[n, m]`
 */
export function forward(g: GraphBuilder, x: Value, { W, b, a, a0 }: TwoLayerValues, m: number): { f: Value; z: Value } {
  const z = g.gemm(x, W, { c: b, transB: true });
  const scale = 1 / Math.sqrt(m);
  return { f: g.gemm(g.relu(z), a, { c: a0, transB: true, alpha: scale, beta: scale }), z };
}
