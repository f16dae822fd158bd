// node --import tsx scripts/check-models.ts FOLDER…: what every .onnx file below is taken for, a line each,
// with how far batches, the file and the gradient are from what they should be.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { load } from "../src/platform/node/index.ts";
import { checkModelGradient } from "../test/model/onnx/check-gradient.ts";

function* filesIn(path: string): Generator<string> {
  if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) yield* filesIn(join(path, name));
  else if (path.endsWith(".onnx")) yield path;
}

for (const file of process.argv.slice(2).flatMap((path) => [...filesIn(path)])) {
  try {
    const model = await load(file);
    const { opset, supported, unsupported, gradient, verified, input, classes } = model.report;
    const missing = [...new Set(unsupported.map(({ op }) => op))].join(", ");
    let slope = "";
    if (supported && gradient === "exact") {
      try {
        slope = `, gradient ${(await checkModelGradient(model)).gradient.toExponential(1)}`;
      } catch (error) {
        slope = `, gradient not checked: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
    const differences = `batch ${verified!.batch.toExponential(1)}, file ${verified!.file.toExponential(1)}${slope}`;
    console.log(
      `${file}  opset ${opset}  [${input.shape.join(", ")}] to ${classes}  ${supported ? `supported, gradient ${gradient}` : `no rule for ${missing}`}  ${differences}`,
    );
    await model.dispose();
  } catch (error) {
    console.log(`${file}  ${error instanceof Error ? error.message : String(error)}`);
  }
}
