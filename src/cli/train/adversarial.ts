import { isRobust, type RobustConfig } from "../../experiment/robust/config.ts";
import { cellName } from "../../experiment/index.ts";
import { runCell } from "../../study/serve.ts";
import { adversarialDefaults, fields } from "../../experiment/fields.ts";
import { robustTraining } from "../../experiment/expand.ts";
import { robustSteps } from "../../study/schema.ts";
import { internal, SignflipError } from "../../util/errors.ts";
import type { CommandContext } from "../command.ts";
import { loadData, networkFiles, seedsOf, threadsOr, type ExperimentValues } from "../experiment.ts";
import type { ValuesOf } from "../option/option.ts";
import type { adversarialOptions } from "../option/options.ts";
import { writeNetwork } from "../output.ts";
import { epochLine, fixed, percent, plural } from "../text.ts";

type Values = ExperimentValues &
  ValuesOf<typeof adversarialOptions> & { readonly out: string | undefined; readonly threads: number | undefined; readonly json: boolean };

/** The cells that the options of `signflip train --adversarial` describe: one per seed. */
function robustCellsOf(values: Values, given: ReadonlySet<string>): RobustConfig[] {
  const { dataset, digits, size, normalize, width: m, bias, method, eps, radius, c0, epochs, patience, project, box, pgdSteps, stepSize } = values;
  const training = robustTraining(
    {
      method,
      eps,
      ball: radius === undefined ? { c0 } : { radius },
      lr: given.has("lr") ? values.lr : adversarialDefaults.lr,
      batch: given.has("batch") ? values.batch : adversarialDefaults.batch,
      epochs,
      patience,
      minRise: fields.minRise.default,
      project,
      box,
      steps: pgdSteps,
      stepSize,
    },
    m,
  );
  return seedsOf(values).map((seed) => ({
    data: { dataset, digits, size, normalize },
    network: { kind: "two-layer", m, bias },
    training,
    measure: { robust: { attack: "pgd", steps: robustSteps } },
    seed,
  }));
}

/** `signflip train --adversarial`. */
export async function trainAdversarialCells(values: Values, { print, note, given }: CommandContext): Promise<void> {
  const cells = robustCellsOf(values, given);
  const fileOf = await networkFiles(values.out, cells);

  const { useNodeEngine } = await import("../../platform/node/engine.ts");
  useNodeEngine();
  const { data, network: shape, training } = cells[0]!;
  const split = await loadData(data, values.dataFolder);
  const rows = [];
  for (const config of cells) {
    const { network, result } = await runCell(config, split, {
      threads: threadsOr(values.threads),
      onEpoch: (record) => note(`seed ${config.seed}  ${epochLine(record, training.radius)}`),
    }).catch((cause: unknown) => {
      throw cause instanceof SignflipError && cause.code === "SF_DIVERGED"
        ? new SignflipError(cause.code, `${cellName(config)}: ${cause.message}`, { cause })
        : cause;
    });
    if (!isRobust(result)) throw internal("adversarial training gave a cell of another kind");
    const { row, history } = result;
    const file = fileOf(config.seed);
    if (file !== undefined) await writeNetwork(file, network, config, history);
    const { seed, d, m, eps, radius, epochs, exitReason, deviation, onSurface, robustTrainAccuracy, testAccuracy, robustTestAccuracy, forward, backward } = row;
    rows.push({
      seed,
      d,
      m,
      eps,
      radius,
      epochs,
      deviation,
      onSurface,
      testAccuracy,
      robustTrainAccuracy,
      robustTestAccuracy,
      exitReason,
      forward,
      backward,
      ...(file === undefined ? {} : { network: file }),
      history,
    });
    if (!values.json) {
      const end = exitReason === "no-rise" ? `no rise in ${plural(training.patience, "epoch")}` : "all epochs done";
      print(
        `seed ${seed}: ${end}, ${plural(epochs, "epoch")}, deviation ${fixed(deviation)} of ${fixed(radius)}, test ${percent(testAccuracy)}, robust at ε ${eps} ${percent(robustTestAccuracy)} (PGD, ${robustSteps} steps)`,
      );
      if (file !== undefined) print(file);
    }
  }
  if (values.json) print(JSON.stringify({ command: "train", data, network: shape, training, measure: cells[0]!.measure, rows }));
  else if (values.out === undefined) note("not saved: --out network.onnx saves the network");
}
