import { SignflipError } from "../../util/errors.ts";
import { defineCommand } from "../command.ts";
import { loadOptionsOf, modelOptions } from "../option/model.ts";
import { jsonOption } from "../option/options.ts";

export const inspect = defineCommand({
  description:
    "Reads an .onnx file as a classifier and says what it is taken for: the input that is attacked, the logits and why, the classes, what was rewritten, and " +
    "whether every operator has a gradient. The graph made from it is compared with the file on random inputs. Nothing is attacked.",
  argument: { name: "model.onnx", description: "an ONNX model of any origin" },
  options: { ...modelOptions, json: jsonOption },
  examples: [
    ["signflip inspect model.onnx", "what Signflip makes of the model"],
    ["signflip inspect model.onnx --input-shape 3,224,224 --json", "the same as JSON, for a model that takes images of any size"],
  ],
  async run(values, { print }, file) {
    if (file === undefined) throw new SignflipError("SF_OPTION", "inspect needs a model: signflip inspect MODEL.onnx", { usage: true });
    const [{ load }, { reportText }] = await Promise.all([import("../../platform/node/load.ts"), import("./text.ts")]);
    const model = await load(file, loadOptionsOf(values));
    await model.dispose();
    print(values.json ? JSON.stringify({ command: "inspect", file, ...model.report }) : reportText(model.report));
  },
});
