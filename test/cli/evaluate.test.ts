import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { XMLParser } from "fast-xml-parser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeNpy, parseNpy } from "../../src/data/npy.ts";
import { type GraphBuilder, buildGraph } from "../../src/graph/builder.ts";
import { encodeModel } from "../../src/graph/encode.ts";
import { type Value, f32 } from "../../src/graph/ir.ts";
import { evaluate as evaluateExperiment } from "../../src/experiment/evaluate/index.ts";
import { type EvaluationFile, parseEvaluationFile } from "../../src/measure/evaluation-file.ts";
import { random } from "../../src/util/random.ts";
import { fileOf, weights } from "../model/onnx/support.ts";
import { runHere, signflip } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "signflip-evaluate-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const cache = at("cache");
const read = (name: string): EvaluationFile => parseEvaluationFile(readFileSync(at(name), "utf8"), name);
/** All of a result but how long it took. */
const timeless = (file: EvaluationFile) => ({ ...file, seconds: 0, attacks: file.attacks.map((one) => ({ ...one, seconds: 0 })) });

/** f(x) = w·x as two logits, and points whose distances to the boundary are therefore known. */
const w = Float32Array.of(3, -4, 0, 0);
const x = random(1, "test").fillNormal(new Float32Array(24 * 4));
const f = Array.from({ length: 24 }, (_, i) => w.reduce((sum, wj, j) => sum + wj * x[4 * i + j]!, 0));
// Every sixth label is wrong.
const y = Int32Array.from(f, (value, i) => (i % 6 === 5 ? +(value <= 0) : +(value > 0)));

beforeAll(() => {
  const linear = (factor: number) =>
    fileOf(f32(["n", 4]), (g, input) => {
      const scores = g.matMul(input, g.constant({ element: "float32", shape: [4, 1], data: w.map((value) => factor * value) }));
      return g.concat([g.mul(scores, 0), scores], 1);
    });
  writeFileSync(at("linear.onnx"), linear(1));
  writeFileSync(at("turned.onnx"), linear(-1));
  writeFileSync(
    at("conv.onnx"),
    fileOf(f32([1, 1, 6, 6]), (g, input) => {
      const hidden = g.relu(g.op("Conv", [input, g.constant(weights([4, 1, 3, 3]))])[0]);
      return g.gemm(g.reshape(hidden, [0, 64]), g.constant(weights([64, 3])));
    }),
  );
  writeFileSync(at("x.npy"), writeNpy(x, [24, 4]));
  writeFileSync(at("y.npy"), writeNpy(y, [24]));
  const images = random(2, "test")
    .fillNormal(new Float32Array(12 * 36))
    .map((value) => 0.5 + 0.1 * value);
  writeFileSync(at("images.npy"), writeNpy(images, [12, 6, 6]));
  writeFileSync(
    at("labels.npy"),
    writeNpy(
      Int32Array.from({ length: 12 }, (_, i) => i % 3),
      [12],
    ),
  );
});

const evaluate = (model: string, ...args: string[]) => runHere(["evaluate", at(model), "--data", at("x.npy"), "--cache", cache, ...args]);

