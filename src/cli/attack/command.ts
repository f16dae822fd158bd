import { SignflipError } from "../../util/errors.ts";
import { attackOptions } from "./options.ts";
import { defineCommand } from "../command.ts";
import { dataOptions } from "../option/data.ts";
import { modelOptions } from "../option/model.ts";
import { longName } from "../option/option.ts";
import { experimentOptions, jsonOption, threadsOption } from "../option/options.ts";
import { duration, table } from "../text.ts";
import { percent, plural } from "../../util/words.ts";

/** The options that belong to some attacks and not to others. */
const ownNames = ["steps", "stepSize", "restarts", "randomStart", "loss", "targets"] as const;

const { dataset, digits, classes, size, normalize, d, points, seed, dataFolder } = experimentOptions;

const passes = (mean: number) => String(Number(mean.toFixed(1)));

export const attack = defineCommand({
  description:
    "For every test image and every ε, searches for the worst point within the budget. Prints clean and robust accuracy; --out writes a record of every image. " +
    "Robust accuracy under an attack is an upper bound: a stronger attack can only lower it.",
  argument: {
    name: "network.onnx",
    description: "a network saved by signflip, with images of its size, digits and normalization by default; or with --data any ONNX classifier",
  },
  options: {
    ...attackOptions,
    ...dataOptions,
    ...modelOptions,
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
    ["signflip attack model.onnx --data pictures/ --attack ensemble --norm linf --eps 0.03", "any ONNX classifier, on your own data"],
    ["signflip attack network.onnx --eps 0.2 --json --out records.parquet", "numbers as JSON, and a record of every image"],
  ],
  async run(values, { print, note, given }, file) {
    if (file === undefined) throw new SignflipError("SF_OPTION", "attack needs a network: signflip attack NETWORK.onnx", { usage: true });
    const { out, box, eps: budgets } = values;
    const { attacks } = await import("../../attack/index.ts");
    const { attack: name, target } = values;
    const has = name === "ensemble" ? [] : ownNames.filter((own) => own in attacks[name].defaults);
    const foreign = ownNames.find((own) => given.has(own) && !has.includes(own));
    if (foreign !== undefined) {
      const own = has.map((known) => longName(attackOptions[known])).join(", ") || "none";
      throw new SignflipError("SF_OPTION", `${longName(attackOptions[foreign])} is not an option of ${name} (its options are ${own})`, {
        usage: true,
      });
    }
    const [{ checkOutputFile, writeRecords }, { threadsOr }, { openSubject }, { openAttack }, { attackColumns, attackRecords }] = await Promise.all([
      import("../output.ts"),
      import("../experiment.ts"),
      import("./subject.ts"),
      import("./open.ts"),
      import("./records.ts"),
    ]);
    await checkOutputFile(out);
    const { model, points, box: bounds, network, data, remarks } = await openSubject(file, values, given);
    for (const remark of remarks) note(remark);
    // What is not given is the attack's own.
    const own = Object.fromEntries(ownNames.flatMap((known) => (given.has(known) ? [[known, values[known]]] : [])));
    const common = { norm: values.norm, box: bounds, seed: values.seed, threads: threadsOr(values.threads) };
    const opened = await openAttack(model, points, { name, common, own, target });
    note(`attacking ${plural(opened.y.length, "test image")} with ${name}`);
    const rows = [];
    const records = [];
    try {
      for (const eps of budgets) {
        const began = performance.now();
        const result = await opened.run(eps);
        const { n, cleanAccuracy, robustAccuracy, forward, backward, zeroGradient, unconfirmed } = result.summary;
        const seconds = (performance.now() - began) / 1000;
        rows.push({ eps, n, cleanAccuracy, robustAccuracy, forward: forward / n, backward: backward / n, zeroGradient, unconfirmed, seconds });
        if (out !== undefined) records.push(...attackRecords(result, opened.y, eps));
        note(`ε ${eps}  clean ${percent(cleanAccuracy)}  robust ${percent(robustAccuracy)}  ${duration(seconds)}`);
        if (zeroGradient > 0) note(`note: at ${plural(zeroGradient, "image")} the attack found no gradient; that they stand says nothing`);
      }
    } finally {
      await opened.dispose();
    }
    if (out !== undefined) await writeRecords(out, attackColumns, records);
    const settings = { ...opened.settings, box };
    if (values.json) print(JSON.stringify({ command: "attack", data, network, attack: settings, rows, ...(out === undefined ? {} : { records: out }) }));
    else {
      print(
        table(
          ["ε", "clean", "robust", "forward", "backward"],
          rows.map((row) => [String(row.eps), percent(row.cleanAccuracy), percent(row.robustAccuracy), passes(row.forward), passes(row.backward)]),
        ),
      );
      print(`${plural(rows[0]!.n, "test image")}, ${name} in ${values.norm}; forward and backward are passes per image`);
      if (out !== undefined) print(out);
    }
  },
});
