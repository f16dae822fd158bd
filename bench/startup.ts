/**
 * What a start costs: `signflip --help` from the packed tarball beside `node -e 0`, in CPU time; and a small flip in this checkout
 * beside the same in an older one, in wall time. Always in turns within one run, since machines are noisy.
 *
 *   node --import tsx bench/startup.ts [OLDER-CHECKOUT]
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { root } from "../scripts/bootstrap.js";
import { finish, median, show, verdict } from "./timing.ts";

const limits = { help: 4, flip: 0.65 };
const [helpTurns, flipTurns] = [15, 7];
const flip = "flip --size 5 --width 1000 --c0 10 --bias --exit epoch --seeds 1".split(" ");

const folder = mkdtempSync(join(tmpdir(), "signflip-startup-"));
const teller = join(folder, "teller.cjs");
writeFileSync(teller, 'process.on("exit", () => { const { user, system } = process.cpuUsage(); require("node:fs").writeSync(3, String(user + system)); });');
try {
  const packed = unpack();
  const nothing: number[] = [];
  const help: number[] = [];
  for (let turn = 0; turn < helpTurns; turn++) {
    nothing.push(cpuSeconds(["-e", "0"]));
    help.push(cpuSeconds([join(packed, "bin", "signflip.js"), "--help"]));
  }
  const ratio = median(help) / median(nothing);
  console.log(
    `signflip --help, packed        ${show(median(help))} s of CPU: ${show(ratio, 2)} times node -e 0   (at most ${limits.help}: ${verdict(ratio <= limits.help)})`,
  );

  const older = process.argv[2];
  if (older !== undefined) {
    const times = { older: [] as number[], ours: [] as number[] };
    for (const checkout of [resolve(older), root]) wallSeconds(checkout); // the first start of a checkout bundles its sources
    for (let turn = 0; turn < flipTurns; turn++) {
      times.older.push(wallSeconds(resolve(older)));
      times.ours.push(wallSeconds(root));
    }
    const share = median(times.ours) / median(times.older);
    console.log(
      `signflip flip --size 5         ${show(median(times.ours))} s: ${show(share, 2)} of the older checkout's ${show(median(times.older))} s   (at most ${limits.flip}: ${verdict(share <= limits.flip)})`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
finish();

/** The package as a user has it, beside links to our dependencies. */
function unpack(): string {
  execFileSync("npm", ["run", "--silent", "pack", "--", "--pack-destination", folder, "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const packed = join(folder, "node_modules", "signflip");
  mkdirSync(packed, { recursive: true });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  execFileSync("tar", ["-xzf", join(folder, tarball), "-C", packed, "--strip-components=1"]);
  const { dependencies } = JSON.parse(readFileSync(join(packed, "package.json"), "utf8")) as { dependencies: Record<string, string> };
  for (const name of Object.keys(dependencies)) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", name), link, "junction");
  }
  return packed;
}

/** User and system time of a Node that runs these arguments; it tells on another channel as it ends. */
function cpuSeconds(args: readonly string[]): number {
  const { status, output } = spawnSync(process.execPath, ["--require", teller, ...args], { stdio: ["ignore", "ignore", "inherit", "pipe"], encoding: "utf8" });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}`);
  return Number(output[3]) / 1e6;
}

function wallSeconds(checkout: string): number {
  const began = performance.now();
  const { status } = spawnSync(process.execPath, [join(checkout, "bin", "signflip.js"), ...flip], { cwd: checkout, stdio: "ignore" });
  if (status !== 0) throw new Error(`${checkout}: signflip ended with ${status}`);
  return (performance.now() - began) / 1000;
}
