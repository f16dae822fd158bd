import { type GraphBuilder, buildGraph } from "../../graph/builder.ts";
import { gradient } from "../../graph/gradient.ts";
import type { Model, Value } from "../../graph/ir.ts";
import { batches, rowsPerRun } from "../../runtime/batches.ts";
import type { EngineOptions } from "../../runtime/engine.ts";
import { dataOf, withSession } from "../../runtime/session.ts";
import type { FloatType } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import type { TwoLayerNetwork } from "./network.ts";
import { type TwoLayerValues, forward, parameterInputs, parameters } from "./two-layer.ts";

/** f on a ray: on x + t·v neuron s has the pre-activation z_s + t·p_s with p_s = w_s·v. */
export interface Ray<Numbers extends ArrayLike<number> = ArrayLike<number>> {
  /** Pre-activations where it starts and their slopes: m entries each, from `at`. */
  readonly z: Numbers;
  readonly p: Numbers;
  readonly at: number;
  /** a_s, `[m]`. */
  readonly a: Numbers;
}

/** A ray from a point against its own gradient. */
export interface OwnRay<Numbers extends ArrayLike<number> = ArrayLike<number>> extends Ray<Numbers> {
  /** f(x). */
  readonly f: number;
  /** ‖∇f(x)‖. */
  readonly steepness: number;
}

export interface RayOptions extends EngineOptions {
  /** What t counts: lengths, on x − t·sign(f)·∇f/‖∇f‖ (the default), or step sizes, on x − t·sign(f)·∇f. */
  readonly per?: "length" | "step";
  /**
   * For steps, on points of norm 1 and without biases: W + push·sign(f)·a xᵀ in place of W, at each x its own, which moves every row by
   * `push` and takes f(x) away from 0. Default 0.
   */
  readonly push?: number;
}

/**
 * The rays of points as one graph. Inputs: x `[n, d]`, the parameters, and push `[]` for steps. Outputs: f `[n, 1]`, z `[n, m]`, the norm of
 * ∇f(x) `[n, 1]`, and p `[n, m]`, the change of z per unit of t (all 0 where ∇f is 0). Lengths and steps round differently, and results are
 * kept to the last bit: neither form stands in for the other.
 */
export function rayGraph(
  network: Pick<TwoLayerNetwork, "d" | "m" | "bias">,
  { per = "length", element = "float32" }: { readonly per?: "length" | "step"; readonly element?: FloatType } = {},
): Model {
  return buildGraph("rays", (g) => {
    const x = g.input("x", { element, shape: ["n", network.d] });
    const weights = parameterInputs(g, network, element);
    return per === "step" ? perStep(g, x, weights, g.input("push", { element, shape: [] }), network.m) : perLength(g, x, weights, network.m);
  });
}

function perLength(g: GraphBuilder, x: Value, weights: TwoLayerValues, m: number): Record<string, Value> {
  const { f, z } = forward(g, x, weights, m);
  const [slope] = gradient(g, g.reduceSum(f), [x]);
  const norm = g.reduceL2(slope!, [1]);
  const toZero = g.where(g.greater(f, 0), -1, g.scalar(1, x.type.element));
  const u = g.mul(slope!, g.div(toZero, g.where(g.greater(norm, 0), norm, 1)));
  return { f, z, norm, p: g.gemm(u, weights.W, { transB: true }) };
}

/** ∇f = (1/√m) Σ_s a_s 1{z_s > 0} (w_s + push·sign(f)·a_s x); the pushed W differs from row to row of x and is never formed. */
function perStep(g: GraphBuilder, x: Value, { W, a }: TwoLayerValues, push: Value, m: number): Record<string, Value> {
  const scale = 1 / Math.sqrt(m);
  const value = (z: Value) => g.gemm(g.relu(z), a, { transB: true, alpha: scale });
  const own = g.gemm(x, W, { transB: true });
  const side = g.sign(value(own)); // where f is 0 there is no side, no push and no step
  const pushed = g.mul(push, side);
  const z = g.add(own, g.mul(pushed, a));
  const f = value(z);
  const active = g.where(g.greater(z, 0), 1, g.scalar(0, x.type.element));
  const lift = g.mul(pushed, g.mul(g.reduceSum(active, [1]), scale));
  const slope = g.add(g.gemm(g.mul(active, a), W, { alpha: scale }), g.mul(lift, x));
  const p = g.add(g.gemm(slope, W, { transB: true }), g.mul(g.mul(pushed, g.reduceSum(g.mul(slope, x), [1])), a));
  return { f, z, norm: g.reduceL2(slope, [1]), p: g.mul(g.neg(side), p) };
}

/**
 * Visits the ray of every point; the arrays handed over are only good during the visit.
 * @param x `[n, d]`
 * @throws SF_NETWORK where x does not fit the network, or it has biases and t counts steps; SF_DIVERGED where its outputs are not finite.
 */
export async function visitRays(
  network: TwoLayerNetwork,
  x: Float32Array,
  visit: (i: number, ray: OwnRay<Float32Array>) => void,
  { per = "length", push = 0, ...engine }: RayOptions = {},
): Promise<void> {
  const { d, m, outer: a } = network;
  if (per === "step" && network.bias) throw new SignflipError("SF_NETWORK", "gradient rays: the theory is about networks without biases");
  if (x.length % d !== 0) throw new SignflipError("SF_NETWORK", `gradient rays: the network has ${d} inputs; got ${x.length} numbers`);
  const n = x.length / d;
  if (n === 0) return;
  const fixed = {
    ...parameters(network),
    ...(per === "length" ? {} : { push: { element: "float32" as const, shape: [], data: Float32Array.of(push) } }),
  };
  await withSession(rayGraph(network, { per }), engine, async (session) => {
    for (const batch of batches(n, rayRows(n, m))) {
      const out = await session.run({ ...fixed, x: batch.rows(x, d) });
      const [f, z, norm, p] = [dataOf(out, "f", "float32"), dataOf(out, "z", "float32"), dataOf(out, "norm", "float32"), dataOf(out, "p", "float32")];
      for (let i = 0; i < batch.count; i++) {
        if (!Number.isFinite(f[i]!) || !Number.isFinite(norm[i]!))
          throw new SignflipError("SF_DIVERGED", `gradient rays: point ${batch.from + i} has output ${f[i]!} and gradient norm ${norm[i]!}`);
        visit(batch.from + i, { f: f[i]!, steepness: norm[i]!, z, p, at: i * m, a });
      }
    }
  });
}

/**
 * How many points go into one run, all runs being of one size to within a few points. Small runs find their memory in the processor's cache
 * and need no fresh pages from the system; runs of 64 or 128 points are slower again. A last run of a single point would round
 * differently, because the engine has another kernel for it.
 */
function rayRows(n: number, m: number): number {
  const runs = Math.max(1, Math.floor(n / 400));
  return Math.min(rowsPerRun(m, n, 2 ** 22), Math.ceil(n / runs));
}
