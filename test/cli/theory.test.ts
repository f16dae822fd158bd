import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statementIds } from "../../src/theory/statements/statement.ts";
import { runHere } from "./run.ts";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "signflip-theory-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function theory(line: string) {
  const outcome = await runHere(["theory", ..."--draws 30 --points 4 --searches 1 --epochs 3".split(" "), ...line.split(" "), "--json"]);
  expect(outcome.stderr).not.toContain("error");
  expect(outcome.code).toBe(0);
  return JSON.parse(outcome.stdout) as Record<string, any>;
}

describe("signflip theory", () => {
  it("prints one JSON object with every statement", async () => {
    const all = await theory("--d 16 --m 50 --c0 2 --gamma 0.05 --seed 3");
    expect(all).toMatchObject({ command: "theory", setting: { d: 16, m: 50, c0: 2, gamma: 0.05 }, draws: 30, points: 4 });
    expect(all["setting"].constants).toMatchObject({ c1: 16 });
    expect(all["data"]).toEqual({ dataset: "sphere", d: 16, points: 1000 });
    expect(all["training"]).toMatchObject({ lr: 10, batch: 64, epochs: 3 });
    expect(all["trained"].epochs).toBeGreaterThan(0);
    expect(all["trained"].deviation).toBeLessThanOrEqual((2 / Math.sqrt(50)) * (1 + 1e-6));
    const statements = all["statements"] as Record<string, unknown>[];
    expect(statements.map(({ id }) => id)).toEqual([...statementIds]);
    for (const one of statements) {
      for (const field of ["id", "source", "bound", "exact", "measured", "holds", "vacuous", "tightness"]) expect(one).toHaveProperty(field);
      expect(one["simulation"] === null || (one["simulation"] as { draws: number }).draws === 30).toBe(true);
    }
  });

  it("takes MNIST of that dimension, and other settings", async () => {
    const all = await theory("--dataset mnist --d 25 -m 40 --c1 3 --lr 0.5");
    expect(all["data"]).toEqual({ dataset: "mnist", digits: [0, 1], size: 5, normalize: true });
    expect(all["setting"]).toMatchObject({ d: 25, m: 40, constants: { c1: 3 } });
    expect(all["training"].lr).toBe(0.5);
  });

  it("prints a table that fits a terminal, with what its words mean", async () => {
    const { code, stdout } = await runHere("theory --d 16 --m 50 --draws 30 --points 4 --epochs 2".split(" "));
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^d 16 · m 50 · C_0 10 · γ 0\.05 {3}\d epochs?, deviation .* of 1\.41, test .* %$/);
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(112);
    for (const id of statementIds) expect(lines.filter((line) => line.startsWith(id)).length).toBeGreaterThanOrEqual(2);
    expect(stdout).toContain("exact: the extreme over the lazy ball");
  });

  it.each([
    ["--d 1 --m 1", { d: 1, m: 1 }],
    ["--d 1 --m 20", { d: 1 }],
    ["--d 9 --m 1", { m: 1 }],
    ["--d 2 --m 3 --c0 0", { c0: 0 }],
    ["--d 9 --m 20 --epochs 0", {}],
  ])("has the right limit at %s", async (line, setting) => {
    const { statements, setting: all, trained } = await theory(line);
    expect(all).toMatchObject(setting);
    // What is measured on so small a network may break a bound that holds with probability 1 − γ; a share of draws may not.
    for (const { id, measured, bound, vacuous, simulation } of statements) {
      expect(Number.isFinite(measured), id).toBe(true);
      expect(bound, id).not.toBeNaN();
      if (simulation && !vacuous) expect(simulation.low, id).toBeLessThanOrEqual(0.05);
    }
    if (line.includes("--c0 0") || line.includes("--epochs 0")) expect(trained).toMatchObject({ epochs: 0, deviation: 0 });
  });

  it("has no finite bound where it may never fail, and none that says anything where it always may", async () => {
    const never = (await theory("--d 9 --m 20 --gamma 0")) as { statements: { vacuous: boolean; bound: number | null; id: string }[] };
    for (const { id, vacuous, bound } of never.statements) {
      expect(vacuous, id).toBe(true);
      if (!["single-step", "robust-error"].includes(id)) expect(bound, id).toBeNull();
    }
    const always = await theory("--d 9 --m 20 --gamma 1");
    for (const { id, vacuous } of always["statements"]) expect(vacuous, id).toBe(true);
  });

  it("checks a preset's whole grid as reproduce would", async () => {
    const own = ["--out", join(folder, "out"), "--cache", join(folder, "cache"), "--json"];
    const outcome = await runHere(["theory", "--preset", "smoke", "--workers", "2", ...own]);
    expect(outcome.code).toBe(0);
    const { command, cells, figures, files } = JSON.parse(outcome.stdout) as Record<string, any>;
    expect(command).toBe("theory");
    expect(cells.computed).toBe(cells.total);
    expect(figures.map(({ name }: { name: string }) => name)).toEqual(["figure-1", "bounds", "single-step", "scaling-laws"]);
    expect(files.rows).toEqual(expect.arrayContaining(["rows/cone.csv", "rows/theory-mnist.csv", "rows/theory-mnist-statements.parquet"]));
    expect(files.networks).toEqual([]);
    const statements = await readFile(join(folder, "out/rows/theory-mnist-statements.csv"), "utf8");
    expect(statements).toMatch(/^d,m,c0,gamma,seed,id,source,side,bound,/);
    expect(statements.trim().split("\n").length % statementIds.length).toBe(1);
  });
});
