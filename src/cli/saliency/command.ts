import { SignflipError } from "../../util/errors.ts";
import { significant } from "../../util/words.ts";
import { defineCommand } from "../command.ts";
import { loadOptionsOf } from "../option/model.ts";
import { table } from "../text.ts";
import { saliencyOptions } from "./options.ts";

export const saliency = defineCommand({
  description:
    "Says what a prediction depends on: how much each number of an input speaks for a class or against it. With integrated gradients these attributions add up to the " +
    "change of the class's score from the baseline, and by how much they miss it is printed.",
  argument: { name: "model.onnx", description: "an ONNX classifier of any origin" },
  options: saliencyOptions,
  examples: [
    ["signflip saliency model.onnx --image cat.png --resize --out saliency.png", "what the model sees in a picture"],
    ["signflip saliency model.onnx --data mnist --samples 3 --class 7 --method smooth-grad --out seven.png", "what speaks for a 7, in three digits"],
    ["signflip saliency model.onnx --data table.csv --json", "numbers as JSON; for tables the picture has bars"],
  ],
  async run(values, { print, note }, file) {
    if (file === undefined) throw new SignflipError("SF_OPTION", "saliency needs a model: signflip saliency MODEL.onnx --image FILE", { usage: true });
    const { method, of, out, baseline, steps, noise, noiseSamples, seed } = values;
    const [{ checkOutputFile, writeOutput }, { load }, { inputsOf }, { saliencySheet }] = await Promise.all([
      import("../output.ts"),
      import("../../platform/node/load.ts"),
      import("./inputs.ts"),
      import("../../figure/saliency/sheet.ts"),
    ]);
    await checkOutputFile(out);
    const model = await load(file, { ...loadOptionsOf(values), ...(values.threads === undefined ? {} : { threads: values.threads }) });
    for (const line of model.assumptions) note(`  ${line}`);
    const { dataset, titles } = await inputsOf(model, values);
    const { x, n } = dataset;
    const predictions = await model.predict(x);
    const options = { method, of, class: values.class, baseline, steps, noise, samples: noiseSamples, seed };
    const found = await model.saliency(x, options);
    await model.dispose();

    const classNames = model.classNames ?? dataset.classNames;
    if (out?.endsWith(".npy")) {
      const { writeNpy } = await import("../../data/npy.ts");
      await writeOutput(out, writeNpy(found.attributions, [n, ...model.inputShape]));
    } else if (out !== undefined) {
      const { inputShape, channelAxis, domain = dataset.domain } = model;
      const { featureNames } = dataset;
      const svg = saliencySheet(found, { x, inputShape, channelAxis, domain, classNames, featureNames, titles });
      const { renderPng } = await import("../../platform/node/pictures.ts");
      await writeOutput(out, out.endsWith(".svg") ? new TextEncoder().encode(svg) : renderPng(svg, { scale: 1 }));
    }
    if (values.json) {
      const d = x.length / n;
      const samples = found.samples.map((sample, i) => ({
        title: titles[i]!,
        prediction: predictions[i]!.class,
        ...sample,
        attributions: Array.from(found.attributions.subarray(i * d, (i + 1) * d)),
      }));
      print(JSON.stringify({ command: "saliency", file, method, of, inputShape: model.inputShape, samples }));
      return;
    }
    const named = (label: number) => classNames?.[label] ?? String(label);
    const rows = found.samples.map(({ class: own, value, completeness }, i) => [
      titles[i]!,
      named(predictions[i]!.class),
      named(own),
      significant(value),
      ...(completeness ? [significant(completeness.baselineValue), significant(completeness.residual), String(completeness.steps)] : []),
    ]);
    const head = ["input", "prediction", "explained", of, ...(found.samples[0]!.completeness ? ["baseline", "residual", "steps"] : [])];
    print(table(head, rows, [0, 1, 2]));
    if (out !== undefined) note(`wrote ${out}`);
  },
});
