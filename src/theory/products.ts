import { buildGraph } from "../graph/builder.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import { rowsPerRun } from "../model/two-layer/predict.ts";
import { forward, parameterInputs, parameters } from "../model/two-layer/two-layer.ts";
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
    const rows = rowsPerRun(m, n);
    for (let from = 0; from < n; from += rows) {
      const to = Math.min(n, from + rows);
      const out = await session.run({ ...parameters(network), x: { element: "float32", shape: [to - from, d], data: v.subarray(from * d, to * d) } });
      all.set(dataOf(out, "z", "float32"), from * m);
    }
  });
  return all;
}
