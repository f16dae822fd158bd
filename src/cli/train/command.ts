import { lazyRadius } from "../../model/two-layer/lazy-ball.ts";
import { SignflipError } from "../../util/errors.ts";
import { defineCommand } from "../command.ts";
import { longName } from "../option/option.ts";
import { adversarialOptions, experimentOptions, jsonOption, networkFileOption, threadsOption } from "../option/options.ts";
import { epochLine } from "../text.ts";
import { percent, plural, significant } from "../../util/words.ts";

export const train = defineCommand({
  name: "train",
  summary: "train a two-layer network within its lazy ball",
  description:
    "Minibatch SGD on the logistic loss until the weights would leave the lazy ball ‖W − W₀‖₂,∞ ≤ C_0/√m, or the epochs are done. " +
    "With --adversarial: every epoch finds perturbations of all images by PGD, makes one pass of SGD over the perturbed images, and brings the " +
    "weights back into the ball. Every default is the paper's.",
  options: { ...experimentOptions, ...adversarialOptions, out: networkFileOption, threads: threadsOption, json: jsonOption },
  examples: [
    ["signflip train --size 14 --out network.onnx", "MNIST 0 and 1 at 14×14 pixels, width 1000, saved for any ONNX Runtime"],
    ["signflip train --size 5 --seeds 5 --json", "five runs as JSON: deviation, accuracies and the history of every epoch"],
    ["signflip train --adversarial --size 10 --eps 0.2 --epochs 10 --normalize", "adversarial training as the authors' code does it"],
    ["signflip train --adversarial --method fast --size 28 --eps 0.2 --radius 0.3 --normalize", "the same for a tenth of the passes"],
  ],
  async run(values, context) {
    checkTogether(values.adversarial, context.given);
    if (values.adversarial) return (await import("./adversarial.ts")).trainAdversarialCells(values, context);
    const { print, note } = context;
    const { cellsOf, loadData, networkFiles, threadsOr, trainCell } = await import("../experiment.ts");
    const cells = cellsOf(values, "zero");
    const { writeNetwork } = await import("../output.ts");
    const fileOf = await networkFiles(values.out, cells);

    const { useNodeEngine } = await import("../../platform/node/engine.ts");
    useNodeEngine();
    const split = await loadData(cells[0]!.data, values.dataFolder);
    const radius = lazyRadius(values.c0, values.width);
    const rows = [];
    for (const config of cells) {
      const { network, history, exitReason } = await trainCell(config, split, {
        threads: threadsOr(values.threads),
        onEpoch: (record) => note(`seed ${config.seed}  ${epochLine(record, radius)}`),
      });
      const last = history.at(-1)!;
      const file = fileOf(config.seed);
      if (file !== undefined) await writeNetwork(file, network, config, history);
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
      if (!values.json) {
        const end = exitReason === "left-ball" ? "stopped at the edge of the lazy ball" : "all epochs done";
        print(
          `seed ${config.seed}: ${end}, ${plural(history.length, "epoch")}, ${plural(steps, "step")}, deviation ${significant(deviation)} of ${significant(radius)}, test ${percent(testAccuracy)}`,
        );
        if (file !== undefined) print(file);
      }
    }
    if (values.json) print(JSON.stringify({ command: "train", data: cells[0]!.data, network: cells[0]!.network, training: cells[0]!.training, rows }));
    else if (values.out === undefined) note("not saved: --out network.onnx saves the network");
  },
});

/** @throws a usage error for an option of the other training. */
function checkTogether(adversarial: boolean, given: ReadonlySet<string>): void {
  const fail = (message: string) => new SignflipError("SF_OPTION", message, { usage: true });
  const { adversarial: _, ...only } = adversarialOptions;
  for (const [name, option] of Object.entries(only)) {
    if (!adversarial && given.has(name)) throw fail(`${longName(option)} is an option of adversarial training; add --adversarial`);
  }
  if (!adversarial) return;
  if (given.has("exit")) throw fail("--exit is for training without --adversarial, which ends at the lazy ball's edge; see --project");
  if (given.has("c0") && given.has("radius")) throw fail("--c0 and --radius exclude each other: --c0 is the radius C_0/√m");
}
