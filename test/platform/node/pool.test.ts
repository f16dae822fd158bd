import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadData } from "../../../src/data/index.ts";
import { dataSource } from "../../../src/platform/node/idx-folder.ts";
import { startPool, type Pool } from "../../../src/platform/node/pool.ts";
import { splitFingerprint, type Fingerprints } from "../../../src/study/key.ts";
import { inOrder } from "../../../src/study/order.ts";
import { planStudies, type PlannedCell } from "../../../src/study/plan.ts";
import { resolveStudy } from "../../../src/study/resolve.ts";
import type { StoredCell } from "../../../src/study/store.ts";
import { timeless } from "../../experiment/support.ts";
import { exampleConfig } from "../../study/example.ts";

let folder: string;
const pools: Pool[] = [];
const pool = (options: Partial<Parameters<typeof startPool>[0]>): Pool => {
  const started = startPool({ cacheFolder: folder, workers: 1, ...options });
  pools.push(started);
  return started;
};
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "signflip-pool-"))));
afterEach(async () => {
  await Promise.all(pools.splice(0).map((one) => one.stop()));
  await rm(folder, { recursive: true, force: true });
});

const cell = (seed: number): PlannedCell => ({ key: `key-${seed}`, config: { ...exampleConfig, seed }, keepNetwork: false, swept: [] });
const noHooks = { onEpoch: () => {}, onResult: () => {} };
/** Runs one cell and gives what came of it. */
async function runOne(one: Pool, planned: PlannedCell) {
  let result: unknown;
  await one.execute([planned], { ...noHooks, onResult: (stored) => void (result = stored.result) });
  return result as { key: string; pid: number; env: string; threads: number };
}

const tinyStudy = () => resolveStudy({ name: "x", data: { size: 3 }, network: { m: 20 }, training: { c0: { each: [0.5, 1, 1e6] }, epochs: 3 } }, "x");
const fingerprints: Fingerprints = { data: async (data) => splitFingerprint(await loadData(data, dataSource())) };

/** A program that stands for the children: `act` answers a task. */
async function fake(act: string): Promise<string> {
  const file = join(folder, "fake.mjs");
  await writeFile(file, `let tasks = 0; process.on("disconnect", () => process.exit()); process.on("message", (task) => { tasks++; ${act} });`);
  return file;
}
const answer =
  "process.send({ kind: 'result', stored: { result: { key: task.batch[0].key, pid: process.pid, env: process.env.ORT_DISABLE_TELEMETRY, threads: task.threads } } }); process.send({ kind: 'done' });";

