import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attackColumns } from "../../src/cli/attack/records.ts";
import { f32 } from "../../src/graph/ir.ts";
import { tensorOf } from "../../src/tensor/tensor.ts";
import { fileOf } from "../model/onnx/support.ts";
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

describe("signflip attack on any classifier", () => {
  // Three classes: the logits are the three inputs.
  const anyModel = () => join(folder, "any.onnx");
  const csv = () => join(folder, "samples.csv");
  beforeAll(async () => {
    const identity = tensorOf("float32", [3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    await writeFile(
      anyModel(),
      fileOf(f32([1, 3]), (g, x) => g.softmax(g.gemm(x, g.constant(identity)))),
    );
    await writeFile(csv(), "a,b,c,label\n0.9,0.5,0.1,0\n0.2,0.8,0.1,1\n0.1,0.2,0.9,2\n0.6,0.5,0.1,1\n");
  });
  const args = (options: string) => ["attack", anyModel(), "--data", csv(), "--bounds", "0,1", ...options.split(" ")];

  it("takes its own data, and says what it assumes", async () => {
    const { code, stdout, stderr } = await runHere(args("--attack ensemble --norm linf --eps 0.1,0.25,0.5 --json"));
    expect(code).toBe(0);
    const { rows, network, attack } = JSON.parse(stdout) as { rows: Row[]; network: object; attack: object };
    // The margins of the three samples that are right are 0.4, 0.6 and 0.7, and two inputs move at once.
    expect(rows.map(({ n, cleanAccuracy, robustAccuracy }) => [n, cleanAccuracy, robustAccuracy])).toEqual([
      [4, 0.75, 0.75],
      [4, 0.75, 0.5],
      [4, 0.75, 0],
    ]);
    expect(network).toEqual({ file: anyModel(), inputShape: [3], classes: 3 });
    expect(attack).toEqual({ attack: "ensemble", norm: "linf", box: true });
    expect(stderr).toContain("attacking 4 test images with ensemble");
  });

  it("steers to a target, and writes predictions and lengths", async () => {
    const file = join(folder, "targeted.csv");
    const { code } = await runHere(args(`--attack apgd-ce --norm l2 --target 2 --eps 0.7 --out ${file}`));
    expect(code).toBe(0);
    const [head, ...lines] = (await readFile(file, "utf8")).trim().split("\n");
    const records = lines.map((line) => Object.fromEntries(line.split(",").map((value, k) => [head!.split(",")[k]!, value])));
    expect(records.map(({ label }) => label)).toEqual(["0", "1", "1"]);
    for (const { predictionAfter, success, l1, l0, l2, zeroGradient, unconfirmed } of records) {
      expect([predictionAfter, success, zeroGradient, unconfirmed]).toEqual(["2", "true", "false", "false"]);
      expect(Number(l0)).toBeGreaterThan(1);
      expect(Number(l1)).toBeGreaterThan(Number(l2));
    }
  });

  it("refuses what does not fit, in one line", async () => {
    expect(await runHere(args("--attack fgsm --target 3"))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("the target must be a class of any.onnx, from 0 to 2; got 3") as string,
    });
    expect(await runHere(["attack", anyModel()])).toMatchObject({ code: 1, stderr: expect.stringContaining("needs its data as well (--data)") as string });
  });
});
