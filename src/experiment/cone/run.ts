import { twoLayer } from "../../model/two-layer/two-layer.ts";
import { coneStep, type ConeStep } from "../../theory/ball/cone.ts";
import type { Training } from "../../training/sgd.ts";
import { internal } from "../../util/errors.ts";
import type { FinishedCell, RunContext } from "../experiment.ts";
import { rowStart } from "../network-cells.ts";
import { saverOf, trainCell } from "../sgd.ts";
import type { ConeConfig, ConeResult } from "./config.ts";

/**
 * Computes one cell of Figure 1: draw the network, train it far beyond its lazy ball, look at it where it leaves each ball.
 * No network stands in the path twice. One step of training that leaves several balls counts as leaving the smallest; and
 * where the epochs run out inside some of the balls, the path ends with one step for all of them, under the largest's C_0.
 */
export async function* runCone([config]: readonly [ConeConfig, ...ConeConfig[]], context: RunContext): AsyncGenerator<FinishedCell<ConeResult>> {
  const split = await context.load(config.data);
  const began = performance.now();
  const { c0 } = config.measure.cone;
  const [ball, outermost] = [Math.min(...c0), Math.max(...c0)];
  const {
    network: { m, bias },
    seed,
  } = config;
  const initial = twoLayer({ d: split.train.d, m, bias, seed });
  const path: ConeStep[] = [];
  let end: Training | undefined;
  for await (const at of trainCell(config, split, c0, context)) {
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
  const { network, history, exitReason } = end;
  const last = path.at(-1)!;
  yield {
    result: {
      config,
      history,
      row: {
        kind: config.kind,
        ...rowStart(config),
        c0: ball,
        epochs: history.length,
        exitReason,
        deviation: last.deviation,
        testAccuracy: last.testAccuracy,
        path,
        seconds: (performance.now() - began) / 1000,
      },
    },
    save: saverOf(network, config, history),
  };
}
