import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeNpy } from "../../src/data/npy.ts";
import { f32 } from "../../src/graph/ir.ts";
import type { Column, Entry } from "../../src/experiment/columns.ts";
import type { Cell, CellConfig, Experiment, FinishedCell, Sections } from "../../src/experiment/experiment.ts";
import { experimentOf, experiments, findExperiment } from "../../src/experiment/index.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { cellKey } from "../../src/study/key.ts";
import { inOrder } from "../../src/study/order.ts";
import { plannedName, planStudies } from "../../src/study/plan.ts";
import { resolveStudy } from "../../src/study/resolve.ts";
import { runCell, runCells } from "../../src/study/serve.ts";
import { expand, toInput } from "../../src/study/study.ts";
import { fileOf, weights } from "../model/onnx/support.ts";
import { collect, context, timeless } from "./support.ts";

beforeAll(useNodeEngine);

/* What every experiment keeps to. A new one adds a small study here; all tests walk the registry. */

const data = { dataset: "sphere", d: 9, points: 60 };
const network = { m: { each: [20, 30] } };

/** A classifier's file and samples for it. */
const folder = mkdtempSync(join(tmpdir(), "signflip-contract-"));
afterAll(() => rmSync(folder, { recursive: true }));
const [model, points] = [join(folder, "model.onnx"), join(folder, "x.npy")];
writeFileSync(
  model,
  fileOf(f32(["n", 4]), (g, x) => g.gemm(x, g.constant(weights([4, 3])))),
);
writeFileSync(
  points,
  writeNpy(
    Float32Array.from({ length: 16 }, (_, i) => Math.sin(i)),
    [4, 4],
  ),
);
writeFileSync(join(folder, "y.npy"), writeNpy(Int32Array.of(0, 1, 2, 0), [4]));

/** Small studies of every experiment, each of two cells at least. */
const studies: Record<keyof typeof experiments, readonly object[]> = {
  flips: [{ data, network, training: { c0: { each: [0.5, 1] }, epochs: 2 }, measure: [{ flips: { samples: true } }], seeds: 2 }],
  robust: [
    { data, network, training: { method: "sgd", epochs: 2 }, measure: [{ robust: { box: false, attack: "apgd", steps: 3, eps: { each: [0, 0.1] } } }] },
    { data, network, training: { method: { each: ["fast", "faithful"] }, box: false, steps: 3, epochs: 2 }, measure: [{ robust: { steps: 5 } }] },
  ],
  theory: [{ data, network, training: { epochs: 1 }, measure: [{ theory: { draws: 5, points: 4, searches: 1, gamma: { each: [0.1, 0.2] } } }] }],
  cone: [{ data, network, training: { epochs: 2 }, measure: [{ cone: { c0: [0.5, 1] } }], seeds: 2 }],
  evaluate: [{ measure: [{ evaluate: { model, data: points, samples: 4, norm: { each: ["l2", "linf"] } } }] }],
};
const nothing = { data: async () => "", file: async () => "" };

const all = Object.entries(studies).flatMap(([kind, inputs]) => inputs.map((input, i): [string, object] => [`${kind} ${i}`, input]));
const resolved = (input: object) => resolveStudy({ name: "x", ...input }, "x");

it("there is a study here for every experiment", () => {
  expect(Object.keys(studies)).toEqual(Object.keys(experiments));
});

describe.each(Object.entries<Experiment<any, any>>(experiments))("the experiment %s", (name, experiment) => {
  it("is called what the registry calls it", () => {
    expect(experiment.kind).toBe(name);
    expect(findExperiment(name)).toBe(experiment);
    expect(Number.isInteger(experiment.version) && experiment.version > 0).toBe(true);
    expect(experiment.summary).toMatch(/^[^A-Z].*[^.]$/);
  });

  it("has settings that explain themselves and take their own defaults", () => {
    const variants: readonly Sections[] = "choose" in experiment.schema ? experiment.schema.all : [experiment.schema];
    const settings = variants.flatMap(({ network, training, measure }) => [network ?? {}, training ?? {}, measure].flatMap(Object.entries));
    expect(settings.length).toBeGreaterThan(5);
    for (const [key, setting] of settings) {
      expect(setting.field.description, key).toMatch(/[^.]$/);
      const value: unknown = setting.form === "optional" ? setting.field.default : setting.default;
      if (value !== undefined || setting.form !== "optional") expect(setting.field.schema.safeParse(value).success, key).toBe(true);
    }
  });

  it("has tables of different names, and in each every column once, with a description", () => {
    const suffixes = experiment.columns.map(({ suffix }) => suffix);
    expect(new Set(suffixes).size).toBe(suffixes.length);
    expect(suffixes[0]).toBe("");
    for (const { columns } of experiment.columns) {
      const names = columns.map((column) => column.name);
      expect(new Set(names).size).toBe(names.length);
      expect(names).toContain("key");
      for (const { description } of columns) expect(description).not.toBe("");
    }
  });

  it("gives other keys under another version, and leaves those of other experiments alone", () => {
    const configs = all.flatMap(([, input]) => expand(resolved(input)));
    const keys = () => configs.map((config) => cellKey(config, "bytes"));
    const before = keys();
    expect(new Set(before).size).toBe(configs.length);
    const { version } = experiment;
    try {
      Object.assign(experiment, { version: version + 1 });
      const after = keys();
      expect(configs.filter((_, i) => after[i] !== before[i])).toEqual(configs.filter(({ kind }) => kind === name));
    } finally {
      Object.assign(experiment, { version });
    }
    expect(keys()).toEqual(before);
  });
});

