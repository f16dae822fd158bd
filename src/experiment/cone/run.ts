import type { Split } from "../../data/dataset.ts";
import type { TwoLayerNetwork } from "../../model/two-layer/network.ts";
import { twoLayer } from "../../model/two-layer/two-layer.ts";
import { coneStep, type ConeStep } from "../../theory/ball/cone.ts";
import { trainTrajectory, type Training } from "../../training/sgd.ts";
import { internal } from "../../util/errors.ts";
import { hasUnitNorm, type ConeConfig, type ConeResult } from "../cell.ts";
import type { RunOptions } from "../run-cell.ts";

/**
 * Computes one cell of Figure 1: draw the network, train it far beyond its lazy ball, look at it where it leaves each ball.
 * No network stands in the path twice. One step of training that leaves several balls counts as leaving the smallest; and
 * where the epochs run out inside some of the balls, the path ends with one step for all of them, under the largest's C_0.
 */
export async function runConeCell(
  { data, network: { m, bias }, training: { lr, batch, exit, epochs }, measure, seed }: ConeConfig,
  { train, test }: Split,
  options: RunOptions = {},
): Promise<Pick<ConeResult, "row" | "history"> & { network: TwoLayerNetwork }> {
  const began = performance.now();
  const { c0 } = measure.cone;
  const [ball, outermost] = [Math.min(...c0), Math.max(...c0)];
  const initial = twoLayer({ d: train.d, m, bias, seed });
  const path: ConeStep[] = [];
  let end: Training | undefined;
  const trainings = trainTrajectory(initial, train, {
    c0,
    lr,
    batch,
    exit,
    epochs,
    test,
    seed,
    ...options,
  });
  for await (const at of trainings) {
    end = at;
    const last = at.history.at(-1);
    const left = at.exitReason === "left-ball";
    if (path.length > 0 && last?.steps === path.at(-1)!.steps) continue;
    path.push(
      coneStep(at.network, initial, {
        c0: left ? at.c0 : outermost,
        epoch: last?.epoch ?? 0,
        steps: last?.steps ?? 0,
        testAccuracy: last?.testAccuracy ?? Number.NaN,
      }),
    );
  }
  if (end === undefined) throw internal("a path through no ball");
  const last = path.at(-1)!;
  return {
    network: end.network,
    history: end.history,
    row: {
      kind: "cone",
      seed,
      d: train.d,
      ...(data.dataset === "mnist" ? { size: data.size } : {}),
      m,
      c0: ball,
      bias,
      normalize: hasUnitNorm(data),
      epochs: end.history.length,
      exitReason: end.exitReason,
      deviation: last.deviation,
      testAccuracy: last.testAccuracy,
      path,
      seconds: (performance.now() - began) / 1000,
    },
  };
}
