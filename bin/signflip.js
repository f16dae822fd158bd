#!/usr/bin/env node
// The launcher. Installed, it runs dist/; in a checkout it runs src/ through tsx, so that sources are always fresh, and
// likewise from a package that was packed without a build.
import { existsSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`error SF_ENGINE: signflip needs Node 20.19 or newer; this is Node ${process.versions.node}`);
  process.exit(1);
}

// ONNX Runtime reports usage to its vendor unless told otherwise before its first session. Nothing is sent.
process.env.ORT_DISABLE_TELEMETRY = "1";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "src", "cli", "main.ts");
const built = join(root, "dist", "cli", "main.js");
const isCheckout = !root.split(sep).includes("node_modules");
let entry = built;
if (existsSync(source) && (isCheckout || !existsSync(built))) {
  try {
    const { register } = await import("tsx/esm/api");
    // Without the tsconfig.json of whatever folder the program is called in.
    register({ tsconfig: false });
    entry = source;
  } catch {
    if (!existsSync(built)) {
      console.error("error SF_ENGINE: this checkout is not installed yet; run npm ci first");
      process.exit(1);
    }
  }
}
const { main } = await import(pathToFileURL(entry).href);
await main(process.argv.slice(2));
