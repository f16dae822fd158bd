import { type GraphBuilder, buildGraph } from "../graph/builder.ts";
import { gradient } from "../graph/gradient.ts";
import { type Model, type Value, f32, i64 } from "../graph/ir.ts";
import { type ClassifierShape, dimensionOf, scoresOf } from "../model/classifier.ts";
import type { FlatBox } from "../data/box.ts";
import { type Norm, ballOf } from "./ball.ts";
import { betterOf, noneYet } from "./best.ts";
import { pointsSomewhere } from "./direction.ts";
import { type Loss, labelType, marginOf, objectiveOf, ownLabel } from "./objective.ts";
import type { AttackOptions, AttackRule, Look, Scene, State, View } from "./rule.ts";

/** Weights are inputs under names of their own, so that a model may call them as it likes. */
export const parameterName = (name: string): string => `model.${name}`;

/** The weights as inputs of a graph. */
export const parameterInputs = (g: GraphBuilder, { parameterTypes }: ClassifierShape): Record<string, Value> =>
  Object.fromEntries(Object.entries(parameterTypes).map(([name, type]) => [name, g.input(parameterName(name), type)]));

/** x `[n, d]` and the weights to scores `[n, 1]` or `[n, classes]`. */
export function scoresGraph(model: ClassifierShape): Model {
  return buildGraph("scores", (g) => ({ scores: scoresOf(model, g, g.input("x", f32(["n", dimensionOf(model)])), parameterInputs(g, model)) }));
}

/** What the graphs of an attack are made from. */
export interface Plan {
  readonly rule: AttackRule;
  /** Complete: the rule's defaults and what replaces them. */
  readonly options: AttackOptions;
  readonly norm: Norm;
  readonly box: FlatBox | undefined;
  readonly loss: Loss;
  /** Whether it steers to classes given in `aim`, and not just away from y. */
  readonly targeted: boolean;
  readonly classes: number;
  /** Numbers of one input. */
  readonly d: number;
}

/** Which inputs the graphs of an attack have beside x, y, eps and the weights. */
export const extraInputs = ({ rule, loss, targeted }: Pick<Plan, "rule" | "loss" | "targeted">) => ({
  stepSize: rule.stepPerEps !== undefined,
  start: "randomStart" in rule.defaults,
  aim: targeted || loss === "dlr-targeted",
});

/**
 * A whole attack as one graph, for any number of samples, weights, budgets and step sizes. Inputs: x `[n, d]`, y `[n, 1]`, eps `[n, 1]`,
 * the weights, and as the attack needs them stepSize `[n, 1]`, start `[n, d]` and aim `[n, 1]`. Outputs: delta `[n, d]`, and found `[n, 1]`,
 * 1 where any of the points it looked at had a gradient to follow.
 */
export function attackGraph(model: ClassifierShape, plan: Plan): Model {
  return buildGraph("attack", (g) => {
    const { scene, view, look } = setting(g, plan, model);
    const begin = beginning(g, plan, scene);
    const count = plan.rule.steps(plan.options);
    const last =
      count === 1
        ? stepped(g, plan, scene, begin, view(g, begin.delta), g.int(0))
        : looped(g, count, begin, (b, state, t) => stepped(b, plan, scene, state, view(b, state.delta), t));
    return { delta: ended(g, plan, scene, last, () => look(g, last.delta)), found: last["found"]! };
  });
}

/**
 * The same attack in three graphs, with its state carried outside: `begin` gives it, `steps` takes `count` steps from step `first`, and `end` gives
 * delta (absent if that is the state's). `steps` and `end` look at the model; without one, they are given its objective, margin and gradient.
 */
export interface PieceGraphs {
  readonly begin: Model;
  readonly steps: Model;
  readonly end: Model | undefined;
}

/** @param keepsLowest whether the state also has the lowest margin so far, `low`, and its perturbation, `hit` */
export function pieceGraphs(model: ClassifierShape | undefined, plan: Plan, keepsLowest: boolean): PieceGraphs {
  let begun: State | undefined;
  const begin = buildGraph("attack-begin", (g) => outputs((begun = beginning(g, plan, setting(g, plan, undefined).scene, keepsLowest))));
  const types = begun!;
  const stateInputs = (g: GraphBuilder): State =>
    named(
      types,
      Object.entries(types).map(([name, { type }]) => g.input(beforeName(name), f32(["n", type.shape?.[1] ?? 1]))),
    );
  const steps = buildGraph("attack-steps", (g) => {
    const { scene, view } = setting(g, plan, model);
    const before = stateInputs(g);
    const first = g.input("first", i64([]));
    if (!model) return outputs(stepped(g, plan, scene, before, view(g, before.delta), first));
    return outputs(looped(g, g.input("count", i64([])), before, (b, state, t) => stepped(b, plan, scene, state, view(b, state.delta), b.add(first, t))));
  });
  const end =
    plan.rule.end &&
    buildGraph("attack-end", (g) => {
      const { scene, look } = setting(g, plan, model);
      const state = stateInputs(g);
      return { delta: ended(g, plan, scene, state, () => look(g, state.delta)) };
    });
  return { begin, steps, end };
}

/** A value of the state before and after the steps of a graph. */
export const beforeName = (name: string): string => `before.${name}`;
export const afterName = (name: string): string => `after.${name}`;
const outputs = (state: State) => Object.fromEntries(Object.entries(state).map(([name, value]) => [afterName(name), value]));

