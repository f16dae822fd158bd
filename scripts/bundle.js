// What bin/ runs in a checkout: src/ bundled by esbuild into node_modules/.cache/signflip/KEY/. The key hashes the path, size and
// time of change of every source, so that an edited file is never missed and an old bundle never used.
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join, sep } from "node:path";
import { pathToFileURL } from "node:url";

/** What is started by itself; everything else is reached from there. */
const entries = ["cli/main", "platform/node/worker-main"];

/** What is native, or large and rarely wanted, stays where it is; all other packages go into the bundle, as one file is read faster than many. */
const external = ["onnxruntime-node", "onnxruntime-common", "onnxruntime-web", "@resvg/resvg-js", "vega", "vega-lite"];

/** CommonJS packages within an ES module ask for Node's own by this name. */
const banner = { js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);' };

/** A bundle that no start has used for so many days goes away. */
const days = 3;

/**
 * The bundle's file for src/NAME.ts, made where it is not there yet; undefined where none can be made.
 *
 * @param {string} root
 * @param {string} name
 */
export async function bundled(root, name) {
  try {
    const cache = join(root, "node_modules", ".cache", "signflip");
    const folder = join(cache, keyOf(root));
    if (!existsSync(folder)) await build(root, cache, folder);
    else utimesSync(folder, new Date(), new Date());
    return join(folder, `${name}.js`);
  } catch (error) {
    // No esbuild, a folder that cannot be written, a source that does not parse: whoever runs the sources as they are says it best.
    if (process.env["SIGNFLIP_DEBUG"]) console.error(`no bundle: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** @param {string} root */
function keyOf(root) {
  const hash = createHash("sha256").update(root);
  const files = [
    join(root, "package.json"),
    join(root, "node_modules", ".package-lock.json"),
    join(root, "scripts", "bundle.js"),
    ...sourcesIn(join(root, "src")),
  ];
  for (const file of files) {
    const { size, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? {};
    hash.update(`\n${file} ${size} ${mtimeMs}`);
  }
  return hash.digest("hex").slice(0, 16);
}

/** @param {string} folder @returns {string[]} */
function sourcesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = folder + sep + entry.name;
    return entry.isDirectory() ? sourcesIn(path) : [path];
  });
}

/**
 * Built beside its place and moved there whole: two starts at once do not see each other's halves.
 *
 * @param {string} root
 * @param {string} cache
 * @param {string} folder
 */
async function build(root, cache, folder) {
  const esbuild = await import("esbuild");
  const temporary = join(cache, `.${process.pid}-${randomBytes(4).toString("hex")}`);
  try {
    await esbuild.build({
      absWorkingDir: root,
      entryPoints: entries.map((entry) => ({ in: join("src", `${entry}.ts`), out: entry })),
      outdir: temporary,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node20.19",
      external: external.flatMap((name) => [name, `${name}/*`]),
      banner,
      sourcemap: true,
      logLevel: "silent",
      tsconfigRaw: { compilerOptions: { target: "es2023", verbatimModuleSyntax: true } },
      plugins: [ownPlace],
    });
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    // Another start has been quicker.
    if (!existsSync(folder)) throw error;
  } finally {
    await esbuild.stop();
  }
  removeOld(cache);
}

/**
 * A module that looks for a file near itself finds it from where its source lies.
 *
 * @type {import("esbuild").Plugin}
 */
const ownPlace = {
  name: "own-place",
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      if (!text.includes("import.meta.url")) return undefined;
      return { contents: text.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href)), loader: "ts" };
    });
  },
};

/** @param {string} cache */
function removeOld(cache) {
  const oldest = Date.now() - days * 86_400_000;
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < oldest) rmSync(path, { recursive: true, force: true });
  }
}
