import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/graph/builder.ts";
import type { GraphBuilder } from "../../src/graph/builder.ts";
import { gradient } from "../../src/graph/gradient.ts";
import { type Value, f64, float } from "../../src/graph/ir.ts";
import { numbersOf, tensorOf } from "../../src/tensor/tensor.ts";
import { run } from "./support.ts";

type Build = (g: GraphBuilder, x: Value) => Value;

/** The gradient of the sum of a function of a vector, `order` times. */
async function slope(at: readonly number[], build: Build, order = 1, element: "float64" | "float32" = "float64"): Promise<number[]> {
  const model = buildGraph("kink", (g) => {
    const x = g.input("x", { element, shape: [at.length] });
    let dx = build(g, x);
    for (let i = 0; i < order; i++) [dx] = gradient(g, g.reduceSum(dx, undefined, false), [x]);
    return { dx };
  });
  return numbersOf((await run(model, { x: tensorOf(element, [at.length], at) }))["dx"]!).map((number) => Math.round(number * 1e6) / 1e6 + 0);
}

const op =
  (name: string, attributes = {}): Build =>
  (g, x) =>
    g.op(name, [x], attributes)[0];

describe("subgradients where a function has a kink, as documented above each rule", () => {
  const cases: [string, readonly number[], Build, readonly number[], ("float32" | "float64")?][] = [
    ["Relu is flat at 0", [-1, 0, 1], op("Relu"), [0, 0, 1]],
    ["LeakyRelu has the slope of the left at 0", [-1, 0, 1], op("LeakyRelu", { alpha: float(0.25) }), [0.25, 0.25, 1], "float32"],
    ["Elu has the slope of the left at 0", [0, 1], op("Elu", { alpha: float(2) }), [2, 1], "float32"],
    ["Celu has the slope of the left at 0", [0, 1, 500], op("Celu", { alpha: float(2) }), [1, 1, 1], "float32"],
    ["ThresholdedRelu is flat at its threshold", [0.5, 1], op("ThresholdedRelu", { alpha: float(0.5) }), [0, 1], "float32"],
    ["Shrink is flat at its ends", [-0.6, -0.5, 0.5, 0.6], op("Shrink"), [1, 0, 0, 1], "float32"],
    ["Softsign is smooth at 0", [0], op("Softsign"), [1], "float32"],
    ["Mish far out", [-200, 200], op("Mish"), [0, 1], "float32"],
    ["Acosh is infinitely steep at 1", [1], op("Acosh"), [Infinity], "float32"],
    ["Hardmax is flat", [1, 2], op("Hardmax"), [0, 0], "float32"],
    ["Abs is flat at 0", [-2, 0, 2], op("Abs"), [-1, 0, 1]],
    ["HardSwish is flat at −3 and 1 at 3", [-3, 3], op("HardSwish"), [0, 1], "float32"],
    ["Clip passes at its ends", [-2, -1, 0, 1, 2], (g, x) => g.clip(x, -1, 1), [0, 1, 1, 1, 0]],
    ["two operands of Max share a tie", [-1, 0, 1], (g, x) => g.max(x, 0), [0, 0.5, 1]],
    ["two operands of Min share a tie", [-1, 0, 1], (g, x) => g.min(x, 0), [1, 0.5, 0]],
    ["three operands of Max share a tie", [0], (g, x) => g.op("Max", [x, g.scalar(0, "float64"), g.scalar(0, "float64")])[0], [0.333333]],
    ["ReduceMax shares a tie", [1, 3, 3, 2], (g, x) => g.reduceMax(x), [0, 0.5, 0.5, 0]],
    ["ReduceMin shares a tie", [1, 1, 1, 2], (g, x) => g.reduceMin(x, [0], false), [0.333333, 0.333333, 0.333333, 0]],
    ["ReduceL2 is flat at 0", [0, 0], (g, x) => g.reduceL2(x), [0, 0]],
    ["ReduceL1 is flat at 0", [0, -1], (g, x) => g.reduceL1(x), [0, -1]],
    ["ReduceProd with a zero", [0, 2, 3], (g, x) => g.op("ReduceProd", [x])[0], [6, 0, 0]],
    ["ReduceProd with two zeros", [0, 0, 3], (g, x) => g.op("ReduceProd", [x])[0], [0, 0, 0]],
    ["Sqrt is infinitely steep at 0", [0, 4], (g, x) => g.sqrt(x), [Infinity, 0.25]],
    ["x⁰ is flat, at 0 too", [-1, 0, 2], (g, x) => g.pow(x, 0), [0, 0, 0]],
    ["x² at 0 and below", [-1, 0, 2], (g, x) => g.pow(x, 2), [-2, 0, 4]],
    ["x³ at 0 and below", [-1, 0, 2], (g, x) => g.pow(x, 3), [3, 0, 12]],
    ["powers from a vector, at 0 and below", [0, 0, -2, 0], (g, x) => g.pow(x, g.constant(tensorOf("float64", [4], [0, 1, 3, 2]))), [0, 1, 12, 0]],
    ["a power of 0 does not move with its exponent", [0, 1, 2], (g, x) => g.pow(g.scalar(0, "float64"), x), [0, 0, 0]],
    ["Softplus far out", [-200, 200], op("Softplus"), [0, 1], "float32"],
    ["Elu far out", [-500, 500], op("Elu"), [0, 1], "float32"],
    ["LogSoftmax far out", [-500, 500], (g, x) => g.slice(g.logSoftmax(x), [0], [1], [0]), [1, -1]],
    ["ReduceLogSumExp far out", [-500, 500], (g, x) => g.op("ReduceLogSumExp", [x])[0], [0, 1]],
    ["rounding is flat", [0.4, 1.6], (g, x) => g.add(g.add(op("Floor")(g, x), op("Ceil")(g, x)), g.add(op("Round")(g, x), g.sign(x))), [0, 0]],
  ];
  for (const [what, at, build, expected, element] of cases) {
    it(what, async () => expect(await slope(at, build, 1, element)).toEqual(expected.map((number) => number + 0)));
  }
});

