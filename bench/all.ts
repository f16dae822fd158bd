/** Every benchmark, one after the other; fails if one misses a target.  npm run bench [-- --threads 2] */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const threads = process.argv.slice(2);
const runs: readonly (readonly [file: string, args: readonly string[]])[] = [
  ["run.ts", threads],
  ["attack.ts", threads],
  ["conv.ts", threads],
  ["fast.ts", []],
  ["apgd.ts", []],
  ["smallest.ts", ["--norms", "l2,linf"]],
  ["train.ts", threads],
  ["startup.ts", []],
];
for (const [file, args] of runs) {
  const { status } = spawnSync(process.execPath, ["--import", "tsx", fileURLToPath(new URL(file, import.meta.url)), ...args], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
  console.log();
}
