import type { AdversarialConfig } from "../../experiment/robust/config.ts";
import { adversarialEpochLine } from "../../experiment/robust/epoch-line.ts";
import type { AdversarialRecord } from "../../training/adversarial.ts";
import { runRobust } from "../../experiment/robust/run.ts";
import { adversarialTraining, measureOf } from "../../experiment/robust/schema.ts";
import { cellName } from "../../experiment/index.ts";
import { adversarialDefaults, fields } from "../../experiment/fields.ts";
import { runContext } from "../../platform/node/context.ts";
import { internal, SignflipError } from "../../util/errors.ts";
import type { CommandContext } from "../command.ts";
import { announcement, dataOf, networkFiles, noteLargeBatch, seedsOf, threadsOr, type ExperimentValues } from "../experiment.ts";
import type { ValuesOf } from "../option/option.ts";
import type { adversarialOptions } from "../option/options.ts";
import { writeNetwork } from "../output.ts";
import { percent, plural, significant } from "../../util/words.ts";

type Values = ExperimentValues &
  ValuesOf<typeof adversarialOptions> & { readonly out: string | undefined; readonly threads: number | undefined; readonly json: boolean };

/** The cells that the options of `signflip train --adversarial` describe: one per seed. */
function robustCellsOf(values: Values, given: ReadonlySet<string>): AdversarialConfig[] {
  const { width: m, bias, method, eps, radius, c0, epochs, patience, project, box, pgdSteps, stepSize } = values;
  const training = adversarialTraining(
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
    kind: "robust",
    data: dataOf(values, given),
    network: { kind: "two-layer", m, bias },
    training,
    measure: { robust: measureOf({ attack: "pgd", norm: "l2", eps, attackSteps: undefined, restarts: undefined }) },
    seed,
  }));
}

/** `signflip train --adversarial`. */
export async function trainAdversarialCells(values: Values, { print, note, given }: CommandContext): Promise<void> {
  const cells = robustCellsOf(values, given);
  const fileOf = await networkFiles(values.out, cells);

  const { data, network: shape, training, measure } = cells[0]!;
  const { load } = runContext({ dataFolder: values.dataFolder });
  noteLargeBatch(training.batch, (await load(data)).train, note);
  const rows = [];
  for (const config of cells) {
    note(announcement("training adversarially on", config));
    const { result, save } = await measured(config, {
      load,
      threads: threadsOr(values.threads),
      onEpoch: (record: AdversarialRecord) => note(`seed ${config.seed}  ${adversarialEpochLine(record, config)}`),
    });
    const { row, history } = result;
    const file = fileOf(config.seed);
    if (file !== undefined && save !== undefined) await writeNetwork(file, save);
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
        `seed ${seed}: ${end}, ${plural(epochs, "epoch")}, deviation ${significant(deviation)} of ${significant(radius)}, test ${percent(testAccuracy)}, robust at ε ${eps} ${percent(robustTestAccuracy)} (PGD, ${measure.robust.steps} steps)`,
      );
      if (file !== undefined) print(file);
    }
  }
  if (values.json) print(JSON.stringify({ command: "train", data, network: shape, training, measure, rows }));
  else if (values.out === undefined) note("not saved; use --out network.onnx to save the network");
}

/** The one cell of a configuration. A training that diverges says which it was. */
async function measured(config: AdversarialConfig, context: Parameters<typeof runRobust>[1]) {
  try {
    for await (const finished of runRobust([config], context)) return finished;
  } catch (cause) {
    if (cause instanceof SignflipError && cause.code === "SF_DIVERGED") throw new SignflipError(cause.code, `${cellName(config)}: ${cause.message}`, { cause });
    throw cause;
  }
  throw internal("adversarial training gave no cell");
}
