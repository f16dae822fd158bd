import type { ModelReport, Port } from "../../model/onnx/report.ts";
import { count, plural } from "../../util/words.ts";
import { wrapped } from "../text.ts";

const indent = " ".repeat(13);

/** A report for people: a word, and what it is. */
export function reportText(report: ModelReport): string {
  const { input, verified, unsupported, zeroGradient } = report;
  const line = (word: string, text: string) => wrapped(`${word.padEnd(indent.length)}${text}`, indent);
  const all = (word: string, texts: readonly string[]) => texts.map((text, i) => line(i === 0 ? word : "", text));
  const gradient = {
    exact: `every operator has a rule${zeroGradient.length > 0 ? `; nothing flows through ${zeroGradient.join(", ")}` : ""}`,
    zero: `0 everywhere, because of ${zeroGradient.join(", ")}: attacks that follow it find nothing, and those that only ask for scores do`,
    none: `none: no rule for ${unsupported.map(({ op, node, why }) => `${op} (${node})${why === undefined ? "" : `: ${why}`}`).join("; ")}`,
  }[report.gradient];
  return [
    line("model", [report.name, `opset ${report.opset ?? "?"}`, `IR ${report.irVersion ?? "?"}`, ...(report.producer ? [report.producer] : [])].join(", ")),
    ...all("inputs", report.inputs.map(portText)),
    ...all("outputs", report.outputs.map(portText)),
    line("attacked", `${input.name}, one input is [${input.shape.join(", ")}]${input.layout === "flat" ? "" : ` (${input.layout})`}`),
    line("bounds", report.bounds ? `${[report.bounds.low].flat().join(", ")} to ${[report.bounds.high].flat().join(", ")}` : "not known"),
    line("classes", `${count(report.classes)}${report.classNames ? `: ${shortened(report.classNames)}` : ""}`),
    line(
      "size",
      `${plural(report.parameters, "parameter").replace(String(report.parameters), count(report.parameters))}, ${count(report.multiplyAdds)} multiply-adds for one input`,
    ),
    line(
      "operators",
      Object.entries(report.ops)
        .map(([op, times]) => `${op} ${times}`)
        .join(", ") || "none",
    ),
    line("gradient", gradient),
    ...all("rewritten", report.rewritten.length > 0 ? report.rewritten : ["nothing"]),
    ...(verified && verified.samples > 0
      ? [
          line(
            "compared",
            `with the file on ${plural(verified.samples, "random input")}: scores differ by at most ${Math.max(verified.batch, verified.file).toExponential(1)}, relative to the largest`,
          ),
        ]
      : []),
    ...all("assumed", report.assumptions),
  ].join("\n");
}

const portText = ({ name, element, shape }: Port) => `${name}  ${element} ${shape ? `[${shape.map((dim) => dim ?? "?").join(", ")}]` : "of unknown rank"}`;

const shortened = (names: readonly string[]) => (names.length > 12 ? `${names.slice(0, 10).join(", ")}, … ${names.at(-1)}` : names.join(", "));
