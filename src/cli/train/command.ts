import { lazyRadius } from "../../model/two-layer/lazy-ball.ts";
import { SignflipError } from "../../util/errors.ts";
import type { EpochRecord } from "../../training/record.ts";
import { defineCommand, type CommandContext } from "../command.ts";
import { longName, type ValuesOf } from "../option/option.ts";
import { adversarialOptions, experimentOptions, jsonOption, networkFileOption, threadsOption } from "../option/options.ts";
import { percent, plural, significant } from "../../util/words.ts";

const options = { ...experimentOptions, ...adversarialOptions, out: networkFileOption, threads: threadsOption, json: jsonOption };
type Values = ValuesOf<typeof options>;

export const train = defineCommand({
  description:
    "Trains by minibatch SGD on the logistic loss until the next step would leave the lazy ball ‖W − W₀‖₂,∞ ≤ C_0/√m, or all epochs are done. " +
    "With --adversarial, each epoch finds perturbations of all images by PGD, makes one pass of SGD over the perturbed images, and projects the " +
    "weights back into the ball. All defaults are the paper's.",
  options,
  examples: [
    ["signflip train --size 14 --out network.onnx", "MNIST 0 and 1 at 14×14 pixels, width 1000, saved for any ONNX Runtime"],
    ["signflip train --size 5 --seeds 5 --json", "five runs as JSON: deviation, accuracies and the history of every epoch"],
    ["signflip train --adversarial --size 10 --eps 0.2 --epochs 10 --normalize", "adversarial training as in the authors' code"],
    ["signflip train --adversarial --method fast --size 28 --eps 0.2 --radius 0.3 --normalize", "the same with a tenth of the passes"],
  ],
  async run(values, context) {
    checkTogether(values.adversarial, context.given);
    if (values.adversarial) return (await import("./adversarial.ts")).trainAdversarialCells(values, context);
    await trainCells(values, context);
  },
});

/** Trains a network for every seed. */
async function trainCells(values: Values, { print, note, given }: CommandContext): Promise<void> {
  const [{ announcement, cellsOf, networkFiles, noteLargeBatch, threadsOr }, { writeNetwork }, { runContext }, { saverOf, sgdEpochLine, trainCell }] =
    await Promise.all([import("../experiment.ts"), import("../output.ts"), import("../../platform/node/context.ts"), import("../../experiment/sgd.ts")]);
  const cells = cellsOf(values, "zero", given);
  const fileOf = await networkFiles(values.out, cells);
  const { load } = runContext({ dataFolder: values.dataFolder });
  const split = await load(cells[0]!.data);
  noteLargeBatch(values.batch, split.train, note);
  const radius = lazyRadius(values.c0, values.width);
  const rows = [];
  for (const config of cells) {
    note(announcement("training", config));
    const onEpoch = (record: EpochRecord) => note(`seed ${config.seed}  ${sgdEpochLine(record, config, { short: false })}`);
    for await (const { network, history, exitReason } of trainCell(config, split, [values.c0], { load, threads: threadsOr(values.threads), onEpoch })) {
      const last = history.at(-1)!;
      const file = fileOf(config.seed);
      if (file !== undefined) await writeNetwork(file, saverOf(network, config, history));
      const { deviation, testAccuracy, trainAccuracy, steps } = last;
      rows.push({
        seed: config.seed,
        d: split.train.d,
        m: network.m,
        c0: values.c0,
        epochs: history.length,
        deviation,
        testAccuracy,
        trainAccuracy,
        exitReason,
        steps,
        ...(file === undefined ? {} : { network: file }),
        history,
      });
      if (values.json) continue;
      const end = exitReason === "left-ball" ? "stopped at the edge of the lazy ball" : "all epochs done";
      print(
        `seed ${config.seed}: ${end}, ${plural(history.length, "epoch")}, ${plural(steps, "step")}, deviation ${significant(deviation)} of ${significant(radius)}, test ${percent(testAccuracy)}`,
      );
      if (file !== undefined) print(file);
    }
  }
  const { data, network, training } = cells[0]!;
  if (values.json) print(JSON.stringify({ command: "train", data, network, training, rows }));
  else if (values.out === undefined) note("not saved; use --out network.onnx to save the network");
}

/** @throws a usage error for an option of the other training. */
function checkTogether(adversarial: boolean, given: ReadonlySet<string>): void {
  const fail = (message: string) => new SignflipError("SF_OPTION", message, { usage: true });
  const { adversarial: _, ...only } = adversarialOptions;
  for (const [name, option] of Object.entries(only)) {
    if (!adversarial && given.has(name)) throw fail(`${longName(option)} is an option of adversarial training; add --adversarial`);
  }
  if (!adversarial) return;
  if (given.has("exit"))
    throw fail("--exit does not apply with --adversarial, which projects the weights back into the lazy ball instead of stopping; see --project");
  if (given.has("c0") && given.has("radius")) throw fail("--c0 and --radius cannot be combined: --c0 is the radius C_0/√m");
}