/** Whether an entry is what its column says. */
function fits(entry: Entry | undefined, { type }: Column): boolean {
  if (entry === null) return true;
  if (type === "flag") return typeof entry === "boolean";
  if (type === "text") return typeof entry === "string" && entry !== "";
  return typeof entry === "number" && (type === "whole" ? Number.isInteger(entry) : Number.isFinite(entry));
}

describe.each(all)("the small study %s", (title, input) => {
  const kind = title.split(" ")[0]!;
  const study = resolved(input);
  const configs = expand(study);

  it("is written down and expands again to the same cells, each of its kind", () => {
    expect(configs.length).toBeGreaterThanOrEqual(4);
    expect(configs.every((config) => config.kind === kind)).toBe(true);
    expect(expand(resolveStudy(toInput(study), "again"))).toEqual(configs);
  });

  it("has a name of its own for every cell", async () => {
    const [plan] = await planStudies([study], nothing);
    const names = plan!.cells.map(plannedName);
    expect(new Set(names).size).toBe(names.length);
    for (const [i, name] of names.entries()) expect(name).toMatch(new RegExp(` · seed ${configs[i]!.seed}$`));
  });

  it("has costs and memory above 0 that grow with the width of a network", () => {
    for (const config of configs) expect(Math.min(experimentOf(config).cost(config), experimentOf(config).memory(config))).toBeGreaterThan(0);
    if (!("network" in input)) return;
    const at = (m: number) => expand(resolved({ ...input, network: { m } }));
    const [narrow, wide] = [at(1000), at(10_000)];
    for (const [i, config] of narrow.entries()) {
      const { cost, memory } = experimentOf(config);
      expect(cost(config)).toBeGreaterThan(0);
      expect(memory(config)).toBeGreaterThan(0);
      expect(cost(wide[i]!)).toBeGreaterThan(cost(config));
      expect(memory(wide[i]!)).toBeGreaterThan(memory(config));
    }
  });

  it("is computed in trajectories, each cell as it is alone, and its rows have a value in every column", async () => {
    const plans = await planStudies([study], nothing);
    const batches = inOrder(plans).map((batch) => batch.map(({ config }) => config));
    const cells: FinishedCell[] = [];
    for (const batch of batches) {
      const together = await collect(runCells(batch, context));
      expect(together.map(({ result }) => result.config)).toEqual(batch);
      cells.push(...together);
    }
    expect(cells).toHaveLength(configs.length);
    for (const { result, save } of cells) {
      expect(result.row).toMatchObject({ kind, seed: result.config.seed });
      expect(result.config.kind).toBe(kind);
      expect(result.row.seconds).toBeGreaterThan(0);
      if (experimentOf(result.config).keepsNetworks) expect(save!().length).toBeGreaterThan(1000);
      // Again, and alone: the same but for the time it took.
      const alone = await runCell(result.config, context);
      expect(timeless(alone.result)).toEqual(timeless(result));
      expect(alone.save?.()).toEqual(save?.());
    }
    expectRows(
      configs[0]!,
      cells.map(({ result }, i): Cell => ({ key: `key ${i}`, ...result })),
    );
  });

  it("is computed in as many trajectories as it trains networks", async () => {
    const batches = inOrder(await planStudies([study], nothing));
    const trains = (config: CellConfig) => JSON.stringify({ ...config, measure: null, training: { ...Reflect.get(config, "training"), c0: null } });
    if (experimentOf(configs[0]!).trajectory) expect(batches).toHaveLength(new Set(configs.map(trains)).size);
    else expect(batches).toHaveLength(configs.length);
  });
});

function expectRows(config: CellConfig, cells: readonly Cell[]): void {
  const { columns: tables, headline, epochLine } = experimentOf(config);
  for (const { columns, records } of tables) {
    const rows = records(cells);
    expect(rows.length).toBeGreaterThanOrEqual(cells.length);
    for (const row of rows) {
      expect(Object.keys(row)).toEqual(columns.map(({ name }) => name));
      expect(columns.filter((column) => !fits(row[column.name], column)).map(({ name }) => `${name}: ${row[name]}`)).toEqual([]);
    }
  }
  for (const { row, history, config: of } of cells) {
    expect(headline!(row)).toMatch(/\d/);
    for (const record of history) for (const short of [true, false]) expect(epochLine!(record, of, { short })).toMatch(/^epoch \d+ {2}loss /);
  }
}
