import { expand } from "../src/study/study.ts";
import { parseStudy } from "../src/study/parse.ts";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, test } from "vitest";

/* Every example runs as its own first lines say, and prints what its readers are promised. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const example = (name: string) => join(root, "examples", name);
const run = async (name: string) => (await promisify(execFile)(process.execPath, ["--import", "tsx", example(name)], { cwd: root })).stdout;

const tests: Record<string, () => void | Promise<void>> = {
  async "first-program.ts"() {
    const output = await run("first-program.ts");
    const [, epochs, right] = /^trained (\d+) epochs, .* ([\d.]+) % of the test images classified correctly$/m.exec(output)!;
    expect(Number(epochs)).toBeGreaterThan(0);
    expect(Number(right)).toBeGreaterThan(98);
    const [, size] = /‖δ‖ = ([\d.]+) ± [\d.]+ flips an image/.exec(output)!;
    expect(Number(size)).toBeGreaterThan(0.2);
    expect(Number(size)).toBeLessThan(1);
  },

  async "differentiate.ts"() {
    // By hand: the margins are y·(x·w) = 0, 0.625, 0.25; dw is the mean of −y·x/(1 + exp(margin)).
    const output = await run("differentiate.ts");
    const [loss, dw0, dw1] = output.match(/-?\d+\.\d+/g)!.map(Number);
    expect(loss).toBeCloseTo((Math.log(2) + Math.log(1 + Math.exp(-0.625)) + Math.log(1 + Math.exp(-0.25))) / 3, 6);
    const [a, b, c] = [0, 0.625, 0.25].map((margin) => 1 / (1 + Math.exp(margin)));
    expect(dw0).toBeCloseTo((-a! - b!) / 3, 6);
    expect(dw1).toBeCloseTo((-2 * a! + 0.5 * b! + c!) / 3, 6);
  },

  async "classifier.ts"() {
    const lines = (await run("classifier.ts")).trim().split("\n");
    const shares = lines.map((line) => /^ε [\d.]+: ([\d.]+) % of the images right, ([\d.]+) % still right under attack$/.exec(line)!.slice(1).map(Number));
    const [clean, robust] = [0, 1].map((k) => shares.map((share) => share[k]!)) as [number[], number[]];
    expect(Math.min(...clean)).toBeGreaterThan(85);
    expect(robust).toEqual(robust.toSorted((a, b) => b - a));
    expect(robust[0]).toBeLessThan(clean[0]! - 5);
    expect(robust[2]).toBeLessThan(10);
  },

  async "robust-training.ts"() {
    const output = await run("robust-training.ts");
    const [plain, robust] = ["plain", "robust"].map((name) => {
      const line = new RegExp(`^${name}: ([\\d.]+) % of the test digits right, ([\\d.]+) % under attack with ε 1; \\d+ bytes as .onnx$`, "m").exec(output)!;
      return { clean: Number(line[1]), attacked: Number(line[2]) };
    });
    expect(Math.min(plain!.clean, robust!.clean)).toBeGreaterThan(80);
    expect(robust!.attacked).toBeGreaterThan(plain!.attacked + 15);
  },

  async "theory.ts"() {
    const output = await run("theory.ts");
    const value = /^function-value: ≤ ([\d.]+); exact ([\d.]+), measured ([\d.]+); 0 of 2000 draws break it$/m.exec(output)!.slice(1).map(Number);
    expect(value[0]).toBeCloseTo(Math.sqrt(2 * Math.log(40)) + 2, 2);
    expect(value[1]).toBeLessThan(value[0]!);
    expect(value[2]).toBeLessThanOrEqual(value[1]!);
    const [, least, found] = /^gradient-size-sharp: ≥ ([\d.]+); exact unknown, measured ([\d.]+)/m.exec(output)!.map(Number);
    expect(least).toBeGreaterThan(0);
    expect(found).toBeGreaterThan(least!);
  },

  async "onnx-model.ts"() {
    const output = await run("onnx-model.ts");
    expect(output).toMatch(/^class [01], with probability 0\.\d+$/m);
    const [, sum, change] = /add up to (-?[\d.]+); the logit changed by (-?[\d.]+)/.exec(output)!.map(Number);
    expect(change).not.toBe(0);
    expect(Math.abs(sum! - change!)).toBeLessThan(0.01 * Math.abs(change!) + 0.001);
    expect(Number(/^([\d.]+) % still right/m.exec(output)![1])).toBeLessThan(50);
    expect(output).toMatch(/gradient in it: \d{5,} bytes/);
  },

  async "functions.ts"() {
    // The circle of radius 1 tells the classes apart, and the points lie at 0.5, 0.2, 1.5 and 1.5 from its center.
    const lines = (await run("functions.ts")).trim().split("\n");
    expect(lines).toEqual(["25 % of the points keep their class within a distance of 0.55", "distances to the other class: 0.50, 0.80, 0.50, 0.50"]);
  },

  async "browser.ts"() {
    // test/platform/web/classifier.test.ts runs it in a browser.
    const { metafile } = await build({ entryPoints: [example("browser.ts")], bundle: true, format: "esm", platform: "browser", write: false, metafile: true });
    expect(Object.keys(metafile.inputs).filter((path) => path.includes("platform/node/") || path.includes("onnxruntime-node"))).toEqual([]);
  },

  "study.yaml"() {
    const study = parseStudy(readFileSync(example("study.yaml"), "utf8"), "study.yaml");
    expect(expand(study)).toHaveLength(12);
  },
};

test.each(Object.entries(tests))("examples/%s", async (_, check) => check());

test("no example is without a test", () => {
  expect(Object.keys(tests).toSorted()).toEqual(readdirSync(join(root, "examples")).toSorted());
});
