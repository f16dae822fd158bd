import { flipsColumns, sampleColumns, sampleRecords } from "../../../src/experiment/flips/columns.ts";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { toCsv, toParquet } from "../../../src/platform/node/rows-files.ts";
import type { FlatRow } from "../../../src/experiment/columns.ts";
import { experiments } from "../../../src/experiment/index.ts";
import { exampleConfig, exampleResult } from "../../study/example.ts";

const cells = [0, 1, 4_294_967_295].map((seed) => exampleResult({ ...exampleConfig, seed }));
const withHole = { ...cells[1]!, row: { ...cells[1]!.row, step: { mean: Number.NaN, sd: Number.NaN, n: 0 } } };
const records = experiments.flips.columns[0]!.records([cells[0]!, withHole, cells[2]!]);
const plain = (row: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === "bigint" ? Number(value) : value])) as FlatRow;
const fileOf = (bytes: Uint8Array) => bytes.slice().buffer;

describe("Parquet", () => {
  it("gives back every row bit for bit", async () => {
    const rows = (await parquetReadObjects({ file: fileOf(toParquet(flipsColumns, records)) })) as Record<string, unknown>[];
    expect(rows.map(plain)).toEqual(records);
    expect(rows[0]).toMatchObject({ deviation: 0.1 + 0.2, perturbationRelativeMean: 1 / 3, exitReason: "left-ball", key: cells[0]!.key });
  });

  it("says what each column is", () => {
    const { key_value_metadata: notes } = parquetMetadata(fileOf(toParquet(flipsColumns, records)));
    for (const { name, description } of flipsColumns) expect(notes?.find(({ key }) => key === `column.${name}`)?.value).toContain(description);
  });

  it("takes single samples and no rows at all", async () => {
    const samples = sampleRecords(exampleResult(exampleConfig, { samples: true }));
    expect(((await parquetReadObjects({ file: fileOf(toParquet(sampleColumns, samples)) })) as Record<string, unknown>[]).map(plain)).toEqual(samples);
    expect(await parquetReadObjects({ file: fileOf(toParquet(flipsColumns, [])) })).toEqual([]);
  });
});

describe("CSV", () => {
  it("has a header, a line per row and every digit", () => {
    const lines = toCsv(flipsColumns, records).split("\n");
    expect(lines).toHaveLength(1 + records.length + 1);
    const header = lines[0]!.split(",");
    expect(header).toEqual(flipsColumns.map(({ name }) => name));
    const first = Object.fromEntries(lines[1]!.split(",").map((value, i) => [header[i]!, value]));
    expect(Number(first["deviation"])).toBe(0.1 + 0.2);
    const hole = lines[2]!.split(",");
    expect(hole[header.indexOf("stepMean")]).toBe("");
  });

  it("quotes what needs it", () => {
    const column = { name: "text", type: "text", unit: "", description: "" } as const;
    expect(toCsv([column], [{ text: 'a "b", c' }, { text: null }])).toBe('text\n"a ""b"", c"\n\n');
  });
});
