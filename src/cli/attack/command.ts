import { SignflipError } from "../../util/errors.ts";
import { attackOptions } from "./options.ts";
import { defineCommand } from "../command.ts";
import { longName } from "../option/option.ts";
import { experimentOptions, jsonOption, threadsOption } from "../option/options.ts";
import { duration, table } from "../text.ts";
import { percent, plural } from "../../util/words.ts";

/** The options that belong to some attacks and not to others. */
const ownNames = ["steps", "stepSize", "restarts", "randomStart", "loss"] as const;

const { dataset, digits, classes, size, normalize, d, points, seed, dataFolder } = experimentOptions;

export const attack = defineCommand({
  description:
    "For every test image and every ε, searches for the worst point within the budget. Prints clean and robust accuracy; --out writes a record of every image. " +
    "Robust accuracy under an attack is an upper bound: a stronger attack can only lower it.",
  argument: { name: "network.onnx", description: "a network saved by signflip; by default, the images have its size, digits and normalization" },
  options: {
    ...attackOptions,
    dataset: { ...dataset, description: "images to attack" },
    digits: { ...digits, defaultText: "the network's" },
    classes: { ...classes, defaultText: "the network's" },
    size: { ...size, defaultText: "the network's" },
    normalize: { ...normalize, defaultText: "the network's" },
    d: { ...d, defaultText: "the network's" },
    points,
    dataFolder,
    seed: { ...seed, description: "seed of random starts" },
    threads: threadsOption,
    json: jsonOption,
  },
  examples: [
    ["signflip attack network.onnx --eps 0.1,0.2", "PGD with 100 steps in ℓ₂, as in the paper"],
    ["signflip attack network.onnx --attack apgd --norm linf --eps 0.01 --restarts 5", "a stronger attack, in another norm"],
    ["signflip attack network.onnx --eps 0.2 --json --out records.parquet", "numbers as JSON, and a record of every image"],
  ],
  async run(values, { print, note, given }, file) {
    if (file === undefined) throw new SignflipError("SF_OPTION", "attack needs a network: signflip attack NETWORK.onnx", { usage: true });
    const { out, box, eps: budgets } = values;
    const { attacks } = await import("../../attack/index.ts");
    const has = ownNames.filter((name) => name in attacks[values.attack].defaults);
    const foreign = ownNames.find((name) => given.has(name) && !has.includes(name));
    if (foreign !== undefined) {
      const own = has.map((name) => longName(attackOptions[name])).join(", ") || "none";
      throw new SignflipError("SF_OPTION", `${longName(attackOptions[foreign])} is not an option of ${values.attack} (its options are ${own})`, {
        usage: true,
      });
    }
    const [{ checkOutputFile, writeRecords }, { openNetwork }, { threadsOr }, { runContext }] = await Promise.all([
      import("../output.ts"),
      import("../saved-network.ts"),
      import("../experiment.ts"),
      import("../../platform/node/context.ts"),
    ]);
    await checkOutputFile(out);
    const { network, data, remarks } = await openNetwork(file, values, given);
    for (const remark of remarks) note(remark);
    const [{ prepareAttack }, { runAttack }, { boundsOf }, { classifierOf }, { attackColumns, attackRecords }] = await Promise.all([
      import("../../attack/prepare.ts"),
      import("../../attack/attack.ts"),
      import("../../data/box.ts"),
      import("../../model/index.ts"),
      import("./records.ts"),
    ]);
    // What is not given is the attack's own.
    const own = Object.fromEntries(ownNames.flatMap((name) => (given.has(name) ? [[name, values[name]]] : [])));
    const { test } = await runContext({ dataFolder: values.dataFolder }).load(data);
    const prepared = await prepareAttack({ ...classifierOf(network), name: file }, {
      attack: values.attack,
      norm: values.norm,
      box: boundsOf(test, box),
      seed: values.seed,
      threads: threadsOr(values.threads),
      ...own,
    } as Parameters<typeof prepareAttack>[1]);
    note(`attacking ${plural(test.y.length, "test image")} with ${values.attack}`);
    const rows = [];
    const records = [];
    try {
      for (const eps of budgets) {
        const began = performance.now();
        const result = await runAttack(prepared, { x: test.x, y: test.y, eps });
        const { n, cleanAccuracy, robustAccuracy, forward, backward } = result.summary;
        const seconds = (performance.now() - began) / 1000;
        rows.push({ eps, n, cleanAccuracy, robustAccuracy, forward: forward / n, backward: backward / n, seconds });
        if (out !== undefined) records.push(...attackRecords(result, test.y, eps));
        note(`ε ${eps}  clean ${percent(cleanAccuracy)}  robust ${percent(robustAccuracy)}  ${duration(seconds)}`);
      }
    } finally {
      await prepared.dispose();
    }
    if (out !== undefined) await writeRecords(out, attackColumns, records);
    const settings = { attack: values.attack, norm: prepared.config.norm, ...prepared.config.options, loss: prepared.config.loss, box };
    const { kind, m, bias } = network;
    if (values.json)
      print(
        JSON.stringify({ command: "attack", data, network: { kind, m, bias, file }, attack: settings, rows, ...(out === undefined ? {} : { records: out }) }),
      );
    else {
      print(
        table(
          ["ε", "clean", "robust", "forward", "backward"],
          rows.map((row) => [String(row.eps), percent(row.cleanAccuracy), percent(row.robustAccuracy), String(row.forward), String(row.backward)]),
        ),
      );
      print(`${plural(rows[0]!.n, "test image")}, ${values.attack} in ${prepared.config.norm}; forward and backward are passes per image`);
      if (out !== undefined) print(out);
    }
  },
});
