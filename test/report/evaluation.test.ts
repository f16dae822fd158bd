import { describe, expect, it } from "vitest";
import type { EvaluatedSample, EvaluationResult } from "../../src/measure/evaluation.ts";
import { compileFigure } from "../../src/figure/draw/compile.ts";
import { robustAccuracySpec } from "../../src/figure/evaluation/curve.ts";
import { distancesSpec } from "../../src/figure/evaluation/distances.ts";
import { renderEvaluation } from "../../src/report/evaluation/page.ts";
import { findingOf } from "../../src/report/evaluation/words.ts";

const sample = (index: number, of: Partial<EvaluatedSample> = {}): EvaluatedSample => ({
  index,
  label: index % 2,
  prediction: index % 2,
  distance: 0.1 * (index + 1),
  attack: "fmn",
  adversarialPrediction: 1 - (index % 2),
  forward: 10,
  backward: 9,
  zeroGradient: false,
  unconfirmed: 0,
  ...of,
});

const result = (samples: readonly EvaluatedSample[], of: Partial<EvaluationResult> = {}): EvaluationResult => ({
  model: { name: "a <model>.onnx", inputShape: [1, 4, 4], classes: 2, classNames: ["cat & dog", "bird"] },
  data: { name: "pets", fingerprint: "f00d", n: 9 },
  norm: "l2",
  seed: 0,
  assumptions: ["The input holds channels first."],
  samples,
  attacks: [{ name: "fmn", tried: 9, changed: 8, closest: 8, forward: 90, backward: 81, seconds: 1 }],
  examples: [{ index: 0, clean: new Float32Array(16), adversarial: new Float32Array(16).fill(0.1) }],
  seconds: 2,
  ...of,
});

const page = (of: EvaluationResult, budgets: readonly number[] = []) =>
  renderEvaluation({
    result: of,
    budgets,
    date: "today",
    commandLine: "signflip …",
    versions: {},
    fonts: [],
    pictures: { curve: { svg: "<svg></svg>", dark: new Map() } },
  });

describe("the page of an evaluation", () => {
  it("says the result in its first sentence, and escapes every name", () => {
    const html = page(result([0, 1, 2, 3].map((i) => sample(i))), [0.25]);
    expect(html).toContain("right on 100.0\u00a0% of 4 samples of pets");
    expect(html).toContain("at most 50.0\u00a0% remain right");
    expect(html).toContain("a &#60;model&#62;.onnx");
    expect(html).toContain("cat &#38; dog");
    expect(html).not.toMatch(/<model>|cat & dog|<script[^>]|https?:(?!\/\/www\.w3\.org)/);
  });

  it("shows vectors as bars under the names of their features", () => {
    const vector = result([sample(0)], {
      model: { name: "m", inputShape: [3], classes: 2 },
      data: { name: "credit", fingerprint: "1", n: 1, featureNames: ["income", "<age>", "debt"] },
      examples: [{ index: 0, clean: Float32Array.of(1, 2, 3), adversarial: Float32Array.of(1, 2.5, 2) }],
    });
    const html = page(vector);
    expect(html.indexOf("debt")).toBeLessThan(html.indexOf("&#60;age&#62;"));
    expect(html).not.toContain(">income<");
  });

  it("warns where gradients vanish and where the original model disagrees", () => {
    const html = page(result([sample(0, { zeroGradient: true }), sample(1, { unconfirmed: 2 })]));
    expect(html).toContain("The gradient is 0 or not finite at 1 sample");
    expect(html).toContain("2 adversarial inputs changed the prediction here and not in the original model");
  });

  it.each<[string, EvaluatedSample[], string]>([
    ["nothing found", [sample(0, { distance: null, attack: null, adversarialPrediction: null })], "No attack changed the prediction of any of them."],
    ["nothing right", [sample(0, { prediction: 1, distance: 0, attack: null, adversarialPrediction: null })], "There is nothing to attack."],
  ])("has words for %s", (_, samples, words) => {
    expect(findingOf(result(samples), [])).toContain(words);
    expect(page(result(samples, { examples: [] }))).toContain(words);
  });

  it("has pictures that Vega-Lite takes without a complaint", () => {
    const samples = [sample(0), sample(1), sample(2, { distance: null })];
    for (const theme of ["light", "dark"] as const) {
      expect(
        compileFigure(
          robustAccuracySpec(
            [
              { name: "a", samples },
              { name: "b", samples: [sample(4)] },
            ],
            { norm: "linf", marks: [0.1], theme },
          ),
        ).warnings,
      ).toEqual([]);
      expect(compileFigure(distancesSpec([0.1, 0.2, 0.2], { norm: "l2", theme })).warnings).toEqual([]);
    }
  });
});
