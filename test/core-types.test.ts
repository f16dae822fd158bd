import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/* What runs in a browser is compiled without Node's types by tsconfig.core.json. npm run typecheck does it; here it is seen to fail. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { config, error } = ts.readConfigFile(join(root, "tsconfig.core.json"), (path) => ts.sys.readFile(path));
const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root);

/** What the compiler says of one more file in src/util/. */
function complaints(text: string): string[] {
  const name = join(root, "src", "util", "one-more.ts").replaceAll("\\", "/");
  const host = ts.createCompilerHost(options);
  const [read, exists] = [host.getSourceFile.bind(host), host.fileExists.bind(host)];
  host.fileExists = (path) => path === name || exists(path);
  host.getSourceFile = (path, version) => (path === name ? ts.createSourceFile(path, text, version) : read(path, version));
  const program = ts.createProgram([name], options, host);
  const file = program.getSourceFile(name);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, "\n"),
  );
}

describe("the core compiles without Node's types", () => {
  test("all of it but platform/node/ and cli/", () => {
    expect(error).toBeUndefined();
    const within = fileNames.map((path) => path.slice(root.length + 1).replaceAll("\\", "/"));
    expect(within).toContain("src/util/errors.ts");
    expect(within).toContain("src/report/report.ts");
    expect(within).toContain("src/platform/web/engine.ts");
    expect(within.filter((path) => /^src\/(cli|platform\/node)\//.test(path))).toEqual([]);
  });

  test.each([
    ['export const home = process.env["HOME"];', /'process'/],
    ["export const bytes = Buffer.from([1]);", /'Buffer'/],
    ['import { readFileSync } from "node:fs"; export const text = readFileSync("x");', /'node:fs'/],
    ["export type Failure = NodeJS.ErrnoException;", /'NodeJS'/],
    ["setImmediate(() => {});", /'setImmediate'/],
  ])("%s is an error", (text, says) => {
    const found = complaints(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(says);
  });

  test("what browsers have is none", () => {
    expect(complaints('export const work = async () => [performance.now(), await (await fetch("x")).arrayBuffer(), new Blob([])];')).toEqual([]);
  });
});