describe("signflip evaluate", () => {
  it("gives the distances of a linear model, which are known, as JSON on stdout and nothing else", async () => {
    const { code, stdout, stderr } = await evaluate("linear.onnx", "--json");
    expect(stderr).toContain("linear.onnx: 4 inputs, 2 classes · x.npy: 24 samples");
    expect(code).toBe(0);
    const result = parseEvaluationFile(stdout, "stdout");
    expect(result.cleanAccuracy).toBeCloseTo(20 / 24, 12);
    for (const [i, sample] of result.samples.entries()) {
      expect(sample).toMatchObject({ index: i, label: y[i], prediction: +(f[i]! > 0) });
      if (i % 6 === 5) expect(sample).toMatchObject({ distance: 0, attack: null, adversarialPrediction: null });
      else {
        expect(sample.distance! / (Math.abs(f[i]!) / 5)).toBeCloseTo(1, 4);
        expect(sample.adversarialPrediction).toBe(1 - sample.prediction);
      }
    }
    expect(result.robustAccuracy.at(-1)!.accuracy).toBe(0);
  });

  it("writes a page, rows, JUnit and adversarial inputs, and takes what it has from the cache", async () => {
    const out = ["report.html", "rows.csv", "rows.parquet", "junit.xml"].map(at);
    const files = ["--report", out[0]!, "--csv", out[1]!, "--parquet", out[2]!, "--junit", out[3]!, "--save-adversarial", at("found")];
    const { code, stdout, stderr } = await evaluate("linear.onnx", ...files, "--fail-under", "0.1", "--at", "0.05", "--json", at("old.json"));
    expect(stderr).toContain("2 of 2 blocks of samples are cached");
    expect(code).toBe(0);
    expect(stdout).toContain("median distance");
    expect(readFileSync(out[0]!, "utf8")).toContain("How small a change fools linear.onnx?");
    expect(readFileSync(out[1]!, "utf8").split("\n")).toHaveLength(26);
    const junit = new XMLParser({ ignoreAttributes: false }).parse(readFileSync(out[3]!, "utf8")) as {
      testsuites: { "@_tests": string; "@_failures": string };
    };
    expect(junit.testsuites).toMatchObject({ "@_tests": "1", "@_failures": "0" });
    const found = parseNpy(readFileSync(at("found/x.npy")), "x");
    expect(found.shape).toEqual([20, 4]);
    const index = parseNpy(readFileSync(at("found/index.npy")), "index").data;
    for (let k = 0; k < 20; k++) {
      const i = Number(index[k]);
      const score = w.reduce((sum, wj, j) => sum + wj * Number(found.data[4 * k + j]), 0);
      expect(Math.sign(score)).toBe(-Math.sign(f[i]!));
    }
  });

  it("exits with 3 and says why in one line where a threshold or a baseline is missed", async () => {
    const missed = await evaluate("linear.onnx", "--fail-under", "0.9", "--at", "0.05", "--json", at("again.json"));
    expect(missed).toMatchObject({ code: 3 });
    expect(missed.stderr.trim().split("\n").at(-1)).toMatch(/^error SF_NOT_MET: robust accuracy at ε = 0.05 is \d+\.\d\d %, below 90.00 %$/);
    expect(timeless(read("again.json"))).toEqual({ ...timeless(read("old.json")) });
    const worse = await evaluate("turned.onnx", "--baseline", at("old.json"));
    expect(worse).toMatchObject({ code: 3 });
    expect(worse.stderr.trim().split("\n").at(-1)).toContain("SF_NOT_MET: worse than");
    const same = await evaluate("linear.onnx", "--baseline", at("old.json"));
    expect(same).toMatchObject({ code: 0 });
  });

  it("goes on where a killed run was, to the same result", async () => {
    const args = (name: string, folderOfCells: string) => {
      const data = ["--data", at("images.npy"), "--labels", at("labels.npy"), "--bounds", "0,1"];
      return ["evaluate", at("conv.onnx"), ...data, "--norm", "linf", "--eps", "0.02", "--workers", "1", "--cache", at(folderOfCells), "--json", at(name)];
    };
    const killed = await signflip(args("killed.json", "b"), {
      input: (child) => {
        const look = setInterval(() => {
          if (!existsSync(at("b/cells")) || readdirSync(at("b/cells")).filter((name) => name.endsWith(".json")).length === 0) return;
          child.kill("SIGKILL");
          clearInterval(look);
        }, 5);
        child.on("close", () => clearInterval(look));
      },
    });
    expect(killed.code).toBe(null);
    expect(existsSync(at("killed.json"))).toBe(false);
    const resumed = await runHere(args("resumed.json", "b"));
    expect(resumed.stderr).toContain("1 of 2 blocks of samples are cached");
    await runHere(args("whole.json", "c"));
    expect(timeless(read("resumed.json"))).toEqual(timeless(read("whole.json")));
    expect(read("whole.json").robustAccuracy.some(({ eps }) => eps === 0.02)).toBe(true);
  });

  it("is given the inputs that are not attacked, as numbers or files", async () => {
    const graph = (g: GraphBuilder, [input, factor, shift]: readonly Value[]) => {
      const scores = g.matMul(g.mul(input!, factor!), g.constant({ element: "float32", shape: [4, 1], data: w }));
      return { scores: g.concat([g.mul(scores, 0), g.add(scores, shift!)], 1) };
    };
    const types = { input: f32(["n", 4]), factor: f32([1]), shift: f32([1, 1]) };
    const model = buildGraph("several", (g) =>
      graph(
        g,
        Object.entries(types).map(([name, type]) => g.input(name, type)),
      ),
    );
    writeFileSync(at("several.onnx"), encodeModel(model));
    writeFileSync(at("shift.npy"), writeNpy(Float64Array.of(0), [1]));
    const given = ["--input", "input", "--given", `factor=2,shift=${at("shift.npy")}`];
    const { code, stderr } = await evaluate("several.onnx", ...given, "--json", at("several.json"));
    expect(stderr).toContain("The input input is attacked; factor and shift are given.");
    expect(code).toBe(0);
    read("several.json").samples.forEach(({ distance }, i) => expect(distance).toBeCloseTo(i % 6 === 5 ? 0 : Math.abs(f[i]!) / 5, 3));
    // What is in the file is part of a result's key in the cache.
    const config = { model: { path: "m.onnx", options: { given: { factor: 2, shift: "shift.npy" } } }, data: { source: "x.npy", fingerprint: "f00d" } };
    expect(evaluateExperiment.files!(config as never)).toEqual(["m.onnx", "shift.npy"]);
    const missing = await evaluate("several.onnx", "--input", "input", "--given", "factor=2");
    expect(missing).toMatchObject({ code: 2 });
    expect(missing.stderr.trim()).toBe("error SF_OPTION: several.onnx needs shift beside the attacked input input: give its value");
  });

  it.each<[string, string[], RegExp]>([
    ["no data", [], /SF_OPTION: evaluate needs data/],
    ["data that do not exist", ["--data", "nowhere"], /SF_FILE: cannot read nowhere/],
    ["data of another size", ["--data", "images.npy", "--labels", "labels.npy"], /SF_DATA: /],
    ["more classes than the model has", ["--data", "x.npy", "--labels", "three.npy"], /SF_DATA: .*labels from 0 to 1, the classes of the model/],
    ["data outside the bounds", ["--data", "x.npy", "--bounds", "0,1"], /SF_OPTION: .*inside the box \[0, 1\]/],
    ["a budget beyond the range", ["--data", "x.npy", "--bounds", "-10,10", "--eps", "99"], /SF_OPTION: .*eps 99 is beyond the range/],
    [
      "an attack of another norm",
      ["--data", "x.npy", "--attacks", "ddn", "--norm", "linf"],
      /SF_OPTION: .*the attack ddn is defined for the norm l2; got linf/,
    ],
    ["a target that is no class", ["--data", "x.npy", "--target", "2"], /SF_OPTION: .*target must be a class/],
    ["a baseline that is none", ["--data", "x.npy", "--baseline", "labels.npy"], /SF_FILE: .*not the JSON file of an evaluation/],
  ])("refuses %s in one line and writes nothing", async (_, args, message) => {
    writeFileSync(
      at("three.npy"),
      writeNpy(
        Int32Array.from(y, (label, i) => (i === 3 ? 2 : label)),
        [24],
      ),
    );
    const placed = args.map((arg) => (arg.endsWith(".npy") ? at(arg) : arg));
    const { code, stdout, stderr } = await runHere(["evaluate", at("linear.onnx"), ...placed, "--cache", at("never"), "--report", at("never.html")]);
    expect(stderr.trim()).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect([1, 2]).toContain(code);
    expect(stdout).toBe("");
    expect([at("never"), at("never.html")].filter(existsSync)).toEqual([]);
  });
});
