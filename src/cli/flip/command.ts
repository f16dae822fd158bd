import { lazyRadius } from "../../model/two-layer/lazy-ball.ts";
import type { FlipSummary } from "../../measure/flip-row.ts";
import type { Summary } from "../../measure/summary.ts";
import { SignflipError } from "../../util/errors.ts";
import { interval95, summarize } from "../../util/statistics.ts";
import { defineCommand } from "../command.ts";
import { experimentOptions, jsonOption, misclassifiedOption, networkFileOption, threadsOption } from "../option/options.ts";
import { epochLine, table } from "../text.ts";
import { interval, percent, plusMinus, significant } from "../../util/words.ts";

/** A line of the result: one network, measured. */
interface FlipLine extends FlipSummary {
  readonly seed: number;
  readonly d: number;
  readonly m: number;
  readonly c0: number | null;
  readonly epochs: number | null;
  readonly deviation: number;
  readonly testAccuracy: number;
}

export const flip = defineCommand({
  name: "flip",
  summary: "measure the smallest gradient step that flips each prediction",
  description:
    "Trains as `signflip train` does, or takes a trained network, and walks from every test image along its input " +
    "gradient to the first change of sign, exactly: |η| is the step, ‖δ‖ = |η|·‖∇f‖ the perturbation.",
  argument: { name: "network.onnx", description: "a network saved by signflip; without it one is trained per seed" },
  options: { ...experimentOptions, misclassified: misclassifiedOption, out: networkFileOption, threads: threadsOption, json: jsonOption },
  examples: [
    ["signflip flip --size 5 --seeds 5", "train five networks on MNIST 0 and 1 at 5×5 pixels and measure them"],
    ["signflip flip network.onnx --json", "measure a saved network; the size comes from the file"],
  ],
  async run(values, { print, note, given }, file) {
    const { cellsOf, loadData, networkFiles, threadsOr, trainCell } = await import("../experiment.ts");
    const { writeNetwork } = await import("../output.ts");
    const [{ useNodeEngine }, { measureFlips }] = await Promise.all([import("../../platform/node/engine.ts"), import("../../measure/flips.ts")]);
    const threads = threadsOr(values.threads);
    const lines: FlipLine[] = [];
    let settings: Record<string, unknown>;

    if (file === undefined) {
      const cells = cellsOf(values, values.misclassified);
      const fileOf = await networkFiles(values.out, cells);
      useNodeEngine();
      const first = cells[0]!;
      settings = { data: first.data, network: first.network, training: first.training };
      const split = await loadData(first.data, values.dataFolder);
      const radius = lazyRadius(values.c0, values.width);
      for (const config of cells) {
        const { network, history } = await trainCell(config, split, {
          threads,
          onEpoch: (record) => note(`seed ${config.seed}  ${epochLine(record, radius)}`),
        });
        const out = fileOf(config.seed);
        if (out !== undefined) await writeNetwork(out, network, config, history);
        const { samples: _, ...summary } = await measureFlips(network, split.test, { misclassified: values.misclassified, threads });
        const { n, d } = split.test;
        lines.push({
          seed: config.seed,
          d,
          m: network.m,
          c0: values.c0,
          epochs: history.length,
          deviation: history.at(-1)!.deviation,
          testAccuracy: (n - summary.misclassified) / n,
          ...summary,
        });
      }
    } else {
      const unused = [...given].filter((name) => ["width", "bias", "c0", "lr", "batch", "epochs", "exit", "seed", "seeds", "out"].includes(name));
      if (unused.length > 0) {
        throw new SignflipError("SF_OPTION", `--${unused[0]!} says how to train a network, but ${file} is trained already; leave out the one or the other`, {
          usage: true,
        });
      }
      const [{ openNetwork }, { deviation }, { initialOf }] = await Promise.all([
        import("../saved-network.ts"),
        import("../../model/two-layer/lazy-ball.ts"),
        import("../../model/two-layer/two-layer.ts"),
      ]);
      const { network, data, c0, epochs } = await openNetwork(file, values, given);
      useNodeEngine();
      settings = { data, network: { kind: network.kind, m: network.m, bias: network.bias, file } };
      const split = await loadData(data, values.dataFolder);
      const { samples: _, ...summary } = await measureFlips(network, split.test, { misclassified: values.misclassified, threads });
      const { n, d } = split.test;
      lines.push({
        seed: network.seed,
        d,
        m: network.m,
        c0: c0 ?? null,
        epochs: epochs ?? null,
        deviation: deviation(network, initialOf(network)),
        testAccuracy: (n - summary.misclassified) / n,
        ...summary,
      });
    }

    if (values.json) print(JSON.stringify({ command: "flip", ...settings, misclassified: values.misclassified, rows: lines.map(jsonRow) }));
    else print(asTable(lines, values.misclassified));
  },
});

function jsonRow(line: FlipLine): Record<string, unknown> {
  const spread = ({ mean, sd }: Summary) => ({ mean, sd });
  const { gradientNorm, step, perturbation, perturbationRelative, flipped, neverFlipped, misclassified, seed, d, m, c0, epochs, deviation, testAccuracy } =
    line;
  return {
    seed,
    d,
    m,
    c0,
    epochs,
    deviation,
    testAccuracy,
    gradientNorm: spread(gradientNorm),
    step: spread(step),
    perturbation: spread(perturbation),
    perturbationRelative: spread(perturbationRelative),
    flipped,
    neverFlipped,
    misclassified,
  };
}

function asTable(lines: readonly FlipLine[], convention: "zero" | "exclude"): string {
  const head = ["seed", "epochs", "deviation", "test", "‖∇f‖", "|η|", "‖δ‖", "‖δ‖/‖x‖", "flipped", "never", "wrong"];
  const rows = lines.map((l) => [
    String(l.seed),
    String(l.epochs ?? "–"),
    significant(l.deviation),
    percent(l.testAccuracy),
    plusMinus(l.gradientNorm),
    plusMinus(l.step),
    plusMinus(l.perturbation),
    plusMinus(l.perturbationRelative),
    String(l.flipped),
    String(l.neverFlipped),
    String(l.misclassified),
  ]);
  const over = (of: (l: FlipLine) => number) => {
    const values = lines.map(of);
    return `${significant(summarize(values).mean)} ${interval(interval95(values), significant)}`;
  };
  const means =
    lines.length < 2
      ? []
      : [
          "",
          `mean over ${lines.length} seeds, with its 95 % interval:`,
          table(
            ["", ""],
            [
              ["‖∇f‖", over((l) => l.gradientNorm.mean)],
              ["|η|", over((l) => l.step.mean)],
              ["‖δ‖", over((l) => l.perturbation.mean)],
              ["‖δ‖/‖x‖", over((l) => l.perturbationRelative.mean)],
            ],
          ).trimStart(),
        ];
  const wrong = convention === "zero" ? "misclassified images count as distance 0" : "misclassified images are left out";
  return [table(head, rows), `mean ± standard deviation over the test images; ${wrong}`, ...means].join("\n");
}
