import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attack, Dataset, evaluate, exportGradient, load } from "../../../src/platform/node/index.ts";
import { f32 } from "../../../src/graph/ir.ts";
import { random } from "../../../src/util/random.ts";
import { fileOf, weights } from "../../model/onnx/support.ts";
import { executablePath, ofNode, openPage, root, type Served } from "./page.ts";
import { join } from "node:path";

/* An .onnx file in a browser, with the functions of examples/browser.ts: it says what Node says. */
const file = fileOf(f32([1, 3, 8, 8]), (g, x) => {
  const [hidden] = g.op("Conv", [x, g.constant(weights([6, 3, 3, 3]))]);
  return g.softmax(g.gemm(g.flatten(g.relu(hidden)), g.constant(weights([216, 5]))));
});
const options = { mean: 0.5, std: 0.25, bounds: { low: 0, high: 1 } };
const [n, d] = [6, 192];
const { uniform } = random(4, "test", "images");
const x = Float32Array.from({ length: n * d }, uniform);
const eps = 0.05;

const program = `
  import * as ort from "onnxruntime-web/wasm";
  import { attack, Dataset, evaluate } from ${JSON.stringify(join(root, "src/platform/web/index.ts"))};
  import { attackOne, open, showSaliency } from ${JSON.stringify(join(root, "examples/browser.ts"))};

  const options = ${JSON.stringify(options)};
  globalThis.ask = async (x, y) => {
    const points = { x: Float32Array.from(x), y };
    const bytes = await (await fetch("/data/model.onnx")).blob();
    const model = await open(new File([bytes], "model.onnx"), options);
    const logits = await model.logits(points.x);
    const { value, gradient } = await model.gradient(points.x, { of: "loss", class: y });
    const { attributions, samples } = await model.saliency(points.x, { class: y });
    const { summary } = await attack(model, points, { attack: "pgd", norm: "linf", eps: ${eps}, steps: 10, box: model.domain });
    const data = new Dataset({ name: "images", ...points, y: Int32Array.from(y), inputShape: [3, 8, 8], classes: 5, domain: { low: 0, high: 1 } });
    const evaluation = await evaluate(model, data, { norm: "l2", attacks: ["deepfool"] });
    const distances = evaluation.samples.map(({ distance }) => distance);
    await model.dispose();
    const residuals = samples.map(({ completeness }) => completeness.residual);
    return { logits: [...logits], value: [...value], gradient: [...gradient], attributions: [...attributions], residuals, distances, clean: evaluation.cleanAccuracy, robust: summary.robustAccuracy };
  };
  globalThis.show = async (x) => {
    const model = await open("/data/model.onnx", options);
    const canvas = document.createElement("canvas");
    const residual = await showSaliency(model, Float32Array.from(x), canvas);
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const one = await attackOne(model, Float32Array.from(x), 0.3);
    await model.dispose();
    return { size: [canvas.width, canvas.height], colors: new Set(new Uint32Array(data.buffer)).size, residual, before: one.before, after: one.after };
  };
  globalThis.alone = async (x) => {
    ort.env.wasm.numThreads = 1;
    const session = await ort.InferenceSession.create("/data/gradient.onnx");
    const n = x.length / ${d};
    const feeds = { x: new ort.Tensor("float32", Float32Array.from(x), [n, 3, 8, 8]), class: new ort.Tensor("int64", new BigInt64Array(n).fill(2n), [n]) };
    const { gradient } = await session.run(feeds);
    return [...gradient.data];
  };
`;

let served: Served;
beforeAll(async () => {
  const model = await load(file, options);
  const data = { "/data/model.onnx": file, "/data/gradient.onnx": exportGradient(model) };
  await model.dispose();
  served = await openPage(program, data);
}, 120_000);
afterAll(() => served?.close());

const near = (ours: readonly number[], theirs: ArrayLike<number>, by = 1e-3) => {
  expect(ours).toHaveLength(theirs.length);
  const scale = Math.max(1, ...Array.from(theirs, Math.abs));
  ours.forEach((value, i) => expect(Math.abs(value - theirs[i]!)).toBeLessThan(by * scale));
};

describe("an .onnx classifier in a browser", () => {
  test("is bundled without anything of Node", () => {
    expect(Object.keys(served.bundle.inputs).some((path) => path.endsWith("examples/browser.ts"))).toBe(true);
    expect(ofNode(served.bundle)).toEqual([]);
  });

  test.skipIf(executablePath === undefined)("gives the scores, gradients, attributions, attacks and evaluation that Node gives", async () => {
    const model = await load(file, options);
    const y = (await model.predict(x)).map((prediction) => prediction.class);
    const found = await served.page!.evaluate(([points, labels]) => (globalThis as any).ask(points, labels), [Array.from(x), y] as const);
    near(found.logits, await model.logits(x));
    const { value, gradient } = await model.gradient(x, { of: "loss", class: y });
    near(found.value, value);
    near(found.gradient, gradient);
    expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(1e-3);
    const { attributions, samples } = await model.saliency(x, { class: y });
    near(found.attributions, attributions);
    near(
      found.residuals,
      samples.map(({ completeness }) => completeness!.residual),
      2e-3,
    );
    const { summary } = await attack(model, { x, y }, { attack: "pgd", norm: "linf", eps, steps: 10, box: model.domain });
    expect(found.robust).toBeCloseTo(summary.robustAccuracy, 3);
    const data = new Dataset({ name: "images", x, y: Int32Array.from(y), inputShape: [3, 8, 8], classes: 5, domain: { low: 0, high: 1 } });
    const evaluation = await evaluate(model, data, { norm: "l2", attacks: ["deepfool"] });
    expect(found.clean).toBe(evaluation.cleanAccuracy);
    near(
      found.distances,
      evaluation.samples.map(({ distance }) => distance!),
    );
    await model.dispose();
  });

  test.skipIf(executablePath === undefined)("is attacked and explained on a canvas by the example", async () => {
    const shown = await served.page!.evaluate((points) => (globalThis as any).show(points), Array.from(x.subarray(0, d)));
    expect(shown.size).toEqual([8, 8]);
    expect(shown.colors).toBeGreaterThan(20);
    expect(shown.after).not.toBe(shown.before);
  });

  test.skipIf(executablePath === undefined)("has a file with its gradient that onnxruntime-web runs alone", async () => {
    const found = await served.page!.evaluate((points) => (globalThis as any).alone(points), Array.from(x));
    const model = await load(file, options);
    near(found, (await model.gradient(x, { class: 2 })).gradient);
    await model.dispose();
  });
});