/** Scores `[n, 1]` or `[n, classes]`, y and aim to the objective, the margin and ∂ objective / ∂ scores. */
export function objectiveGraph(plan: Plan): Model {
  return buildGraph("attack-objective", (g) => {
    const scores = g.input("scores", f32(["n", plan.classes === 2 ? 1 : plan.classes]));
    const { objective, margin } = judge(g, plan, scores, labelsOf(g, plan));
    return { objective, margin, slope: gradient(g, g.reduceSum(objective, undefined, false), [scores])[0] };
  });
}

interface Labels {
  readonly y: Value;
  readonly aim: Value | undefined;
}

const labelsOf = (g: GraphBuilder, plan: Plan): Labels => ({
  y: g.input("y", labelType(plan.classes)),
  aim: extraInputs(plan).aim ? g.input("aim", labelType(plan.classes)) : undefined,
});

/** What an attack makes of scores. */
function judge(g: GraphBuilder, { classes, loss, targeted, rule }: Plan, scores: Value, { y, aim }: Labels): Look {
  if (targeted) {
    // The loss of the target is to fall, and so is the lead that other classes have over it.
    const margin = g.neg(marginOf(g, scores, aim!, classes));
    if (rule.towards === "away" || loss === "logistic") return { margin, objective: g.neg(margin) };
    return { margin, objective: loss === "dlr-targeted" ? objectiveOf(g, loss, scores, y, classes, aim) : g.neg(objectiveOf(g, loss, scores, aim!, classes)) };
  }
  const margin = marginOf(g, scores, y, classes);
  if (rule.towards === "away") return { margin, objective: g.neg(marginOf(g, scores, ownLabel(g, scores, classes), classes)) };
  return { margin, objective: loss === "logistic" ? g.neg(margin) : objectiveOf(g, loss, scores, y, classes, aim) };
}

/** The inputs of a graph, and how it looks at a model. */
interface Setting {
  readonly scene: Scene;
  look(b: GraphBuilder, delta: Value): Look;
  view(b: GraphBuilder, delta: Value): View;
}

function setting(g: GraphBuilder, plan: Plan, model: ClassifierShape | undefined): Setting {
  const { norm, box, loss, d } = plan;
  const has = extraInputs(plan);
  const x = g.input("x", f32(["n", d]));
  const labels = labelsOf(g, plan);
  const eps = g.input("eps", f32(["n", 1]));
  const stepSize = has.stepSize ? g.input("stepSize", f32(["n", 1])) : eps;
  const given = has.start ? g.input("start", f32(["n", d])) : undefined;
  const ball = ballOf(g, norm, { x, eps, box, d });
  const zero = g.mul(x, 0);
  const scene: Scene = { eps, stepSize, start: given ? ball.project(g, given) : zero, norm, d, ball, sameOrder: loss === "logistic" };
  if (!model) {
    const outside = () => ({ objective: g.input("here.objective", f32(["n", 1])), margin: g.input("here.margin", f32(["n", 1])) });
    return { scene, look: outside, view: () => ({ ...outside(), gradient: g.input("here.gradient", f32(["n", d])) }) };
  }
  const weights = parameterInputs(g, model);
  const at = (b: GraphBuilder, delta: Value) => {
    const point = delta === zero ? x : b.add(x, delta);
    return { point, ...judge(b, plan, scoresOf(model, b, point, weights), labels) };
  };
  return {
    scene,
    look: at,
    view(b, delta) {
      const here = at(b, delta);
      return { ...here, gradient: gradient(b, b.reduceSum(here.objective, undefined, false), [here.point])[0] };
    },
  };
}

/** The rule's state, and what the contract itself follows along the path. */
function beginning(g: GraphBuilder, { rule, options }: Plan, scene: Scene, keepsLowest = false): State {
  const state = rule.begin(g, scene, options);
  const { margin: low, delta: hit } = noneYet(g, scene.eps, state.delta);
  return { ...state, found: g.mul(scene.eps, 0), ...(keepsLowest ? { low, hit } : {}) };
}

function stepped(g: GraphBuilder, { rule, options }: Plan, scene: Scene, state: State, here: View, t: Value): State {
  const { low, hit } = state;
  const lower = low && hit && betterOf(g, { margin: low, delta: hit }, here.margin, state.delta);
  const found = g.max(state["found"]!, g.cast(pointsSomewhere(g, here.gradient), "float32"));
  return { ...state, ...rule.step(g, scene, state, here, t, options), found, ...(lower ? { low: lower.margin, hit: lower.delta } : {}) };
}

const ended = (g: GraphBuilder, { rule }: Plan, scene: Scene, state: State, look: () => Look): Value =>
  rule.end ? rule.end(g, scene, state, look()) : state.delta;

/** Steps over a state that a loop carries. */
function looped(g: GraphBuilder, count: Value | number, state: State, step: (b: GraphBuilder, state: State, t: Value) => State): State {
  const names = Object.keys(state);
  const path = g.loop(count, Object.values(state), (b, carried, t) => {
    const next = step(b, named(state, carried), t);
    return { state: names.map((name) => next[name]!) };
  });
  return named(state, path.state);
}

/** Values in the order of a state's, under its names. */
const named = (state: State, values: readonly Value[]): State => ({ ...state, ...Object.fromEntries(Object.keys(state).map((name, i) => [name, values[i]!])) });
