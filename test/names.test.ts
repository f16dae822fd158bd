import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { datasetNames } from "../src/data/index.ts";
import { experiments } from "../src/experiment/index.ts";

/*
 * A new experiment is a folder and a line, a new dataset a file and a line. That holds as long as nobody else asks which one it is: the
 * names of experiments and datasets are not compared with outside their folders, and rooms that are about none do not write them.
 */
const source = join(import.meta.dirname, "..", "src");
const kinds = Object.keys(experiments);

/** Where a name may be compared with. */
const mayCompare = (path: string, name: string): boolean => (kinds.includes(name) ? path.startsWith(`experiment/${name}/`) : path.startsWith("data/"));

/** Rooms that know no experiment and no dataset at all. */
const neutral = ["util/", "graph/", "runtime/", "model/", "attack/", "training/", "study/", "report/", "platform/"];

/** Everything that is wrong in a file, one line each. */
function violations(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && !ts.isImportDeclaration(node.parent) && [...kinds, ...datasetNames].some((name) => name === node.text)) {
      const line = file.getLineAndCharacterOfPosition(node.pos).line + 1;
      const isNeutral = neutral.some((room) => path.startsWith(room));
      if (isCompared(node) && !mayCompare(path, node.text)) found.push(`${path}:${line}: compares with "${node.text}"`);
      else if (isNeutral) found.push(`${path}:${line}: names "${node.text}"`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const comparisons = new Set([ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken, ts.SyntaxKind.InKeyword]);

/** Whether a literal stands in ===, !==, `in`, a case, or as the key of a look-up. */
function isCompared(node: ts.StringLiteralLike): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent)) return comparisons.has(parent.operatorToken.kind);
  if (ts.isCaseClause(parent)) return true;
  return ts.isCallExpression(parent) && ts.isPropertyAccessExpression(parent.expression) && /^(includes|has|startsWith)$/.test(parent.expression.name.text);
}

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) => join(entry.parentPath, entry.name));

describe("the names of experiments and datasets", () => {
  test("are compared with in their own folders alone, and not written in rooms that are about none", () => {
    const found = files.flatMap((file) => violations(relative(source, file).split(sep).join("/"), readFileSync(file, "utf8")));
    expect(found).toEqual([]);
  });

  test.each([
    ["figure/x.ts", 'if (config.kind === "flips") go();', 'compares with "flips"'],
    ["experiment/robust/x.ts", 'const is = kind !== "theory";', 'compares with "theory"'],
    ["cli/x.ts", 'switch (data.dataset) { case "sphere": break; }', 'compares with "sphere"'],
    ["figure/x.ts", 'const is = "cone" in measure;', 'compares with "cone"'],
    ["study/x.ts", 'const usual = "mnist";', 'names "mnist"'],
    ["report/x.ts", 'render(["robust"]);', 'names "robust"'],
  ])("the check can fail: %s with %s", (path, text, complaint) => {
    expect(violations(path, text).join()).toContain(complaint);
  });

  test("what is allowed is not complained about", () => {
    expect(violations("experiment/flips/config.ts", 'const is = config.kind === "flips";')).toEqual([]);
    expect(violations("data/index.ts", 'const is = name === "mnist";')).toEqual([]);
    expect(violations("figure/flips/studies.ts", 'const study = { data: { dataset: "mnist" }, measure: ["flips"] };')).toEqual([]);
    expect(violations("study/x.ts", 'const text = `flips`.length; // "cone"')).toHaveLength(1);
  });
});
