import { datasets, type DataConfig } from "../../data/index.ts";
import type { TheoryConfig, TheoryResult } from "../../experiment/theory/config.ts";
import type { EpochRecord } from "../../training/record.ts";
import type { CommandContext } from "../command.ts";
import { defineCommand } from "../command.ts";
import type { ValuesOf } from "../option/option.ts";
import { checkTogether, theoryOptions } from "./options.ts";

type Values = ValuesOf<typeof theoryOptions>;

export const theory = defineCommand({
  description:
    "Draws a network without biases, trains it within its lazy ball on points with ‖x‖ = 1, and compares each statement's bound with the exact extreme " +
    "over the ball (if a closed form is known), with the worst value on the trained network or in a search, and with how often independent draws of " +
    "(a, W₀) break the bound. A statement that does not hold is a result like any other: the exit code is 0. With --preset, it checks the whole grid of " +
    "a preset, as `signflip reproduce` would, and writes a report with the figures of the theory.",
  options: theoryOptions,
  examples: [
    ["signflip theory --d 784 --m 10000 --c0 10 --gamma 0.05 --json", "every statement at one setting, as JSON"],
    ["signflip theory --d 196 --m 1000 --dataset mnist", "on MNIST 0 and 1 at 14×14 pixels"],
    ["signflip theory --preset laptop --out theory", "the whole grid in under 5 minutes on 2 cores, with a report"],
  ],
  async run(values, context) {
    const { preset } = values;
    checkTogether(preset, context.given);
    if (preset === undefined) return checkOne(values, context);
    const [{ seeded }, { checkStudies }] = await Promise.all([import("../reproduce/studies.ts"), import("../../figure/presets.ts")]);
    const studies = checkStudies(preset).map((study) => seeded(study, values, context.given));
    const { runAndPublish } = await import("../reproduce/run-and-publish.ts");
    await runAndPublish(studies, { ...values, command: "theory", networks: "first" }, context);
  },
});

/** One network, in this process, printed. */
async function checkOne(values: Values, { print, note }: CommandContext): Promise<void> {
  const { d, m, c0, gamma, c1, draws, points, searches, dataset, batch, epochs, seed, threads } = values;
  const { unitNormOf, unitNormRate } = datasets[dataset];
  const data: DataConfig = unitNormOf(d, points);
  const [{ checkTheorySize, runTheory }, { settingOf }, { runContext }, { sgdEpochLine }, { announcement, threadsOr }] = await Promise.all([
    import("../../experiment/theory/run.ts"),
    import("../../theory/check.ts"),
    import("../../platform/node/context.ts"),
    import("../../experiment/sgd.ts"),
    import("../experiment.ts"),
  ]);
  checkTheorySize({ d, m, points });
  const setting = settingOf({ d, m, c0, gamma, constants: { c1 } });
  const config: TheoryConfig = {
    kind: "theory",
    data,
    network: { kind: "two-layer", m, bias: false },
    training: { method: "sgd", c0, lr: values.lr ?? unitNormRate, batch, exit: "step", epochs },
    measure: { theory: { gamma, draws, points, searches, c1 } },
    seed,
  };
  note(announcement("training and checking", config));
  const onEpoch = (record: EpochRecord) => note(sgdEpochLine(record, config, { short: false }));
  const context = { ...runContext({ dataFolder: values.dataFolder, threads: threadsOr(threads) }), onEpoch };
  for await (const { result } of runTheory([config], context)) await show(result, setting, values, print);
}

async function show(
  { config, row }: Omit<TheoryResult, "key">,
  setting: object,
  { json, draws, searches }: Values,
  print: CommandContext["print"],
): Promise<void> {
  if (!json) return print((await import("./table.ts")).theoryText(row));
  const { deviation, testAccuracy, steps, exitReason, fresh, trained, freshShares, trainedShares, statements, seconds } = row;
  print(
    JSON.stringify({
      command: "theory",
      setting,
      data: config.data,
      network: { ...config.network, seed: config.seed },
      training: config.training,
      trained: { epochs: row.epochs, steps, exitReason, deviation, testAccuracy },
      draws,
      points: row.points,
      searches,
      flips: { fresh, trained },
      smallestC1: { fresh: freshShares.smallest, trained: trainedShares.smallest },
      seconds,
      statements,
    }),
  );
}