describe("second derivatives at such points are numbers", () => {
  const cases: [string, readonly number[], Build, readonly number[], ("float32" | "float64")?][] = [
    ["x²", [-1, 0, 2], (g, x) => g.pow(x, 2), [2, 2, 2]],
    ["x³", [-1, 0, 2], (g, x) => g.pow(x, 3), [-6, 0, 12]],
    ["powers from a vector", [0, -1, 3], (g, x) => g.pow(x, g.constant(tensorOf("float64", [3], [2, 3, 1]))), [2, -6, 0]],
    ["the norm at 0", [0, 0], (g, x) => g.reduceL2(x), [0, 0]],
    ["Elu far out", [-500, 500], op("Elu"), [0, 0], "float32"],
    ["Relu", [-1, 0, 1], (g, x) => g.mul(g.relu(x), x), [0, 0, 2]],
    ["Clip", [-2, 0, 2], (g, x) => g.mul(g.clip(x, -1, 1), x), [0, 2, 0]],
  ];
  for (const [what, at, build, expected, element] of cases) {
    it(what, async () => {
      const got = await slope(at, build, 2, element);
      if (what === "the norm at 0") expect(got.every(Number.isFinite)).toBe(true);
      else expect(got).toEqual(expected);
    });
  }
});

describe("NaN and infinity on a branch that is not taken", () => {
  it("do not reach the other branch's gradient", async () => {
    const model = buildGraph("branches", (g) => {
      const a = g.input("a", f64([3]));
      const b = g.input("b", f64([3]));
      const [da, db] = gradient(g, g.reduceSum(g.mul(g.where(g.greater(a, 0), a, b), b), undefined, false), [a, b]);
      return { da, db };
    });
    const { da, db } = await run(model, { a: tensorOf("float64", [3], [1, -1, 2]), b: tensorOf("float64", [3], [3, Infinity, 5]) });
    expect(numbersOf(da!)).toEqual([3, 0, 5]);
    expect(numbersOf(db!)).toEqual([1, Infinity, 2]);
  });

  it("stays where it is: a NaN gradient of one row leaves the others alone", async () => {
    const model = buildGraph("rows", (g) => {
      const x = g.input("x", f64([2, 2]));
      const [dx] = gradient(g, g.reduceSum(g.relu(g.log(g.reduceMax(x, [1]))), undefined, false), [x]);
      return { dx };
    });
    const { dx } = await run(model, { x: tensorOf("float64", [2, 2], [-1, -2, 2, 4]) });
    expect(numbersOf(dx!).slice(2)).toEqual([0, 0.25]);
  });
});
