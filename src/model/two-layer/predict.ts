import type { Dataset } from "../../data/dataset.ts";
import { buildGraph } from "../../graph/builder.ts";
import type { EngineOptions } from "../../runtime/engine.ts";
import { Session, dataOf } from "../../runtime/session.ts";
import { type TwoLayerNetwork } from "./network.ts";
import { forward, parameterInputs, parameters } from "./two-layer.ts";

/** How many rows of hidden activations (float32) go into one run: a batch of n points at width m keeps n·m numbers. */
export function rowsPerRun(m: number, n: number, budget = 2 ** 25): number {
  return Math.max(1, Math.min(n, Math.floor(budget / m)));
}

/** The outputs of networks of one architecture: a session made once, for networks that change. */
export interface Predictor {
  /** f(x) for each of `n` rows of `x`. */
  outputs(network: TwoLayerNetwork, x: Float32Array, n: number): Promise<Float32Array>;
  /** Share of points with y f(x) > 0. */
  accuracy(network: TwoLayerNetwork, data: Dataset): Promise<number>;
  dispose(): Promise<void>;
}

export async function predictor(network: Pick<TwoLayerNetwork, "d" | "m" | "bias">, options: EngineOptions = {}): Promise<Predictor> {
  const { d, m } = network;
  const session = await Session.create(
    buildGraph("predict", (g) => ({ f: forward(g, g.input("x", { element: "float32", shape: ["n", d] }), parameterInputs(g, network), m).f })),
    options,
  );
  const outputs: Predictor["outputs"] = async (now, x, n) => {
    const f = new Float32Array(n);
    const rows = rowsPerRun(m, n);
    for (let from = 0; from < n; from += rows) {
      const to = Math.min(n, from + rows);
      const out = await session.run({ ...parameters(now), x: { element: "float32", shape: [to - from, d], data: x.subarray(from * d, to * d) } });
      f.set(dataOf(out, "f", "float32"), from);
    }
    return f;
  };
  return {
    outputs,
    async accuracy(now, { x, y, n }) {
      const f = await outputs(now, x, n);
      return f.reduce((right, value, i) => right + +(value * y[i]! > 0), 0) / n;
    },
    dispose: () => session.dispose(),
  };
}
