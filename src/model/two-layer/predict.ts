import { type Points, signOf } from "../../data/points.ts";
import { buildGraph } from "../../graph/builder.ts";
import { batches, rowsPerRun } from "../../runtime/batches.ts";
import type { EngineOptions } from "../../runtime/engine.ts";
import { Session, dataOf } from "../../runtime/session.ts";
import { type TwoLayerNetwork } from "./network.ts";
import { forward, parameterInputs, parameters } from "./two-layer.ts";

/** Computes the outputs of networks of one architecture: the session is made once, and the networks may change. */
export interface Predictor {
  /** f(x) for each of `n` rows of `x`. */
  outputs(network: TwoLayerNetwork, x: Float32Array, n: number): Promise<Float32Array>;
  /** Share of points for which f(x) has the sign of their class. */
  accuracy(network: TwoLayerNetwork, points: Points): Promise<number>;
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
    for (const batch of batches(n, rowsPerRun(m, n))) {
      const out = await session.run({ ...parameters(now), x: batch.rows(x, d) });
      f.set(dataOf(out, "f", "float32"), batch.from);
    }
    return f;
  };
  return {
    outputs,
    async accuracy(now, { x, y }) {
      const f = await outputs(now, x, y.length);
      return f.reduce((right, value, i) => right + +(value * signOf(y[i]!) > 0), 0) / y.length;
    },
    dispose: () => session.dispose(),
  };
}
