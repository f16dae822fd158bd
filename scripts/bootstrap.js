// What npm start and npm test need before anything is installed: plain JavaScript, no dependencies.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs `npm ci` unless what is installed is what package-lock.json says. Ends the process where that fails. */
export function ensureInstalled() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) stop(`Signflip needs Node 20.19 or newer; this is Node ${process.versions.node}`);
  if (isInstalled(readLock("package-lock.json"), readLock("node_modules/.package-lock.json"))) return;

  console.error("Installing what Signflip needs (npm ci), once. This takes a minute.");
  const began = performance.now();
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env["npm_execpath"];
  /** @type {import("node:child_process").SpawnSyncOptions} */
  const options = { cwd: root, stdio: ["ignore", "ignore", "inherit"] };
  const result = npm ? spawnSync(process.execPath, [npm, ...args], options) : spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
  if (result.status !== 0) stop(`npm ci failed${result.error ? ` (${result.error.message})` : ""}; its messages are above`);
  console.error(`Installed in ${Math.round((performance.now() - began) / 1000)} s.\n`);
}

/** @typedef {{ packages: Record<string, { version?: string, optional?: boolean, devOptional?: boolean }> }} Lock */

/**
 * Whether every package of package-lock.json is there in its version. npm writes the second file last, so an
 * install that was interrupted does not count. Optional packages depend on the machine and are left to npm.
 *
 * @param {Lock | undefined} wanted package-lock.json
 * @param {Lock | undefined} installed node_modules/.package-lock.json
 */
export function isInstalled(wanted, installed) {
  if (!wanted || !installed) return false;
  return Object.entries(wanted.packages).every(
    ([path, { version, optional, devOptional }]) => path === "" || optional || devOptional || installed.packages?.[path]?.version === version,
  );
}

/** @param {string} path @returns {Lock | undefined} */
function readLock(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), "utf8"));
  } catch {
    return undefined;
  }
}

/** @param {string} message */
function stop(message) {
  console.error(`error SF_ENGINE: ${message}`);
  process.exit(1);
}
