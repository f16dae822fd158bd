import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attackColumns } from "../../src/cli/attack/records.ts";
import { runHere } from "./run.ts";

let folder: string;
let network: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "signflip-attack-"));
  network = join(folder, "network.onnx");
  await runHere(`train --size 5 --width 100 --digits 3,8 --normalize --epochs 3 --out ${network}`.split(" "));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Row {
  readonly eps: number;
  readonly n: number;
  readonly cleanAccuracy: number;
  readonly robustAccuracy: number;
  readonly forward: number;
  readonly backward: number;
}
async function attackIt(options: string): Promise<{ data: object; attack: object; rows: Row[]; records?: string }> {
  const { code, stdout } = await runHere(["attack", network, ...options.split(" "), "--json"]);
  expect(code).toBe(0);
  expect(stdout.trim().split("\n")).toHaveLength(1);
  return JSON.parse(stdout) as Awaited<ReturnType<typeof attackIt>>;
}

describe("signflip attack", () => {
  it("measures on the data the network learnt from, for every ε", async () => {
    const { data, attack, rows } = await attackIt("--attack pgd --norm l2 --eps 0,0.05,0.3 --steps 20");
    expect(data).toEqual({ dataset: "mnist", digits: [3, 8], size: 5, normalize: true });
    expect(attack).toEqual({ attack: "pgd", norm: "l2", steps: 20, randomStart: false, restarts: 1, loss: "logistic", box: true });
    expect(rows.map(({ eps }) => eps)).toEqual([0, 0.05, 0.3]);
    for (const { n, cleanAccuracy, forward, backward } of rows) {
      expect(n).toBe(1984);
      expect(cleanAccuracy).toBe(rows[0]!.cleanAccuracy);
      expect([forward, backward]).toEqual([23, 20]);
    }
    expect(rows[0]!.robustAccuracy).toBe(rows[0]!.cleanAccuracy);
    expect(rows[1]!.robustAccuracy).toBeLessThan(rows[0]!.robustAccuracy);
    expect(rows[2]!.robustAccuracy).toBeLessThan(rows[1]!.robustAccuracy);
  });

  it("knows every attack, with the options it has", async () => {
    for (const options of [
      "--attack single-step --no-box",
      "--attack fgsm --norm linf --random-start --restarts 2 --seed 3",
      "--attack apgd --steps 5 --norm linf",
      "--step-size 0.01 --steps 3",
    ]) {
      const { rows } = await attackIt(`${options} --eps 0.05`);
      expect(rows[0]!.robustAccuracy).toBeLessThan(rows[0]!.cleanAccuracy);
    }
  });

  it("writes a record of every image as Parquet and as CSV", async () => {
    const [parquet, csv] = [join(folder, "records.parquet"), join(folder, "records.csv")];
    const { rows, records } = await attackIt(`--eps 0.1,0.2 --steps 5 --out ${parquet}`);
    expect(records).toBe(parquet);
    await attackIt(`--eps 0.1,0.2 --steps 5 --out ${csv}`);
    const bytes = await readFile(parquet);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const read = (await parquetReadObjects({ file })) as Record<string, unknown>[];
    expect(Object.keys(read[0]!)).toEqual(attackColumns.map(({ name }) => name));
    expect(read).toHaveLength(2 * 1984);
    expect(parquetMetadata(file).key_value_metadata?.map(({ key }) => key)).toContain("column.l2");
    for (const { eps, n, robustAccuracy } of rows) {
      const own = read.filter((record) => record["eps"] === eps);
      expect(own.filter(({ wasCorrect, success }) => wasCorrect === true && success === false).length / n).toBeCloseTo(robustAccuracy, 12);
      for (const record of own) {
        expect(record["l2"]).toBeLessThanOrEqual(eps * (1 + 1e-6));
        expect(record["marginAfter"]).toBeLessThanOrEqual(record["marginBefore"] as number);
        if (record["success"] === true) expect(record["marginAfter"]).toBeLessThanOrEqual(0);
      }
    }
    const lines = (await readFile(csv, "utf8")).trim().split("\n");
    expect(lines).toHaveLength(1 + read.length);
    expect(lines[0]).toBe(attackColumns.map(({ name }) => name).join(","));
  });

  it("prints a table", async () => {
    const { code, stdout } = await runHere(["attack", network, "--eps", "0.1,0.2", "--attack", "fgsm"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ε\s+clean\s+robust\s+forward\s+backward\n0\.1 .*%.*\n0\.2 .*%.*\n1,984 test images, fgsm in l2; .*\n$/);
  });
});
