// npm test: Vitest, on a fresh clone with nothing installed too, and a last line `N passed, N failed`.
// What follows -- goes to Vitest: npm test -- test/util
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureInstalled, root } from "./bootstrap.js";
import { closingLine, countResults } from "./test-counts.js";

ensureInstalled();
const folder = mkdtempSync(join(tmpdir(), "signflip-test-"));
const results = join(folder, "results.json");
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${results}`, ...process.argv.slice(2)];
const child = spawn(process.execPath, [vitest, ...args], { cwd: root, stdio: "inherit" });
// Ctrl-C reaches Vitest too, which ends by itself.
process.on("SIGINT", () => {});
child.on("close", (code, signal) => {
  const counts = countResults(readResults(), code ?? signal ?? "an unknown end");
  rmSync(folder, { recursive: true, force: true });
  for (const problem of counts.problems) console.log(`problem: ${problem}`);
  console.log(closingLine(counts));
  process.exitCode = counts.failed > 0 ? 1 : 0;
});

function readResults() {
  try {
    return JSON.parse(readFileSync(results, "utf8"));
  } catch {
    return undefined;
  }
}