describe("the pool", () => {
  it("gives each child one cell at a time and uses it again", async () => {
    const one = pool({ launcher: await fake(`setTimeout(() => { ${answer} }, 20)`), workers: 2, threads: 3 });
    const results = await Promise.all([0, 1, 2, 3].map((seed) => runOne(one, cell(seed))));
    expect(results.map(({ key }) => key)).toEqual(["key-0", "key-1", "key-2", "key-3"]);
    expect(results[0]).toMatchObject({ env: "1", threads: 3 });
    expect(results.map(({ pid }) => pid)).toContain((await runOne(one, cell(4))).pid);
  });

  it("fails the cell of a child that is killed, and goes on", async () => {
    const one = pool({ launcher: await fake(`if (task.batch[0].key === "key-0") process.kill(process.pid, "SIGKILL"); else { ${answer} }`) });
    await expect(one.execute([cell(0)], noHooks)).rejects.toMatchObject({
      code: "SF_WORKER",
      message: expect.stringMatching(/^the process computing MNIST.* size 5 · m 1,000 · C_0 10 · seed 0 ended by SIGKILL/) as string,
    });
    expect((await runOne(one, cell(1))).key).toBe("key-1");
  });

  it("gives a dying child's last words", async () => {
    const one = pool({ launcher: await fake(`console.error("first\\nFATAL ERROR: out of memory\\n    at somewhere"); process.exit(7);`) });
    await expect(one.execute([cell(0)], noHooks)).rejects.toThrow(/ended with exit code 7: FATAL ERROR: out of memory$/);
  });

  it("passes a user's error on with its code", async () => {
    const one = pool({ launcher: await fake(`process.send({ kind: "failed", code: "SF_DIVERGED", message: "not finite" })`) });
    await expect(one.execute([cell(0)], noHooks)).rejects.toMatchObject({ code: "SF_DIVERGED", message: "not finite" });
  });

  it("ends a child in the middle of its work and takes its temporary files away", async () => {
    await mkdir(join(folder, "cells"));
    const started = join(folder, "started");
    const act = `fs.writeFileSync(${JSON.stringify(folder)} + "/cells/.signflip-" + process.pid + "-0123456789ab.tmp", "half"); fs.writeFileSync(${JSON.stringify(started)}, ""); for (;;) {}`;
    const file = await fake(act);
    await writeFile(file, `import fs from "node:fs"; ${await readFile(file, "utf8")}`);
    const one = pool({ launcher: file });
    const running = one.execute([cell(0)], noHooks).catch((error: unknown) => error);
    await expect
      .poll(
        () =>
          readFile(started).then(
            () => true,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true);
    await one.stop();
    expect(await running).toMatchObject({ code: "SF_WORKER" });
    expect(await readdir(join(folder, "cells"))).toEqual([]);
    await expect(one.execute([cell(1)], noHooks)).rejects.toMatchObject({ code: "SF_STOPPED" });
  });

  it("runs cells side by side only while they fit into memory", async () => {
    const log = join(folder, "log");
    const file = await fake(
      `fs.appendFileSync(${JSON.stringify(log)}, "+"); setTimeout(() => { fs.appendFileSync(${JSON.stringify(log)}, "-"); ${answer} }, 50)`,
    );
    await writeFile(file, `import fs from "node:fs"; ${await readFile(file, "utf8")}`);
    const one = pool({ launcher: file, workers: 2, memory: 1 });
    await Promise.all([0, 1, 2].map((seed) => one.execute([cell(seed)], noHooks)));
    expect(await readFile(log, "utf8")).toBe("+-+-+-");
  });

  it("does not outlive its parent, even a killed one", async () => {
    const pidFile = join(folder, "pid");
    const file = await fake(`fs.writeFileSync(${JSON.stringify(pidFile)}, String(process.pid))`);
    await writeFile(file, `import fs from "node:fs"; ${await readFile(file, "utf8")}`);
    // The parent: a process of its own that starts a pool and never stops it.
    const parentFile = join(folder, "parent.mjs");
    const workers = pathToFileURL(join(import.meta.dirname, "../../../src/platform/node/pool.ts")).href;
    await writeFile(
      parentFile,
      `const { startPool } = await import(${JSON.stringify(workers)});
       startPool({ workers: 1, cacheFolder: ${JSON.stringify(folder)}, launcher: ${JSON.stringify(file)} }).execute(${JSON.stringify([cell(0)])}, { onEpoch() {}, onResult() {} });`,
    );
    const parent = spawn(
      process.execPath,
      ["--import", pathToFileURL(join(import.meta.dirname, "../../../node_modules/tsx/dist/loader.mjs")).href, parentFile],
      {
        stdio: "ignore",
      },
    );
    await expect.poll(() => readFile(pidFile, "utf8").catch(() => ""), { timeout: 20_000 }).not.toBe("");
    const pid = Number(await readFile(pidFile, "utf8"));
    const alive = () => {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        return false;
      }
    };
    expect(alive()).toBe(true);
    parent.kill("SIGKILL");
    await expect.poll(alive, { timeout: 10_000 }).toBe(false);
  });

  it("imports the modules it is told to in every child before it serves, and they share its sources", async () => {
    const source = (path: string) => pathToFileURL(join(import.meta.dirname, "../../../src", path)).href;
    const file = join(folder, "own.mts");
    await writeFile(
      file,
      `import { useEngine } from ${JSON.stringify(source("runtime/engine.ts"))};
       import { SignflipError } from ${JSON.stringify(source("util/errors.ts"))};
       const why: string = "no engine of mine";
       useEngine(async () => { throw new SignflipError("SF_ENGINE", why); });`,
    );
    const [batch] = inOrder(await planStudies([tinyStudy()], fingerprints));
    const one = pool({ modules: [pathToFileURL(file).href] });
    await expect(one.execute(batch!, noHooks)).rejects.toMatchObject({ code: "SF_ENGINE", message: expect.stringContaining("no engine of mine") as string });
    const missing = pool({ modules: [pathToFileURL(join(folder, "none.mts")).href] });
    await expect(missing.execute(batch!, noHooks)).rejects.toMatchObject({ code: "SF_WORKER", message: expect.stringContaining("none.mts") as string });
  });

  it("computes real cells of one training, their networks kept", async () => {
    const [batch, ...others] = inOrder(await planStudies([tinyStudy()], fingerprints));
    expect(others).toEqual([]);
    const epochs: number[] = [];
    const stored: StoredCell[] = [];
    await pool({}).execute(batch!, { onEpoch: ({ epoch }) => epochs.push(epoch), onResult: (one) => stored.push(one) });
    expect(stored.map(({ result }) => result.key)).toEqual(batch!.map(({ key }) => key));
    expect(stored.map(({ result }) => result.row)).toMatchObject(["left-ball", "left-ball", "epochs"].map((exitReason) => ({ exitReason })));
    expect(Math.max(...epochs)).toBe(3);
    for (const { result, network } of stored) expect((await readFile(join(folder, "cells", `${result.key}.onnx`))).length).toBe(network!.bytes);

    // Each is what a run of its own gives, but for the time it took.
    const alone: StoredCell[] = [];
    for (const cell of batch!) await pool({}).execute([cell], { ...noHooks, onResult: (one) => alone.push(one) });
    expect(stored.map(({ result }) => timeless(result))).toEqual(alone.map(({ result }) => timeless(result)));
  });
});
