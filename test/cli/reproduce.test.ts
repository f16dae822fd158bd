import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { studiesOf } from "../../src/cli/reproduce/studies.ts";
import { decodeCell } from "../../src/platform/node/store.ts";
import { expand, type Study } from "../../src/study/study.ts";
import { isNetworkCell } from "../study/example.ts";
import { signflip } from "./run.ts";

let folder: string;
let study: string;
const cells = () => join(folder, "cache", "cells");
const line = (command: string) => [command, "--study", study, "--cache", join(folder, "cache"), "--out", join(folder, "out")];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "signflip-reproduce-"));
  study = join(folder, "study.yaml");
  // A dozen small cells: long enough to be interrupted, short enough for a test.
  await writeFile(
    study,
    "name: small\nfigures: [2]\ndata: { size: { each: [3, 4, 5] } }\nnetwork: { m: { each: [50, 60] } }\ntraining: { epochs: 6 }\nseeds: 2\n",
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function wholeCells(): Promise<string[]> {
  const names = await readdir(cells());
  for (const name of names.filter((one) => one.endsWith(".json"))) {
    expect(decodeCell(await readFile(join(cells(), name), "utf8"), name.replace(".json", ""))).toBeTypeOf("object");
  }
  expect(names.filter((name) => !/^[0-9a-f]{64}\.(json|onnx)$/.test(name))).toEqual([]);
  return names.filter((name) => name.endsWith(".json"));
}

describe("signflip reproduce", () => {
  it("stops on Ctrl-C with whole files, keeping what is finished", async () => {
    let sent = false;
    const outcome = await signflip(line("reproduce"), {
      input: (child) =>
        child.stderr!.on("data", (chunk: Buffer) => {
          if (sent || !/^[2-9]\/12/m.test(chunk.toString())) return;
          sent = true;
          child.kill("SIGINT");
        }),
    });
    expect(outcome.code).toBe(130);
    expect(outcome.stdout).toBe("");
    expect(outcome.stderr).toMatch(
      /\nerror SF_STOPPED: stopped with \d+ of 12 cells done; they are kept in .*cache, and the same command goes on from there\n$/,
    );
    const kept = (await wholeCells()).length;
    expect(kept).toBeGreaterThanOrEqual(2);
    expect(kept).toBeLessThan(12);
    expect(outcome.stderr).toContain(`stopped with ${kept} of 12`);
  });

  it("does not report what is not complete", async () => {
    const outcome = await signflip(line("report"));
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toBe("");
    expect(outcome.stderr).toMatch(/^error SF_CACHE: \d+ of 12 cells are not in .*; compute them with: signflip reproduce --study .*\n$/);
  });

  it("goes on from there, computing only what is missing, and says so as JSON", async () => {
    const kept = (await wholeCells()).length;
    const outcome = await signflip([...line("reproduce"), "--json"]);
    expect(outcome.code).toBe(0);
    const summary = JSON.parse(outcome.stdout) as Record<string, any>;
    expect(summary["cells"]).toEqual({ total: 12, computed: 12 - kept, cached: kept });
    expect(await wholeCells()).toHaveLength(12);
    expect(summary["figures"][0]).toMatchObject({ name: "figure-2", cells: { done: 12, total: 12 } });
    expect(summary["figures"][0].claims.length).toBeGreaterThan(0);
    const { report, figures, rows, networks } = summary["files"];
    expect(networks).toHaveLength(6);
    for (const file of [report, ...figures, ...rows, ...networks]) expect((await readFile(join(folder, "out", file))).length).toBeGreaterThan(100);
    expect((await readFile(join(folder, "out/rows/small.csv"), "utf8")).trim().split("\n")).toHaveLength(13);
    expect((await readdir(join(folder, "out"), { recursive: true })).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("computes nothing a second time", async () => {
    const { stdout } = await signflip([...line("reproduce"), "--json"]);
    expect((JSON.parse(stdout) as Record<string, unknown>)["cells"]).toEqual({ total: 12, computed: 0, cached: 12 });
  });

  it("writes the report again without computing", async () => {
    await rm(join(folder, "out"), { recursive: true });
    const outcome = await signflip(line("report"));
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toContain("report.html");
    expect((await readFile(join(folder, "out/report.html"))).length).toBeGreaterThan(1000);
  });

  it("notices a cell cut in half: reproduce mends it, report refuses it", async () => {
    const [first] = await wholeCells();
    const file = join(cells(), first!);
    await truncate(file, Math.floor((await readFile(file)).length / 2));
    const refused = await signflip(line("report"));
    expect(refused.code).toBe(1);
    expect(refused.stdout).toBe("");
    expect(refused.stderr).toMatch(/^error SF_CACHE: .*\.json is damaged: it is cut or is not JSON; signflip reproduce computes it again\n$/);
    const mended = await signflip([...line("reproduce"), "--json"]);
    expect(mended.stderr).toMatch(/^warning SF_CACHE: .*\.json is damaged: it is cut or is not JSON; it will be computed again\n/);
    expect((JSON.parse(mended.stdout) as Record<string, unknown>)["cells"]).toEqual({ total: 12, computed: 1, cached: 11 });
    await wholeCells();
  });
});

describe("signflip reproduce of adversarial training", () => {
  const own = () => ["--cache", join(folder, "robust-cache"), "--out", join(folder, "robust"), "--json"];

  it("draws both panels of Figure 4 from two studies, rows of each in files of their own", async () => {
    const outcome = await signflip(["reproduce", "--figure", "4", "--preset", "smoke", "--networks", "none", ...own()]);
    expect(outcome.code).toBe(0);
    const { figures, files } = JSON.parse(outcome.stdout) as Record<string, any>;
    expect(figures).toHaveLength(1);
    expect(figures[0]).toMatchObject({ name: "figure-4", cells: { done: 10, total: 10 } });
    expect(files.rows).toEqual(["rows/figure-4-left.csv", "rows/figure-4-left.parquet", "rows/figure-4-right.csv", "rows/figure-4-right.parquet"]);
    expect(await readFile(join(folder, "robust/rows/figure-4-left.csv"), "utf8")).toMatch(/^dataset,.*,robustTestAccuracy,.*\n(.*,fast,.*\n){6}$/);
    expect(outcome.stderr).toMatch(/size 5 · m 100 · C_0 10 · ε 0\.1 · fast · ‖x‖ = 1 · seed 0 .* robust \d/);
  });

  it("names the cell that diverges and keeps the others", async () => {
    const file = join(folder, "diverges.yaml");
    await writeFile(
      file,
      "name: diverges\nfigures: [4]\ndata: { size: 3 }\nnetwork: { m: 5 }\ntraining: { method: fast, eps: { each: [0.1, 1.0e+18] }, lr: 1.0e+6, box: false, project: never, epochs: 2, train: 100 }\n",
    );
    const outcome = await signflip(["reproduce", "--study", file, ...own()]);
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toBe("");
    expect(outcome.stderr).toMatch(
      /\nerror SF_DIVERGED: 1 of 2 cells failed \(size 3 · m 5 · C_0 10 · ε 1000000000000000000 · fast · seed 0\): .*diverged.* The other cells are kept and in the report; the same command tries again\n$/,
    );
    const names = (await readdir(join(folder, "robust-cache/cells"))).filter((name) => name.endsWith(".json"));
    expect(names).toHaveLength(11);
    expect((await readFile(join(folder, "robust/report.html"))).length).toBeGreaterThan(1000);
  });

  it("takes another method than the preset's", async () => {
    const values = { figure: ["figure-2", "figure-4"], preset: "smoke", study: undefined, seed: 0, seeds: undefined, method: "faithful" } as const;
    const [two, ...four] = await studiesOf(values, new Set(["method"]));
    const methods = (study: Study) =>
      expand(study)
        .filter(isNetworkCell)
        .map(({ training }) => training.method);
    expect(new Set(methods(two!))).toEqual(new Set(["sgd"]));
    expect(four.map((study) => [...new Set(methods(study))])).toEqual([["faithful"], ["faithful"]]);
  });
});
