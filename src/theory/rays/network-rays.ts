import { buildGraph } from "../../graph/builder.ts";
import type { Model } from "../../graph/ir.ts";
import type { TwoLayerNetwork } from "../../model/two-layer/network.ts";
import { rowsPerRun } from "../../model/two-layer/predict.ts";
import { parameterInputs, parameters } from "../../model/two-layer/two-layer.ts";
import type { EngineOptions } from "../../runtime/engine.ts";
import { dataOf, withSession } from "../../runtime/session.ts";
import { SignflipError } from "../../util/errors.ts";
import type { DrawnRay } from "./drawn-ray.ts";

export interface NetworkRayOptions extends EngineOptions {
  /** How far W is pushed from the network's own, the row's way, to take f(x) away from 0: V, or 0 (the default) for the network as it is. */
  readonly push?: number;
}

/**
 * Inputs: x `[n, d]`, W `[m, d]`, a `[1, m]`, push `[]`. Outputs, for W + push·sign(f)·a xᵀ in place of W (at each x its own):
 * f `[n, 1]`, z `[n, m]`, ‖∇f‖ `[n, 1]`, and p `[n, m]`, the slopes of z on the ray x − t·sign(f)·∇f.
 *
 * ∇f = (1/√m) Σ_s a_s 1{z_s > 0} (w_s + push·sign(f)·a_s x); the pushed W differs by row of x and is never formed.
 */
function rayGraph({ d, m }: Pick<TwoLayerNetwork, "d" | "m">): Model {
  return buildGraph("gradient-rays", (g) => {
    const x = g.input("x", { element: "float32", shape: ["n", d] });
    const { W, a } = parameterInputs(g, { d, m, bias: false });
    const push = g.input("push", { element: "float32", shape: [] });
    const scale = 1 / Math.sqrt(m);
    const value = (z: typeof x) => g.gemm(g.relu(z), a, { transB: true, alpha: scale });
    const own = g.gemm(x, W, { transB: true });
    const side = g.sign(value(own)); // where f is 0 there is no side, no push and no step
    const pushed = g.mul(push, side);
    const z = g.add(own, g.mul(pushed, a));
    const f = value(z);
    const on = g.greater(z, 0);
    const active = g.where(on, 1, g.scalar(0, "float32"));
    const lift = g.mul(pushed, g.mul(g.reduceSum(active, [1]), scale));
    const slope = g.add(g.gemm(g.mul(active, a), W, { alpha: scale }), g.mul(lift, x));
    const p = g.add(g.gemm(slope, W, { transB: true }), g.mul(g.mul(pushed, g.reduceSum(g.mul(slope, x), [1])), a));
    return { f, z, norm: g.reduceL2(slope, [1]), p: g.mul(g.neg(side), p) };
  });
}

/**
 * Visits the gradient ray of every point; the arrays handed over are only good during the visit.
 * @param x `[n, d]`, norm 1
 * @throws SF_NETWORK where x does not fit the network or it has biases; SF_DIVERGED where its outputs are not finite.
 */
export async function visitRays(
  network: TwoLayerNetwork,
  x: Float32Array,
  visit: (i: number, ray: DrawnRay) => void,
  options: NetworkRayOptions = {},
): Promise<number> {
  const { push = 0, ...engine } = options;
  const { d, m, outer: a } = network;
  if (network.bias) throw new SignflipError("SF_NETWORK", "gradient rays: the theory is about networks without biases");
  if (x.length % d !== 0) throw new SignflipError("SF_NETWORK", `gradient rays: the network has ${d} inputs, and there are ${x.length} numbers`);
  const n = x.length / d;
  if (n === 0) return 0;
  await withSession(rayGraph(network), engine, async (session) => {
    const rows = rowsPerRun(m, n, 2 ** 22);
    for (let from = 0; from < n; from += rows) {
      const count = Math.min(rows, n - from);
      const out = await session.run({
        ...parameters(network),
        x: { element: "float32", shape: [count, d], data: x.subarray(from * d, (from + count) * d) },
        push: { element: "float32", shape: [], data: Float32Array.of(push) },
      });
      const [f, z, norm, p] = [dataOf(out, "f", "float32"), dataOf(out, "z", "float32"), dataOf(out, "norm", "float32"), dataOf(out, "p", "float32")];
      for (let i = 0; i < count; i++) {
        if (!Number.isFinite(f[i]!) || !Number.isFinite(norm[i]!))
          throw new SignflipError("SF_DIVERGED", `gradient rays: point ${from + i} has output ${f[i]!} and gradient norm ${norm[i]!}`);
        visit(from + i, { f: f[i]!, steepness: norm[i]!, z, p, at: i * m, a });
      }
    }
  });
  return n;
}
