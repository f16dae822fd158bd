import { beforeAll, describe, expect, test } from "vitest";
import { sphere } from "../../../src/data/sphere.ts";
import { decodeModel } from "../../../src/graph/decode.ts";
import { predictor } from "../../../src/model/two-layer/predict.ts";
import { checkSavable, loadNetwork, saveNetwork } from "../../../src/model/two-layer/onnx.ts";
import { initialOf, twoLayer } from "../../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../../src/platform/node/engine.ts";
import { Session, dataOf } from "../../../src/runtime/session.ts";

beforeAll(() => useNodeEngine());

describe.each([true, false])("a two-layer network, bias %s", (bias) => {
  const network = twoLayer({ d: 7, m: 33, bias, seed: 5 });
  const { test: data } = sphere({ d: 7, n: 1, testN: 50, seed: 2, labels: "random" });

  test("computes its definition", async () => {
    const run = await predictor(network);
    const f = await run.outputs(network, data.x, data.n);
    await run.dispose();
    for (let i = 0; i < data.n; i++) {
      let sum = network.outerBias;
      for (let s = 0; s < network.m; s++) {
        let z = network.hiddenBias[s]!;
        for (let k = 0; k < network.d; k++) z += network.weights[s * network.d + k]! * data.x[i * network.d + k]!;
        sum += network.outer[s]! * Math.max(0, z);
      }
      expect(f[i]).toBeCloseTo(sum / Math.sqrt(network.m), 5);
    }
  });

  test("is the same after saving and loading, with what it was trained with", () => {
    const { network: loaded, training } = loadNetwork(saveNetwork(network, { c0: 10, history: [{ epoch: 1 }] }));
    expect(loaded).toEqual(network);
    expect(training).toEqual({ c0: 10, history: [{ epoch: 1 }] });
    expect(initialOf(loaded)).toEqual(network);
  });

  test("its file runs as it is, from x to f", async () => {
    const session = await Session.create(decodeModel(saveNetwork(network)));
    const out = await session.run({ x: { element: "float32", shape: [data.n, 7], data: data.x } });
    await session.dispose();
    const run = await predictor(network);
    expect(dataOf(out, "f", "float32")).toEqual(await run.outputs(network, data.x, data.n));
    await run.dispose();
  });
});

test("the same seed draws the same weights with and without biases", () => {
  expect(twoLayer({ d: 4, m: 9, bias: true, seed: 8 }).weights).toEqual(twoLayer({ d: 4, m: 9, seed: 8 }).weights);
});

test.each([
  [{ d: 0, m: 5 }, "d"],
  [{ d: 3, m: 0 }, "m"],
  [{ d: 3, m: 2.5 }, "m"],
  [{ d: 3, m: 2, seed: -1 }, "seed"],
])("refuses %o", (options, name) => {
  expect(() => twoLayer(options)).toThrow(expect.objectContaining({ code: "SF_OPTION", message: expect.stringContaining(name) as string }));
});

test("refuses files that are no network of ours, in one line", () => {
  const bytes = saveNetwork(twoLayer({ d: 3, m: 4, seed: 0 }));
  for (const length of [0, 1, 10, bytes.length >> 1, bytes.length - 1]) {
    expect(() => loadNetwork(bytes.slice(0, length), "half.onnx")).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^SF_(ONNX|NETWORK)$/) as string,
        message: expect.stringMatching(/^half\.onnx: [^\n]*$/) as string,
      }),
    );
  }
});

test("a network too large for an .onnx file is refused before it is made into one", () => {
  expect(() => checkSavable({ d: 784, m: 100_000 })).not.toThrow();
  expect(() => checkSavable({ d: 784, m: 700_000 })).toThrow(
    expect.objectContaining({ code: "SF_NETWORK", usage: true, message: expect.stringContaining("2 GiB") as string }),
  );
});
