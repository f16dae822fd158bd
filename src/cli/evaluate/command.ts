import { wrapped } from "../text.ts";
import { defineCommand } from "../command.ts";
import { evaluateOptions } from "./options.ts";

export const evaluate = defineCommand({
  description:
    "For every sample, searches the smallest perturbation that changes the model's prediction. Robust accuracy over every budget ε follows from these distances. " +
    "All of it is in the raw units of the inputs, and an upper bound: a stronger attack can only find something closer. Finished blocks of samples are cached by the bytes of " +
    "model and data: a run that was stopped goes on where it was.",
  argument: { name: "model.onnx", description: "an ONNX classifier of any origin" },
  options: evaluateOptions,
  examples: [
    ["signflip evaluate model.onnx --data pictures/ --report robustness.html", "pictures in a folder per class, and a page with the result"],
    ["signflip evaluate model.onnx --data test.npz --norm linf --eps 0.01,0.03 --json result.json", "robust accuracy at two budgets, as JSON"],
    ["signflip evaluate model.onnx --data test.npz --fail-under 0.8 --at 0.1 --junit out.xml", "for CI: exit code 3 if robust accuracy is below 80 %"],
    ["signflip evaluate new.onnx --data test.npz --baseline old.json", "exit code 3 if the new model is worse than the old one, sample by sample"],
  ],
  async run(values, { print, note, commandLine }, argument) {
    const [{ needed, openInputs, openedInWords }, { checkOutputFile, checkOutputFolder }] = await Promise.all([import("./open.ts"), import("../output.ts")]);
    const { file, source } = needed(argument, values);
    const toStdout = values.json === true || values.json === "-";
    for (const path of [values.report, values.csv, values.parquet, values.junit, toStdout ? undefined : (values.json as string | undefined)])
      await checkOutputFile(path);
    if (values.saveAdversarial !== undefined) await checkOutputFolder(values.saveAdversarial);
    const { parseEvaluationFile } = await import("../../measure/evaluation-file.ts");
    const { readWhole } = await import("../../platform/node/files.ts");
    const baseline = values.baseline === undefined ? undefined : parseEvaluationFile((await readWhole(values.baseline)).toString("utf8"), values.baseline);

    const opened = await openInputs(file, source, values);
    note(wrapped(openedInWords(opened), "  "));
    for (const line of opened.assumptions) note(wrapped(`  ${line}`, "  "));
    note(`  ${opened.plan.norm}: ${opened.plan.attacks.join(", ")}`);
    const { runCells } = await import("./run.ts");
    const cells = await runCells(opened.configs, values, note);
    const { conclude } = await import("./conclude.ts");
    await conclude(cells, opened, { values, baseline, toStdout, print, note, commandLine });
  },
});
