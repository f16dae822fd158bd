import { buildGraph } from "../graph/builder.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import { forward, parameterInputs, parameters } from "../model/two-layer/two-layer.ts";
import { batches, rowsPerRun } from "../runtime/batches.ts";
import type { EngineOptions } from "../runtime/engine.ts";
import { dataOf, withSession } from "../runtime/session.ts";

/**
 * w_s·v (and the bias, where there is one) for every neuron s and every row v.
 * @param v `[n, d]`
 * @returns `[n, m]`
 */
export async function products(network: TwoLayerNetwork, v: Float32Array, engine: EngineOptions): Promise<Float32Array> {
  const { d, m } = network;
  const n = v.length / d;
  const all = new Float32Array(n * m);
  const graph = buildGraph("products", (g) => ({ z: forward(g, g.input("x", { element: "float32", shape: ["n", d] }), parameterInputs(g, network), m).z }));
  await withSession(graph, engine, async (session) => {
    for (const batch of batches(n, rowsPerRun(m, n))) {
      const out = await session.run({ ...parameters(network), x: batch.rows(v, d) });
      all.set(dataOf(out, "z", "float32"), batch.from * m);
    }
  });
  return all;
}
