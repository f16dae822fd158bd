import { SignflipError } from "../../util/errors.ts";
import { count } from "../../util/words.ts";
import { defineCommand } from "../command.ts";
import { loadOptionsOf, modelOptions } from "../option/model.ts";
import { outputFile } from "../option/option.ts";
import { jsonOption } from "../option/options.ts";
import { quantityOptions } from "../option/quantity.ts";

export const exportGradientCommand = defineCommand({
  description:
    "Writes an .onnx file that computes the model's scores and its input gradient, for any program that runs ONNX files. Its inputs are x, in raw units, and class; " +
    "with --class, x alone. Its outputs are logits, value and gradient, the derivative of value with respect to x.",
  argument: { name: "model.onnx", description: "an ONNX classifier of any origin" },
  options: {
    ...quantityOptions,
    class: { ...quantityOptions.class, defaultText: "an input of the file" },
    out: outputFile("--out <file.onnx>", "the file to write", [".onnx"], "none"),
    ...modelOptions,
    json: jsonOption,
  },
  examples: [
    ["signflip export-gradient model.onnx --out gradient.onnx", "the gradient of any class's logit"],
    ["signflip export-gradient model.onnx --of loss --mean 0.5 --std 0.5 --out gradient.onnx", "that of the loss, with normalization in the file"],
  ],
  async run(values, { print }, file) {
    if (file === undefined || values.out === undefined)
      throw new SignflipError("SF_OPTION", "export-gradient needs a model and a file to write: signflip export-gradient MODEL.onnx --out GRADIENT.onnx", {
        usage: true,
      });
    const [{ checkOutputFile, writeOutput }, { load }, { exportGradient }] = await Promise.all([
      import("../output.ts"),
      import("../../platform/node/load.ts"),
      import("../../measure/export-gradient.ts"),
    ]);
    await checkOutputFile(values.out);
    const model = await load(file, loadOptionsOf(values));
    const bytes = exportGradient(model, { of: values.of, class: values.class });
    await model.dispose();
    await writeOutput(values.out, bytes);
    print(
      values.json
        ? JSON.stringify({
            command: "export-gradient",
            file: values.out,
            bytes: bytes.length,
            of: values.of,
            ...(values.class === undefined ? {} : { class: values.class }),
          })
        : `${values.out}: ${count(bytes.length)} bytes; x${values.class === undefined ? " and class" : ""} to logits, value and gradient`,
    );
  },
});
