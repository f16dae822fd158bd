import { at, flatBox } from "../../../src/data/box.ts";
import { buildGraph } from "../../../src/graph/builder.ts";
import { vectorJacobian } from "../../../src/graph/gradient.ts";
import { f32 } from "../../../src/graph/ir.ts";
import type { OnnxClassifier } from "../../../src/model/onnx/load.ts";
import { type Session, withSession } from "../../../src/runtime/session.ts";
import { numbersOf, sizeOf } from "../../../src/tensor/tensor.ts";
import { random } from "../../../src/util/random.ts";
import { inFloat64 } from "./float64.ts";

export interface GradientCheck {
  /** The largest difference between the scores in float64 and those of float32, relative to the largest score. */
  readonly scores: number;
  /** The same for derivatives along directions: central differences in float64 against our gradient in float32, relative to what is usual, |g|·|v|/√d. */
  readonly gradient: number;
}

/**
 * Of a central difference. In a network of 100,000 ReLUs a step of 1e-7 meets kinks (differences of 1e-3), one of 1e-8 seldom does, and with
 * 1e-10 rounding in float64 shows (1e-4).
 */
const step = 1e-8;

/**
 * The gradient of a model as we compute it, in float32, against central differences of the same model in float64, where it is written in
 * operators that the engine computes in float64. The median of several points: at a few of them rounding to float32 puts a unit on the other
 * side of its kink, and there both are right.
 */
export async function checkModelGradient(model: OnnxClassifier, { points = 3, directions = 4 } = {}): Promise<GradientCheck> {
  const shape = [1, ...model.inputShape];
  const forward = buildGraph("scores", (g) => ({ scores: model.scores(g, g.input("x", f32(shape)), {}) }));
  const backward = buildGraph("gradient", (g) => {
    const x = g.input("x", f32(shape));
    const scores = model.scores(g, x, {});
    return { scores, gradient: vectorJacobian(g, [scores], [g.input("dy", scores.type)], [x])[0] };
  });
  return withSession(inFloat64(forward), { threads: 1 }, (double) =>
    withSession(backward, { threads: 1 }, async (single) => {
      const checks: GradientCheck[] = [];
      for (let point = 0; point < points; point++) checks.push(await checkAt(model, single, double, { directions, seed: point }));
      const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(points / 2)]!;
      return { scores: Math.max(...checks.map(({ scores }) => scores)), gradient: median(checks.map(({ gradient }) => gradient)) };
    }),
  );
}

async function checkAt(
  model: OnnxClassifier,
  single: Session,
  double: Session,
  { directions, seed }: { directions: number; seed: number },
): Promise<GradientCheck> {
  const shape = [1, ...model.inputShape];
  const d = sizeOf(shape);
  const draw = random(seed, "check-gradient");
  const box = model.domain && flatBox(model.domain, model, "bounds");
  const x = Float32Array.from({ length: d }, (_, i) => {
    const [low, high] = box ? [at(box.low, i), at(box.high, i)] : [0, 1];
    return low + draw.uniform() * (high - low);
  });
  const scoresAt = async (data: readonly number[]) =>
    numbersOf((await double.run({ x: { element: "float64", shape, data: Float64Array.from(data) } }))["scores"]!);
  const start = Array.from(x);
  const exact = await scoresAt(start);
  const dy = draw.fillNormal(new Float32Array(exact.length));
  const ours = await single.run({ x: { element: "float32", shape, data: x }, dy: { element: "float32", shape: [1, exact.length], data: dy } });
  const gradient = numbersOf(ours["gradient"]!);
  const rounded = numbersOf(ours["scores"]!);
  const scores = Math.max(...exact.map((score, i) => Math.abs(score - rounded[i]!))) / Math.max(1, ...exact.map(Math.abs));
  const norm = lengthOf(gradient);
  let worst = 0;
  for (let k = 0; k < directions; k++) {
    const v = draw.fillNormal(new Float32Array(d));
    const [up, down] = [await scoresAt(start.map((one, i) => one + step * v[i]!)), await scoresAt(start.map((one, i) => one - step * v[i]!))];
    const numeric = up.reduce((sum, score, i) => sum + dy[i]! * (score - down[i]!), 0) / (2 * step);
    const analytic = gradient.reduce((sum, one, i) => sum + one * v[i]!, 0);
    const difference = Math.abs(numeric - analytic);
    worst = Math.max(worst, difference === 0 ? 0 : (difference * Math.sqrt(d)) / (norm * lengthOf(v)));
  }
  return { scores, gradient: worst };
}

const lengthOf = (values: ArrayLike<number>) => Math.sqrt(Array.from(values).reduce((sum, one) => sum + one * one, 0));
