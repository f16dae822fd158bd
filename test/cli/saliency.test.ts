import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseNpy, writeNpy } from "../../src/data/npy.ts";
import { decodeModel } from "../../src/graph/decode.ts";
import { f32 } from "../../src/graph/ir.ts";
import { pngOf } from "../../src/figure/draw/pixels.ts";
import { decodePicture } from "../../src/platform/node/picture-files.ts";
import { random } from "../../src/util/random.ts";
import { fileOf, weights } from "../model/onnx/support.ts";
import { runHere } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "signflip-saliency-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  writeFileSync(
    at("image.onnx"),
    fileOf(f32(["n", 1, 8, 8]), (g, x) => g.gemm(g.flatten(x), g.constant(weights([64, 3])))),
  );
  writeFileSync(
    at("table.onnx"),
    fileOf(f32(["n", 4]), (g, x) => g.sigmoid(g.gemm(x, g.constant(weights([4, 1]))))),
  );
  const { integer } = random(0, "test", "pixels");
  const pixels = Uint8Array.from({ length: 2 * 64 }, () => integer(256));
  writeFileSync(at("x.npy"), writeNpy(pixels, [2, 1, 8, 8]));
  writeFileSync(at("y.npy"), writeNpy(Int32Array.of(0, 2), [2]));
  writeFileSync(at("one.png"), pngOf({ width: 8, height: 8, channels: 1, pixels: pixels.subarray(0, 64) }));
  writeFileSync(at("table.csv"), "age,height,weight,steps,label\n1,2,3,4,0\n-1,0.5,2,1,1\n");
});

describe("saliency", () => {
  test("explains samples of data as JSON; attributions of a linear model add up to its logit", async () => {
    const { code, stdout } = await runHere(["saliency", at("image.onnx"), "--data", at("x.npy"), "--class", "1", "--json"]);
    expect(code).toBe(0);
    const { samples, inputShape } = JSON.parse(stdout) as { inputShape: number[]; samples: { class: number; value: number; attributions: number[] }[] };
    expect(inputShape).toEqual([1, 8, 8]);
    expect(samples).toHaveLength(2);
    for (const { class: own, value, attributions } of samples) {
      expect(own).toBe(1);
      expect(attributions.reduce((a, b) => a + b, 0)).toBeCloseTo(value, 4);
    }
  });

  test("draws a picture, whose parts are the input, the attributions and both", async () => {
    const { code, stdout, stderr } = await runHere(["saliency", at("image.onnx"), "--image", at("one.png"), "--method", "gradient", "--out", at("s.png")]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^input +prediction +explained +logit\none\.png/);
    expect(stderr).toContain("wrote");
    const { width, height } = await decodePicture(readFileSync(at("s.png")), "s.png");
    expect([width, height]).toEqual([2 * 16 + 3 * 224 + 2 * 12, 16 + 46 + 224 + 16]);
  });

  test("writes attributions as .npy, and bars with the names of columns as .svg", async () => {
    await runHere(["saliency", at("image.onnx"), "--data", at("x.npy"), "--method", "smooth-grad", "--noise-samples", "3", "--out", at("a.npy")]);
    expect(parseNpy(readFileSync(at("a.npy")), "a.npy").shape).toEqual([2, 1, 8, 8]);
    const { code } = await runHere(["saliency", at("table.onnx"), "--data", at("table.csv"), "--out", at("bars.svg")]);
    expect(code).toBe(0);
    const svg = readFileSync(at("bars.svg"), "utf8");
    for (const name of ["age", "height", "weight", "steps"]) expect(svg).toContain(`${name} = `);
  });

  test.each([
    [["saliency"], 2, "needs a model"],
    [["saliency", at("image.onnx")], 2, "--image FILE or --data DATA"],
    [["saliency", at("image.onnx"), "--data", at("x.npy"), "--image", at("one.png")], 2, "one of them"],
    [["saliency", at("image.onnx"), "--data", at("x.npy"), "--class", "3", "--out", at("never.png")], 2, "classes 0 to 2; got 3"],
    [["saliency", at("image.onnx"), "--data", at("x.npy"), "--method", "gradient", "--steps", "5"], 2, "steps is not an option of gradient"],
    [["saliency", at("image.onnx"), "--image", at("none.png")], 1, "none.png"],
  ])("%j is an error in one line", async (args, code, message) => {
    const outcome = await runHere(args);
    expect(outcome).toMatchObject({ code, stdout: "" });
    expect(outcome.stderr).toContain(message);
    expect(existsSync(at("never.png"))).toBe(false);
  });
});

describe("export-gradient", () => {
  test("writes a file with the gradient in it", async () => {
    const { code, stdout } = await runHere(["export-gradient", at("image.onnx"), "--of", "loss", "--out", at("g.onnx"), "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ command: "export-gradient", of: "loss" });
    const { graph } = decodeModel(readFileSync(at("g.onnx")));
    expect(graph.inputs.map(({ name }) => name)).toEqual(["x", "class"]);
    expect(graph.outputs.map(({ name }) => name)).toEqual(["logits", "value", "gradient"]);
  });

  test("needs a model and a file to write", async () => {
    expect(await runHere(["export-gradient", at("image.onnx")])).toMatchObject({ code: 2, stderr: expect.stringContaining("--out") as string });
  });
});
