import { XMLParser, XMLValidator } from "fast-xml-parser";
import { expect, it } from "vitest";
import type { EvaluationResult } from "../../../src/measure/evaluation.ts";
import { junitFile } from "../../../src/platform/node/junit-file.ts";

const result: EvaluationResult = {
  model: { name: 'a "<model>" & more.onnx', inputShape: [4], classes: 2 },
  data: { name: "pets", fingerprint: "1", n: 4 },
  norm: "l2",
  seed: 0,
  assumptions: [],
  samples: [0, 0.1, 0.2, null].map((distance, index) => ({
    index,
    label: 0,
    prediction: distance === 0 ? 1 : 0,
    distance,
    attack: distance ? "fmn" : null,
    adversarialPrediction: distance ? 1 : null,
    forward: 1,
    backward: 1,
    zeroGradient: false,
    unconfirmed: 0,
  })),
  attacks: [],
  examples: [],
  seconds: 1.5,
};

const parse = (xml: string) => {
  expect(XMLValidator.validate(xml)).toBe(true);
  const { testsuites } = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "" }).parse(xml) as {
    testsuites: { testsuite: Record<string, unknown> };
  };
  return testsuites.testsuite;
};

it("has a case for each requirement, failed where the accuracy is below it", () => {
  const suite = parse(
    junitFile(
      result,
      [
        { eps: 0.05, least: 0.75 },
        { eps: 0.1, least: 0.6 },
      ],
      [],
    ),
  );
  expect(suite).toMatchObject({ tests: "2", failures: "1", name: 'robustness of a "<model>" & more.onnx' });
  const [kept, broken] = suite["testcase"] as Record<string, unknown>[];
  expect(kept).not.toHaveProperty("failure");
  expect(broken).toMatchObject({ failure: { message: expect.stringContaining("50.00 % (95 % interval 6.8 % to 93.2 %), below 60.00 %") as string } });
});

it("has a case for each comparison", () => {
  const compared = { eps: 0.1, before: 0.9, after: 0.5, lost: 8, gained: 0, byChance: 1 / 256, isRegression: true };
  const suite = parse(junitFile(result, [], [compared, { ...compared, eps: 0, isRegression: false }]));
  expect(suite).toMatchObject({ tests: "2", failures: "1" });
});

it("has one case that passes where nothing is required", () => {
  expect(parse(junitFile(result, [], []))).toMatchObject({ tests: "1", failures: "0", testcase: { name: "evaluation" } });
});
