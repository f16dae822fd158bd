import { type GraphBuilder, buildGraph } from "../graph/builder.ts";
import { gradient } from "../graph/gradient.ts";
import { type Model, type Value, f32, i64 } from "../graph/ir.ts";
import { type ClassifierShape, dimensionOf, scoresOf } from "../model/classifier.ts";
import type { FlatBox } from "../data/box.ts";
import { type Norm, ballOf } from "./ball.ts";
import { type Loss, labelType, marginOf, objectiveOf, ownLabel } from "./objective.ts";
import type { AttackOptions, AttackRule, Scene } from "./rule.ts";

/** Weights are inputs under names of their own, so that a model may call them as it likes. */
export const parameterName = (name: string): string => `model.${name}`;

export const parameterInputs = (g: GraphBuilder, { parameterTypes }: ClassifierShape): Record<string, Value> =>
  Object.fromEntries(Object.entries(parameterTypes).map(([name, type]) => [name, g.input(parameterName(name), type)]));

/** x `[n, d]` and the weights to scores `[n, 1]` or `[n, classes]`. */
export function scoresGraph(model: ClassifierShape): Model {
  return buildGraph("scores", (g) => ({ scores: scoresOf(model, g, g.input("x", f32(["n", dimensionOf(model)])), parameterInputs(g, model)) }));
}

export interface AttackGraphOptions<Options extends AttackOptions> {
  readonly rule: AttackRule<Options>;
  /** Complete: the rule's defaults and what replaces them. */
  readonly options: Options;
  readonly norm: Norm;
  readonly box: FlatBox | undefined;
  readonly loss: Loss;
}

/** Which inputs the graph of an attack has beside x, y, eps and the weights. */
export const extraInputs = ({ rule, loss }: Pick<AttackGraphOptions<AttackOptions>, "rule" | "loss">) => ({
  stepSize: rule.stepPerEps !== undefined,
  start: "randomStart" in rule.defaults,
  aim: loss === "dlr-targeted",
});

/**
 * A whole attack as one graph, for any number of samples, weights, budgets and step sizes. Inputs: x `[n, d]`, y `[n, 1]`, eps `[n, 1]`,
 * the weights, and as the attack needs them stepSize `[n, 1]`, start `[n, d]` and aim `[n, 1]`. Output: delta `[n, d]`.
 */
export function attackGraph<Options extends AttackOptions>(model: ClassifierShape, what: AttackGraphOptions<Options>): Model {
  const { rule, options, norm, box, loss } = what;
  const { classes } = model;
  const d = dimensionOf(model);
  return buildGraph("attack", (g) => {
    const x = g.input("x", f32(["n", d]));
    const label = g.input("y", labelType(classes));
    const eps = g.input("eps", f32(["n", 1]));
    const has = extraInputs(what);
    const stepSize = has.stepSize ? g.input("stepSize", f32(["n", 1])) : eps;
    const given = has.start ? g.input("start", f32(["n", d])) : undefined;
    const aim = has.aim ? g.input("aim", i64(["n", 1])) : undefined;
    const weights = parameterInputs(g, model);

    const ball = ballOf(g, norm, { x, eps, box });
    const zero = g.mul(x, 0);
    const look: Scene["look"] = (b, delta, towards = "loss") => {
      const point = delta === zero ? x : b.add(x, delta);
      const scores = scoresOf(model, b, point, weights);
      const margin = marginOf(b, scores, label, classes);
      const objective =
        towards === "away"
          ? b.neg(marginOf(b, scores, ownLabel(b, scores, classes), classes))
          : loss === "logistic"
            ? b.neg(margin)
            : objectiveOf(b, loss, scores, label, classes, aim);
      return { objective, margin, gradient: () => gradient(b, b.reduceSum(objective, undefined, false), [point])[0] };
    };
    const scene: Scene = { eps, stepSize, start: given ? ball.project(g, given) : zero, ball, sameOrder: loss === "logistic", look };
    return { delta: rule.perturb(g, scene, options) };
  });
}
