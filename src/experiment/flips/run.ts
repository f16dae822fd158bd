import type { Split } from "../../data/dataset.ts";
import type { FlipSamples, FlipSummary } from "../../measure/flip-row.ts";
import { measureFlips } from "../../measure/flips.ts";
import type { Training } from "../../training/sgd.ts";
import type { FinishedCell, RunContext } from "../experiment.ts";
import { rowStart } from "../network-cells.ts";
import { engineOf, saverOf, trainCell } from "../sgd.ts";
import type { FlipsConfig, FlipsResult, FlipsRow } from "./config.ts";

/**
 * Computes cells that differ in nothing but C_0, from one training: on its way out it passes the edge of every
 * smaller ball, and there it is what a run for that ball alone would have ended with.
 */
export async function* runFlips(configs: readonly [FlipsConfig, ...FlipsConfig[]], context: RunContext): AsyncGenerator<FinishedCell<FlipsResult>> {
  const [first] = configs;
  const split = await context.load(first.data);
  const balls = configs.map(({ training }) => training.c0);
  for await (const { c0, ...training } of trainCell(first, split, balls, context)) {
    const config = configs.find((one) => one.training.c0 === c0)!;
    yield measured(config, training, split, context);
  }
}

async function measured(config: FlipsConfig, training: Training, { test }: Split, context: RunContext): Promise<FinishedCell<FlipsResult>> {
  const { network, history } = training;
  const began = performance.now();
  const { misclassified, samples: keepsSamples } = config.measure.flips;
  const { samples, ...summary } = await measureFlips(network, test, { misclassified, ...engineOf(context) });
  // What a run for this ball alone would have taken.
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0) + (performance.now() - began) / 1000;
  return {
    result: {
      config,
      row: rowOf(config, training, { n: test.n, summary, seconds }),
      history,
      ...(keepsSamples ? { samples: plainSamples(samples) } : {}),
    },
    save: saverOf(network, config, history),
  };
}

function rowOf(
  config: FlipsConfig,
  { history, exitReason }: Training,
  { n, summary, seconds }: { readonly n: number; readonly summary: FlipSummary; readonly seconds: number },
): FlipsRow {
  const last = history.at(-1);
  return {
    kind: config.kind,
    ...rowStart(config),
    c0: config.training.c0,
    epochs: history.length,
    steps: last?.steps ?? 0,
    exitReason,
    deviation: last?.deviation ?? 0,
    trainAccuracy: last?.trainAccuracy ?? Number.NaN,
    testAccuracy: (n - summary.misclassified) / n,
    seconds,
    ...summary,
  };
}

/** The samples as a file keeps them: null where there is no number. */
function plainSamples(samples: FlipSamples): NonNullable<FlipsResult["samples"]> {
  const orNull = (values: Float64Array) => Array.from(values, (value) => (Number.isNaN(value) ? null : value));
  return {
    gradientNorm: Array.from(samples.gradientNorm),
    step: orNull(samples.step),
    perturbation: orNull(samples.perturbation),
    perturbationRelative: orNull(samples.perturbationRelative),
    status: Array.from(samples.status),
  };
}
