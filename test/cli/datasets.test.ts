import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runHere } from "./run.ts";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "signflip-datasets-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Printed {
  readonly data: object;
  readonly rows: readonly (Readonly<Record<string, unknown>> & { readonly d: number })[];
}
/** What a command prints as JSON, and the notes beside it. */
async function json(line: string): Promise<Printed & { readonly notes: string[] }> {
  const { code, stdout, stderr } = await runHere([...line.replaceAll("@", folder).split(" "), "--json"]);
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  return { ...(JSON.parse(stdout) as Printed), notes: stderr.split("\n").filter((one) => one.startsWith("note: ")) };
}

describe("another dataset than MNIST", () => {
  const sphere = "--dataset sphere --d 30 --points 200";
  const data = { dataset: "sphere", d: 30, points: 200 };

  it("is what networks are trained on and flips measured on", async () => {
    const trained = await json(`train ${sphere} --width 40 --epochs 2 --seeds 2 --out @/sphere.onnx`);
    expect(trained).toMatchObject({ data, rows: [{ d: 30, m: 40, epochs: 2, seed: 0 }, { seed: 1 }] });
    const flipped = await json(`flip ${sphere} --width 40 --epochs 2 --seeds 2`);
    expect(flipped.data).toEqual(data);
    for (const [i, row] of flipped.rows.entries()) {
      const { deviation, testAccuracy, seed } = trained.rows[i]!;
      expect(row).toMatchObject({ d: 30, deviation, testAccuracy, seed });
      expect(Number(row["flipped"]) + Number(row["neverFlipped"]) + Number(row["misclassified"])).toBe(200);
    }
  });

  it("is remembered by a saved network, which is measured on it again", async () => {
    await json(`train ${sphere} --width 40 --epochs 2 --out @/one.onnx`);
    const [trained, saved] = [await json(`flip ${sphere} --width 40 --epochs 2`), await json("flip @/one.onnx")];
    expect(saved).toMatchObject({ data, notes: [] });
    const { step, perturbation, flipped, testAccuracy } = trained.rows[0]!;
    expect(saved.rows[0]).toMatchObject({ step, perturbation, flipped, testAccuracy });
    const attacked = await json("attack @/one.onnx --eps 0 --no-box");
    expect(attacked).toMatchObject({ data, rows: [{ n: 200, cleanAccuracy: testAccuracy, robustAccuracy: testAccuracy }], notes: [] });
  });

  it("takes adversarial training too, without the box that its points do not have", async () => {
    const { rows } = await json(`train --adversarial --method fast ${sphere} --width 20 --epochs 2 --no-box`);
    expect(rows[0]).toMatchObject({ d: 30, m: 20 });
    const { code, stderr } = await runHere(`train --adversarial --method fast ${sphere} --width 20 --epochs 2`.split(" "));
    expect(code).toBe(2);
    expect(stderr).toMatch(/error SF_OPTION: .*the values of sphere .* have no bounds .*; turn the box off/);
  });
});

describe("a network measured on other data than it learned from", () => {
  beforeAll(() => json("train --size 5 --width 30 --epochs 1 --digits 0,1 --out @/digits.onnx"));

  it.each(["flip @/digits.onnx", "attack @/digits.onnx --eps 0.1 --steps 2"])("is said once where its digits differ: %s", async (command) => {
    expect((await json(command)).notes).toEqual([]);
    expect((await json(`${command} --digits 0,1 --size 5`)).notes).toEqual([]);
    const other = await json(`${command} --digits 3,8`);
    expect(other.data).toEqual({ dataset: "mnist", digits: [3, 8], size: 5, normalize: false });
    expect(other.notes).toEqual([`note: ${folder}/digits.onnx learned from data with digits [0, 1]; it is measured with digits [3, 8]`]);
  });

  it("is said for every setting that differs", async () => {
    const { notes } = await json("flip @/digits.onnx --digits 1,0 --normalize");
    expect(notes.map((note) => /with (\w+)/.exec(note)?.[1])).toEqual(["digits", "normalize"]);
  });
});
