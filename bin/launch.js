// How bin/ finds what it runs. Installed, that is dist/. In a checkout it is src/, bundled into node_modules/.cache and found
// there by what the sources are now (see scripts/bundle.js), so that sources are always fresh and a start does not transform
// 150 files. Where there is no bundle, and in a package that was packed without a build, tsx runs src/ file by file.
import { existsSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isCheckout = !root.split(sep).includes("node_modules");

/** Ends the process where this Node is too old, and keeps ONNX Runtime from reporting its use. */
export function prepareProcess() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) stop(`signflip needs Node 20.19 or newer; this is Node ${process.versions.node}`);
  // The engine reads this before its first session, and reports to its vendor unless it is set.
  process.env["ORT_DISABLE_TELEMETRY"] = "1";
}

/**
 * The module src/NAME.ts, as it is to be run here.
 *
 * @param {"cli/main" | "platform/node/worker-main"} name
 * @param {{ fromSources?: boolean }} [options] `fromSources`: modules of the user's own are to share our sources, so no bundle
 */
export async function load(name, { fromSources = false } = {}) {
  const source = join(root, "src", `${name}.ts`);
  const built = join(root, "dist", `${name}.js`);
  if (!existsSync(source) || (!isCheckout && existsSync(built))) return importFile(built);
  const bundled = isCheckout && !fromSources ? await bundleOf(name) : undefined;
  if (bundled !== undefined) return importFile(bundled);
  try {
    const { register } = await import("tsx/esm/api");
    // Without the tsconfig.json of whatever folder the program is called in.
    register({ tsconfig: false });
  } catch {
    if (!existsSync(built)) stop("this checkout is not installed yet; run npm ci first");
    return importFile(built);
  }
  return importFile(source);
}

/** @param {string} name */
async function bundleOf(name) {
  const { bundled } = await import("../scripts/bundle.js");
  return bundled(root, name);
}

/** @param {string} path */
const importFile = (path) => import(pathToFileURL(path).href);

/** @param {string} message */
function stop(message) {
  console.error(`error SF_ENGINE: ${message}`);
  process.exit(1);
}
