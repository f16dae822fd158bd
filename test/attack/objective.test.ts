import { describe, expect, test } from "vitest";
import { objectiveOf, labelType, marginOf, ownLabel, lossAt, marginAt, type Loss } from "../../src/attack/objective.ts";
import { signOf } from "../../src/data/points.ts";
import { buildGraph } from "../../src/graph/builder.ts";
import { gradient } from "../../src/graph/gradient.ts";
import { f32, i64 } from "../../src/graph/ir.ts";
import { dataOf, withSession } from "../../src/runtime/session.ts";
import { tensorOf } from "../../src/tensor/tensor.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";

useNodeEngine();

const logits = [
  [2, -1, 0.5, 3, 0.25],
  [0, 0, 0, 0, 0],
  [90, -200, 4, 5, 6],
  [1, 2, 3, 4, 5],
];
const labels = [3, 1, 0, 0];
const aims = [0, 2, 4, 3];

/** Objective, margin and ∂ objective / ∂ logits of the rows above. */
async function run(loss: Loss): Promise<Record<"objective" | "margin" | "slope", number[]>> {
  const graph = buildGraph("objective", (g) => {
    const scores = g.input("scores", f32(["n", 5]));
    const label = g.input("y", labelType(5));
    const objective = objectiveOf(g, loss, scores, label, 5, g.input("aim", i64(["n", 1])));
    return { objective, margin: marginOf(g, scores, label, 5), slope: gradient(g, g.reduceSum(objective, undefined, false), [scores])[0] };
  });
  return withSession(graph, {}, async (session) => {
    const out = await session.run({
      scores: tensorOf("float32", [4, 5], logits.flat()),
      y: tensorOf("int64", [4, 1], labels),
      aim: tensorOf("int64", [4, 1], aims),
    });
    return { objective: [...dataOf(out, "objective", "float32")], margin: [...dataOf(out, "margin", "float32")], slope: [...dataOf(out, "slope", "float32")] };
  });
}

const sorted = (z: number[]) => z.toSorted((a, b) => b - a);
const others = (z: number[], y: number) => z.filter((_, k) => k !== y);
const crossEntropy = (z: number[], y: number) => Math.log(z.reduce((sum, value) => sum + Math.exp(value - z[y]!), 0));

describe("losses of several classes are what one computes by hand", () => {
  test("cross-entropy, up to u ↦ log(1 + e^u)", async () => {
    const { objective, slope } = await run("ce");
    logits.forEach((z, i) => {
      const expected = crossEntropy(z, labels[i]!);
      expect(Math.log1p(Math.exp(objective[i]!))).toBeCloseTo(expected, 5);
      expect(lossAt(Float32Array.from(z), 0, labels[i]!, 5)).toBeCloseTo(expected, 5);
      // Its gradient is that of cross-entropy, softmax − one-hot, divided by 1 − softmax_y: no confidence makes it vanish.
      const own = slope.slice(5 * i, 5 * i + 5);
      expect(own[labels[i]!]).toBeCloseTo(-1, 6);
      const rest = others(z, labels[i]!).reduce((sum, value) => sum + Math.exp(value - Math.max(...others(z, labels[i]!))), 0);
      own.forEach((value, k) => {
        if (k !== labels[i]) expect(value).toBeCloseTo(Math.exp(z[k]! - Math.max(...others(z, labels[i]!))) / rest, 5);
      });
    });
  });

  test("DLR", async () => {
    const { objective, slope } = await run("dlr");
    const expected = logits.map((z, i) => (Math.max(...others(z, labels[i]!)) - z[labels[i]!]!) / (sorted(z)[0]! - sorted(z)[2]! + 1e-12));
    expect(expected[0]).toBeCloseTo(-1 / 2.5, 9);
    expect(expected[3]).toBeCloseTo(4 / 2, 9);
    objective.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
    expect(slope.every(Number.isFinite)).toBe(true);
  });

  test("targeted DLR", async () => {
    const { objective } = await run("dlr-targeted");
    logits.forEach((z, i) => {
      const [first, , third, fourth] = sorted(z);
      expect(objective[i]).toBeCloseTo((z[aims[i]!]! - z[labels[i]!]!) / (first! - (third! + fourth!) / 2 + 1e-12), 5);
    });
  });

  test("margins, in the graph and outside", async () => {
    const { margin } = await run("ce");
    logits.forEach((z, i) => {
      expect(margin[i]).toBeCloseTo(z[labels[i]!]! - Math.max(...others(z, labels[i]!)), 5);
      expect(marginAt(Float32Array.from(z), 0, labels[i]!, 5)).toBeCloseTo(margin[i]!, 5);
    });
  });
});

test("the logistic loss and the label a score stands for", async () => {
  for (const [score, label] of [
    [0.3, 1],
    [-2, 1],
    [200, 0],
  ] as const) {
    const f = Math.fround(score);
    expect(lossAt(Float32Array.of(f), 0, label, 2)).toBeCloseTo(signOf(label) * f < -100 ? 200 : Math.log1p(Math.exp(-signOf(label) * f)), 9);
    expect(marginAt(Float32Array.of(f), 0, label, 2)).toBe(signOf(label) * f);
  }
  const graph = buildGraph("own", (g) => ({ own: ownLabel(g, g.input("scores", f32(["n", 1])), 2) }));
  await withSession(graph, {}, async (session) => {
    expect([...dataOf(await session.run({ scores: tensorOf("float32", [3, 1], [-0.5, 0, 2]) }), "own", "float32")]).toEqual([-1, 1, 1]);
  });
});
