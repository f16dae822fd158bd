import type { EpochRecord } from "../../training/record.ts";
import { SignflipError } from "../../util/errors.ts";
import { defineCommand, type CommandContext } from "../command.ts";
import type { ValuesOf } from "../option/option.ts";
import { experimentOptions, jsonOption, misclassifiedOption, networkFileOption, threadsOption } from "../option/options.ts";
import { asTable, jsonRow, type FlipLine } from "./table.ts";

const options = { ...experimentOptions, misclassified: misclassifiedOption, out: networkFileOption, threads: threadsOption, json: jsonOption };
type Values = ValuesOf<typeof options>;

/** What was measured, and on what. */
interface Measured {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly lines: readonly FlipLine[];
}

export const flip = defineCommand({
  description:
    "Trains networks as `signflip train` does, or takes a trained one. From each test image it follows the input gradient to the exact first point " +
    "where the prediction changes: |η| is the size of this step, and ‖δ‖ = |η|·‖∇f‖ the length of the perturbation.",
  argument: { name: "network.onnx", description: "a network saved by signflip; if left out, one is trained for each seed" },
  options,
  examples: [
    ["signflip flip --size 5 --seeds 5", "train five networks on MNIST 0 and 1 at 5×5 pixels and measure them"],
    ["signflip flip network.onnx --json", "measure a saved network; the size comes from the file"],
  ],
  async run(values, context, file) {
    const { settings, lines } = file === undefined ? await ofTraining(values, context) : await ofFile(file, values, context);
    const { print } = context;
    if (values.json) print(JSON.stringify({ command: "flip", ...settings, misclassified: values.misclassified, rows: lines.map(jsonRow) }));
    else print(asTable(lines, values.misclassified));
  },
});

/** Trains a network for every seed, as a study would, and measures it. */
async function ofTraining(values: Values, { note, given }: CommandContext): Promise<Measured> {
  const [{ announcement, cellsOf, networkFiles, noteLargeBatch, threadsOr }, { writeNetwork }, { runContext }, { runFlips }, { sgdEpochLine }] =
    await Promise.all([
      import("../experiment.ts"),
      import("../output.ts"),
      import("../../platform/node/context.ts"),
      import("../../experiment/flips/run.ts"),
      import("../../experiment/sgd.ts"),
    ]);
  const cells = cellsOf(values, values.misclassified, given);
  const fileOf = await networkFiles(values.out, cells);
  const { load } = runContext({ dataFolder: values.dataFolder });
  noteLargeBatch(values.batch, (await load(cells[0]!.data)).train, note);
  const lines: FlipLine[] = [];
  for (const config of cells) {
    note(announcement("training and measuring", config));
    const onEpoch = (record: EpochRecord) => note(`seed ${config.seed}  ${sgdEpochLine(record, config, { short: false })}`);
    for await (const { result, save } of runFlips([config], { load, threads: threadsOr(values.threads), onEpoch })) {
      const out = fileOf(config.seed);
      if (out !== undefined && save !== undefined) await writeNetwork(out, save);
      lines.push(result.row);
    }
  }
  const { data, network, training } = cells[0]!;
  return { settings: { data, network, training }, lines };
}

/** Measures a network that is trained already. */
async function ofFile(file: string, values: Values, { note, given }: CommandContext): Promise<Measured> {
  const unused = [...given].filter((name) => ["width", "bias", "c0", "lr", "batch", "epochs", "exit", "seed", "seeds", "out"].includes(name));
  if (unused.length > 0) {
    throw new SignflipError("SF_OPTION", `--${unused[0]!} says how to train a network, but ${file} is already trained; leave out one of the two`, {
      usage: true,
    });
  }
  const [{ threadsOr }, { openNetwork }, { measureFlips }, { runContext }, { deviation }, { initialOf }] = await Promise.all([
    import("../experiment.ts"),
    import("../saved-network.ts"),
    import("../../measure/flips.ts"),
    import("../../platform/node/context.ts"),
    import("../../model/two-layer/lazy-ball.ts"),
    import("../../model/two-layer/two-layer.ts"),
  ]);
  const { network, data, c0, epochs, remarks } = await openNetwork(file, values, given);
  for (const remark of remarks) note(remark);
  const { test } = await runContext({ dataFolder: values.dataFolder }).load(data);
  const { samples: _, ...summary } = await measureFlips(network, test, { misclassified: values.misclassified, threads: threadsOr(values.threads) });
  const line: FlipLine = {
    seed: network.seed,
    d: network.d,
    m: network.m,
    c0: c0 ?? null,
    epochs: epochs ?? null,
    deviation: deviation(network, initialOf(network)),
    testAccuracy: (test.n - summary.misclassified) / test.n,
    ...summary,
  };
  return { settings: { data, network: { kind: network.kind, m: network.m, bias: network.bias, file } }, lines: [line] };
}
