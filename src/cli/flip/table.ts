import type { FlipSummary } from "../../measure/flip-row.ts";
import type { Summary } from "../../measure/summary.ts";
import { interval95, summarize } from "../../util/statistics.ts";
import { interval, percent, plusMinus, significant } from "../../util/words.ts";
import { table } from "../text.ts";

/** A line of the result: one network, measured. */
export interface FlipLine extends FlipSummary {
  readonly seed: number;
  readonly d: number;
  readonly m: number;
  readonly c0: number | null;
  readonly epochs: number | null;
  readonly deviation: number;
  readonly testAccuracy: number;
}

export function jsonRow(line: FlipLine): Record<string, unknown> {
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

export function asTable(lines: readonly FlipLine[], convention: "zero" | "exclude"): string {
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
