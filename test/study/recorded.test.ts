import { availableParallelism, tmpdir } from "node:os";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadData, type DataConfig } from "../../src/data/index.ts";
import { experimentOf } from "../../src/experiment/index.ts";
import { figureNames } from "../../src/figure/names.ts";
import { figureStudies } from "../../src/figure/presets.ts";
import { buildGraph } from "../../src/graph/builder.ts";
import { f32 } from "../../src/graph/ir.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { dataSource } from "../../src/platform/node/idx-folder.ts";
import { startPool } from "../../src/platform/node/pool.ts";
import { toCsv } from "../../src/platform/node/rows-files.ts";
import { dataOf, withSession } from "../../src/runtime/session.ts";
import { splitFingerprint } from "../../src/study/key.ts";
import { planStudies } from "../../src/study/plan.ts";
import { runStudies } from "../../src/study/run.ts";
import { memoryStore } from "../../src/study/store.ts";
import { sha256Hex } from "../../src/util/hash.ts";
import { random } from "../../src/util/random.ts";

/*
 * The rows of the smoke preset, as they were recorded in test/recorded/smoke/: the same seeds give the same numbers, to the last digit
 * where the engine's matrix product gives the bits that it gave when they were recorded. A result that changes on purpose raises its
 * experiment's version and is recorded anew.
 */
const folder = join(import.meta.dirname, "..", "recorded", "smoke");

/** The SHA-256 of one matrix product on the machine that recorded: processors with other instructions round differently. */
const recordedProduct = "6dad4c1fb0f56a02a098810b3f24a153b1e033c0bc495ff896011b89aaa00475";

let cache: string;
let rows: ReadonlyMap<string, string>;
let isExact: boolean;

beforeAll(async () => {
  useNodeEngine();
  cache = await mkdtemp(join(tmpdir(), "signflip-recorded-"));
  isExact = (await productHash()) === recordedProduct;
  if (!isExact) console.log("note: this processor rounds matrix products differently; rows are compared to 5 %");
  rows = await smokeRows();
}, 300_000);
afterAll(() => rm(cache, { recursive: true, force: true }));

async function productHash(): Promise<string> {
  const [x, w] = ["x", "w"].map((name) => random(0, "recorded", name).fillNormal(new Float32Array(64 * 196)));
  const graph = buildGraph("product", (g) => ({ y: g.gemm(g.input("x", f32([64, 196])), g.input("w", f32([64, 196])), { transB: true }) }));
  const shape = [64, 196];
  return withSession(graph, { threads: 1 }, async (session) => {
    const out = await session.run({ x: { element: "float32", shape, data: x! }, w: { element: "float32", shape, data: w! } });
    const y = dataOf(out, "y", "float32");
    return sha256Hex(new Uint8Array(y.buffer, y.byteOffset, y.byteLength));
  });
}

/** Every table of the smoke preset as CSV, by its file's name. */
async function smokeRows(): Promise<Map<string, string>> {
  const known = new Map<string, Promise<string>>();
  const fingerprint = (data: DataConfig) => {
    const name = JSON.stringify(data);
    known.set(name, known.get(name) ?? loadData(data, dataSource()).then(splitFingerprint));
    return known.get(name)!;
  };
  const plans = await planStudies(figureStudies(figureNames, "smoke"), { data: fingerprint }, { networks: "none" });
  const pool = startPool({ cacheFolder: cache, workers: availableParallelism() });
  const { results, failed } = await runStudies(plans, { store: memoryStore(), executor: pool });
  await pool.stop();
  if (failed[0]) throw failed[0].error;
  return new Map(
    plans.flatMap(({ study, cells }) => {
      const own = cells.map(({ key }) => results.get(key)!.result);
      const { columns } = experimentOf(own[0]!.config);
      return columns.map((table): [string, string] => [`${study.name}${table.suffix}.csv`, toCsv(table.columns, table.records(own))]);
    }),
  );
}

/** The fields of every line; a quoted field may hold commas. */
const linesOf = (csv: string) =>
  csv
    .trimEnd()
    .split("\n")
    .map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? ""));

/** The columns that a recorded table has. */
function only(names: readonly string[], csv: string): string[][] {
  const [head, ...lines] = linesOf(csv);
  return lines.map((line) => names.map((name) => line[head!.indexOf(name)] ?? `no column ${name}`));
}

const isNear = (a: string, b: string) => {
  const [x, y] = [Number(a), Number(b)];
  return a === b || (a !== "" && b !== "" && Math.abs(x - y) <= 0.02 + 0.05 * Math.max(Math.abs(x), Math.abs(y)));
};

describe("the rows of the smoke preset", () => {
  it("are those recorded", async () => {
    const files = (await readdir(folder)).toSorted();
    expect(files).toHaveLength(16);
    for (const file of files) {
      const recorded = await readFile(join(folder, file), "utf8");
      const [head, ...lines] = linesOf(recorded);
      const now = only(head!, rows.get(file) ?? "");
      if (isExact) expect({ file, rows: now }).toEqual({ file, rows: lines });
      else expect({ file, far: lines.flatMap((line, i) => line.filter((value, j) => !isNear(value, now[i]![j]!))) }).toEqual({ file, far: [] });
    }
  });

  it("are those recorded for every single sample too", () => {
    const file = "figure-7-samples.csv";
    const csv = rows.get(file)!;
    const names = linesOf(csv)[0]!.filter((name) => name !== "key");
    const lines = [names, ...only(names, csv)];
    expect(lines).toHaveLength(4231);
    if (isExact)
      expect(sha256Hex(`${lines.map((line) => line.join(",")).join("\n")}\n`)).toBe("13842ddccb461406b432e81fedce74665c1c843719daf9ac00ee8d2fd1202439");
  });
});
