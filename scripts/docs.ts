// npm run docs: the reference pages of docs/ from the program's own tables, docs/api/ from the docstrings.
// With --check nothing is written: pages that differ and docstrings with broken references are errors.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Application, type TypeDocOptions } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";
import { root } from "./bootstrap.js";
import { referencePages } from "./reference.ts";

const check = process.argv.includes("--check");
const stale: string[] = [];
for (const [name, make] of Object.entries(referencePages)) {
  const path = join(root, "docs", name);
  const page = await make();
  if (!check) writeFileSync(path, page);
  else if (read(path) !== page) stale.push(`docs/${name}`);
}
if (stale.length > 0) {
  console.error(`${stale.join(" and ")} not as the program has it: run npm run docs`);
  process.exitCode = 1;
}

const api = join(root, "docs", "api");
const options: Partial<TypeDocOptions & PluginOptions> = {
  entryPoints: ["src/platform/node/index.ts", "src/graph/index.ts", "src/runtime/index.ts"].map((path) => join(root, path)),
  tsconfig: join(root, "tsconfig.json"),
  plugin: ["typedoc-plugin-markdown"],
  name: "Signflip",
  readme: "none",
  out: api,
  disableSources: true,
  excludeInternal: true,
  treatWarningsAsErrors: true,
  validation: { invalidLink: true, notExported: false, notDocumented: false },
  logLevel: "Warn",
  hideBreadcrumbs: true,
};
const app = await Application.bootstrapWithPlugins(options);
const project = await app.convert();
if (!project || app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
else if (!check) {
  rmSync(api, { recursive: true, force: true });
  await app.generateOutputs(project);
  console.error("The pages of docs/ and docs/api/ are written");
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
