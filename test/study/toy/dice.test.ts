import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { experimentOf, registerExperiment } from "../../../src/experiment/index.ts";
import { startPool } from "../../../src/platform/node/pool.ts";
import { OutputFolder } from "../../../src/platform/node/output-folder.ts";
import { Publisher } from "../../../src/platform/node/publish.ts";
import { diskStore } from "../../../src/platform/node/store.ts";
import { parseStudy } from "../../../src/study/parse.ts";
import { planStudies, type PlannedStudy } from "../../../src/study/plan.ts";
import { runStudies } from "../../../src/study/run.ts";
import { toInput } from "../../../src/study/study.ts";
import { dice, type DiceCell } from "./dice.ts";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "signflip-dice-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const text = "name: dice\nmeasure: [{ dice: { sides: { each: [6, 20] }, rolls: 50 } }]\nseeds: 3\n";
const noData = { data: () => Promise.reject(new Error("dice read no data")) };
const store = () => diskStore(join(folder, "cache"), { onDamage: (damage) => expect(damage).toBeUndefined() });

async function run(plans: readonly PlannedStudy[]) {
  const pool = startPool({ cacheFolder: join(folder, "cache"), workers: 2, modules: [pathToFileURL(join(import.meta.dirname, "dice.ts")).href] });
  const outcome = await runStudies(plans, { store: store(), executor: pool });
  await pool.stop();
  return outcome;
}

describe("an experiment from outside the program", () => {
  it("is registered once, under a name of its own", () => {
    expect(experimentOf({ kind: "dice" })).toBe(dice);
    registerExperiment(dice);
    expect(() => registerExperiment({ ...dice, version: 2 })).toThrow("there is an experiment called dice already");
  });

  it("goes from a study's file through plan, pool, store and resume to rows and a report", async () => {
    const file = join(folder, "dice.yaml");
    await writeFile(file, text);
    const study = parseStudy(await readFile(file, "utf8"), file);
    expect(parseStudy(JSON.stringify(toInput(study)), "again").parts).toEqual(study.parts);
    const plans = await planStudies([study], noData);
    expect(plans[0]!.cells.map(({ config }) => config)).toHaveLength(6);

    // Half of it, then all: what is there is not computed again.
    const half = [{ ...plans[0]!, cells: plans[0]!.cells.slice(0, 3) }];
    expect(await run(half)).toMatchObject({ computed: 3, cached: 0, failed: [] });
    const outcome = await run(plans);
    expect(outcome).toMatchObject({ computed: 3, cached: 3, failed: [] });
    const cells = [...outcome.results.values()].map(({ result }) => result as DiceCell);
    expect(cells.every(({ row }) => row.mean > 1 && row.mean < 20 && row.pid !== process.pid)).toBe(true);
    expect((await readdir(join(folder, "cache", "cells"))).filter((name) => name.endsWith(".json"))).toHaveLength(6);

    const out = join(folder, "out");
    const output = await OutputFolder.open(out, "test");
    const publisher = new Publisher({ output, store: store(), plans, title: "Dice", preset: "", commandLine: "test" });
    const { files } = await publisher.publish(outcome.results);
    await output.close();
    expect(files.rows).toEqual(["rows/dice.csv", "rows/dice.parquet"]);
    const [head, ...lines] = (await readFile(join(out, "rows", "dice.csv"), "utf8")).trimEnd().split("\n");
    expect(head).toBe("sides,rolls,seed,mean");
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatch(/^6,50,0,[\d.]+$/);
    const page = await readFile(join(out, "report.html"), "utf8");
    expect(page).toContain("20 sides · 50 rolls · seed 2");
  });

  it("has the errors of a study in one line", () => {
    const says = (measure: string) => () => parseStudy(`name: x\nmeasure: [${measure}]`, "x.yaml");
    expect(says("{ dice: { sides: 1 } }")).toThrow("x.yaml: measure.0.dice.sides must be a whole number from 2 to 100; got 1");
    expect(says("{ dice: { side: 4 } }")).toThrow("unknown key measure.0.dice.side (did you mean sides?)");
    expect(() => parseStudy("name: x\nmeasure: [dice]\nnetwork: { m: 3 }", "x.yaml")).toThrow("network does not belong in a study of dice");
  });
});
