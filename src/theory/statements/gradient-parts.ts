import { buildGraph } from "../../graph/builder.ts";
import type { Value } from "../../graph/ir.ts";
import { batches, rowsPerRun } from "../../runtime/batches.ts";
import { dataOf, withSession } from "../../runtime/session.ts";
import type { Instance } from "./statement.ts";

/** Norms at every point, `[n]` each; P = I − xxᵀ. */
export interface GradientParts {
  /** ‖∇f(x; W)‖ of the trained network. */
  readonly trained: Float64Array;
  /** ‖P∇f(x; W_0)‖. */
  readonly initial: Float64Array;
  /** ‖(1/√m) Σ a_s P(w_s − w_{s,0}) 1{w_s·x > 0}‖: what moving the weights adds. */
  readonly deviation: Float64Array;
  /** ‖(1/√m) Σ a_s P w_{s,0} (1{w_s·x > 0} − 1{z_s > 0})‖: what neurons that switch add. */
  readonly flips: Float64Array;
}

const names = ["trained", "initial", "deviation", "flips"] as const;

/** P∇f(x; W) of the trained network is the sum of three vectors, P∇f(x; W_0) and the two other parts; their norms, in float32. */
export async function gradientParts({ setting, initial, trained, x, n, z0, z, engine }: Instance): Promise<GradientParts> {
  const { d, m } = setting;
  const f32 = (...shape: (number | string)[]) => ({ element: "float32" as const, shape });
  const graph = buildGraph("gradient-parts", (g) => {
    const [points, z0, z] = [g.input("x", f32("n", d)), g.input("z0", f32("n", m)), g.input("z", f32("n", m))];
    const [W0, W, a] = [g.input("W0", f32(m, d)), g.input("W", f32(m, d)), g.input("a", f32(1, m))];
    /** (1/√m) Σ a_s w_s 1{z_s > 0}. The differences of weights are taken after the product: W − W_0 would be one more matrix of their size. */
    const sum = (z: Value, W: Value) => g.gemm(g.where(g.greater(z, 0), a, 0), W, { alpha: 1 / Math.sqrt(m) });
    const across = (v: Value) => g.reduceL2(g.sub(v, g.mul(g.reduceSum(g.mul(v, points), [1]), points)), [1]);
    const [before, switched, after] = [sum(z0, W0), sum(z, W0), sum(z, W)];
    return { trained: g.reduceL2(after, [1]), initial: across(before), deviation: across(g.sub(after, switched)), flips: across(g.sub(switched, before)) };
  });
  const parts = Object.fromEntries(names.map((name) => [name, new Float64Array(n)])) as Record<(typeof names)[number], Float64Array>;
  await withSession(graph, engine, async (session) => {
    // Three matrices of hidden size.
    const whole = (data: Float32Array, shape: number[]) => ({ element: "float32" as const, shape, data });
    const weights = { W0: whole(initial.weights, [m, d]), W: whole(trained.weights, [m, d]), a: whole(initial.outer, [1, m]) };
    for (const batch of batches(n, rowsPerRun(m, n, 2 ** 23))) {
      const out = await session.run({ x: batch.rows(x, d), z0: batch.rows(z0, m), z: batch.rows(z, m), ...weights });
      for (const name of names) parts[name].set(dataOf(out, name, "float32"), batch.from);
    }
  });
  return parts;
}
