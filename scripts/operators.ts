import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { newestOpset, oldestOpset } from "../src/graph/opset.ts";
import { ops } from "../src/graph/ops/index.ts";
import type { OpRule } from "../src/graph/ops/rule.ts";
import { history } from "../src/graph/upgrade/index.ts";
import { givingFloat32, withoutFloat64 } from "../test/graph/float64.ts";
import { root } from "./bootstrap.js";
import { page, table } from "./markdown.ts";

interface Documented {
  readonly family: string;
  readonly text: string;
}

/** What stands above each rule: its formula, and that of its gradient. */
function documented(): Map<string, Documented> {
  const folder = join(root, "src/graph/ops");
  return new Map(
    readdirSync(folder).flatMap((file) => {
      const source = readFileSync(join(folder, file), "utf8");
      return [...source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const (\w+)/g)].map(([, text, name]): [string, Documented] => [
        name!,
        { family: file.replace(".ts", ""), text: text!.replace(/\n? *\*? +/g, " ").trim() },
      ]);
    }),
  );
}

function gradientOf({ vjp, quantizes }: OpRule): string {
  if ("none" in vjp) return `${vjp.none === "stop" ? "zero" : "none"}: ${vjp.because}`;
  return quantizes ? "straight through rounding" : "yes";
}

/** docs/operators.md, from the registry of operators and the comments above its rules. */
export function operatorsPage(): string {
  const about = documented();
  const rows = Object.entries(ops as Readonly<Record<string, OpRule>>).map(([op, rule]) => {
    // An operator of another domain is exported by a name without it.
    const found = about.get(op) ?? about.get(op.replace("com.microsoft::", "Microsoft").replace("ai.onnx.ml::", "")) ?? { family: "", text: "" };
    const checked = "none" in rule.vjp ? "" : withoutFloat64.has(op) || givingFloat32.has(op) ? "float32" : "float64";
    return [`\`${op}\``, found.family, found.text, gradientOf(rule), checked];
  });
  // What changed last before 12 and is in no table has another name today.
  const old = Object.entries(history).flatMap(([op, changes]) => (!Object.hasOwn(ops, op) && changes.at(-1)!.since < 12 ? [op] : []));
  return page([
    "# The operators and their gradients",
    `Files of opsets ${oldestOpset} to ${newestOpset} are read. Whatever ONNX Runtime runs can be part of a model; the table has the ${rows.length} operators whose gradients are known. dx stands for the gradient with respect to x; each is compared with central differences, in float64 where the engine has kernels for it.`,
    '"zero" means that the gradient ends there, because small steps change nothing; "none" that asking for one is an error that names the operator, its node and what to do. The same error names an operator that is not in this table, unless no gradient has to go through it.',
    ...table(["operator", "family", "what it computes, and its gradient", "gradient", "checked in"], rows),
    `Operators of old opsets are read as those above: ${old.map((op) => `\`${op}\``).join(", ")}.`,
  ]);
}
