import { isTheory, type TheoryConfig } from "../../experiment/theory/config.ts";
import type { DataConfig } from "../../data/index.ts";
import { spherePoints, theoryRate } from "../../study/presets-theory.ts";
import { internal, SignflipError } from "../../util/errors.ts";
import type { CommandContext } from "../command.ts";
import { defineCommand } from "../command.ts";
import type { ValuesOf } from "../option/option.ts";
import { epochLine } from "../text.ts";
import { checkTogether, theoryOptions } from "./options.ts";

type Values = ValuesOf<typeof theoryOptions>;

export const theory = defineCommand({
  name: "theory",
  summary: "check every statement of the theory: its bound, the exact extreme, a measurement",
  description:
    "Draws a network without biases, trains it within its lazy ball on points with ‖x‖ = 1, and sets each statement's bound beside the exact extreme " +
    "over the ball (where a closed form is known), the worst that was measured on the trained network or by a search, and how often independent draws of " +
    "(a, W₀) break the bound. A statement that does not hold is a result like any other: the exit code is 0. With --preset the whole grid of a preset " +
    "is checked, as `signflip reproduce` would, and a report with the figures of the theory is written.",
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
    const [{ seeded }, { checkStudies }] = await Promise.all([import("../reproduce/studies.ts"), import("../../study/presets.ts")]);
    const studies = checkStudies(preset).map((study) => seeded(study, values, context.given));
    const { runAndPublish } = await import("../reproduce/run-and-publish.ts");
    await runAndPublish(studies, { ...values, command: "theory", networks: "first" }, context);
  },
});

/** One network, in this process, printed. */
async function checkOne(values: Values, { print, note }: CommandContext): Promise<void> {
  const { d, m, c0, gamma, c1, draws, points, searches, dataset, batch, epochs, seed, threads } = values;
  const data = dataOf(values);
  const [{ checkTheorySize }, { settingOf }] = await Promise.all([import("../../experiment/theory/run.ts"), import("../../theory/check.ts")]);
  checkTheorySize({ d, m, points });
  const setting = settingOf({ d, m, c0, gamma, constants: { c1 } });
  const config: TheoryConfig = {
    data,
    network: { kind: "two-layer", m, bias: false },
    training: { method: "sgd", c0, lr: values.lr ?? theoryRate[dataset], batch, exit: "step", epochs },
    measure: { theory: { gamma, draws, points, searches, c1 } },
    seed,
  };
  const [{ useNodeEngine }, { loadData, threadsOr }, { runCell }, { radiusOf }] = await Promise.all([
    import("../../platform/node/engine.ts"),
    import("../experiment.ts"),
    import("../../experiment/run-cell.ts"),
    import("../../study/plan.ts"),
  ]);
  useNodeEngine();
  const { result } = await runCell(config, await loadData(data, values.dataFolder), {
    threads: threadsOr(threads),
    onEpoch: (record) => note(epochLine(record, radiusOf(config))),
  });
  if (!isTheory(result)) throw internal("a check of the theory gave a cell of another kind");
  const { row } = result;
  if (!values.json) return print((await import("./table.ts")).theoryText(row));
  const { deviation, testAccuracy, steps, exitReason, fresh, trained, freshShares, trainedShares, statements, seconds } = row;
  print(
    JSON.stringify({
      command: "theory",
      setting,
      data,
      network: { ...config.network, seed },
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

function dataOf({ dataset, d, points }: Values): DataConfig {
  if (dataset === "sphere") return { dataset, d, points: Math.max(spherePoints, points) };
  const size = Math.round(Math.sqrt(d));
  if (size ** 2 !== d || size < 2 || size > 28)
    throw new SignflipError("SF_OPTION", `--d must be the square of a whole number from 2 to 28 (4, 9, … 784) with --dataset mnist; got ${d}`, { usage: true });
  return { dataset, digits: [0, 1], size, normalize: true };
}
