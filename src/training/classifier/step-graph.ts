import { ballOf } from "../../attack/ball.ts";
import { parameterInputs } from "../../attack/graph.ts";
import { labelType, marginOf } from "../../attack/objective.ts";
import { buildGraph } from "../../graph/builder.ts";
import { vectorJacobian } from "../../graph/gradient.ts";
import { type Model, type Value, f32 } from "../../graph/ir.ts";
import { dimensionOf, scoresOf } from "../../model/classifier.ts";
import { optimizers } from "../optimizers/index.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { Plan } from "./plan.ts";
import { trainingMethods } from "./index.ts";
import type { Scene, TrainingMethod } from "./method.ts";

/** Names of what a step takes and gives, so that a model may call its weights as it likes. */
export const slotName = (slot: string, weight: string): string => `${slot}.${weight}`;
export const afterName = (name: string): string => `after.${name}`;

/**
 * One step of training on a minibatch of any size as one graph. Inputs: x `[n, d]`, y `[n, 1]`, the weights, lr, what the optimizer remembers of every
 * trained weight and its scalars; where the method perturbs, eps and stepSize `[n, 1]` and start `[n, d]`. Outputs: the trained weights and what is remembered
 * of them after the step; loss (the mean), and how many samples are right as they are (`right`) and perturbed (`rightPerturbed`), where the method looks at them.
 */
export function stepGraph({ model, trained, method, optimizer, optimizerOptions, norm, box, steps, beta }: Plan): Model {
  const rule: TrainingMethod = trainingMethods[method];
  const updates: Optimizer = optimizers[optimizer];
  return buildGraph("training-step", (g) => {
    const d = dimensionOf(model);
    const x = g.input("x", f32(["n", d]));
    const y = g.input("y", labelType(model.classes));
    const weights = parameterInputs(g, model);
    // The search reads the weights themselves, and the loss copies of them: so no gradient goes through what the search found.
    const copies = { ...weights, ...Object.fromEntries(trained.map((name) => [name, g.identity(weights[name]!)])) };
    const perturbs = rule.start !== "none";
    const eps = perturbs ? g.input("eps", f32(["n", 1])) : undefined;
    const ball = eps && ballOf(g, norm, { x, eps, box, d });
    const scene: Scene = {
      x,
      y,
      classes: model.classes,
      scores: (b, points) => scoresOf(model, b, points, copies),
      fixedScores: (b, points) => scoresOf(model, b, points, weights),
      search: ball && { ball, stepSize: g.input("stepSize", f32(["n", 1])), start: ball.project(g, g.input("start", f32(["n", d]))), steps },
    };
    const { loss, clean, perturbed } = rule.loss(g, scene, beta);
    const mean = g.reduceMean(loss, undefined, false);
    const gradients = vectorJacobian(
      g,
      [mean],
      [g.scalar(1, "float32")],
      trained.map((name) => copies[name]!),
    );
    const lr = g.input("lr", f32([]));
    const scalars = Object.fromEntries(Object.keys(updates.scalars?.(1, optimizerOptions) ?? {}).map((name) => [name, g.input(name, f32([]))]));
    const after: Record<string, Value> = {};
    trained.forEach((name, i) => {
      const weight = weights[name]!;
      const slots = Object.fromEntries(updates.slots.map((slot) => [slot, g.input(slotName(slot, name), weight.type)]));
      const moved = updates.step(g, { weight, gradient: gradients[i]!, slots, lr, scalars }, optimizerOptions);
      after[afterName(name)] = moved.weight;
      for (const slot of updates.slots) after[afterName(slotName(slot, name))] = moved.slots[slot]!;
    });
    const countRight = (scores: Value) => g.reduceSum(g.cast(g.greater(marginOf(g, scores, y, model.classes), 0), "float32"), undefined, false);
    return {
      ...after,
      loss: mean,
      ...(clean ? { right: countRight(clean) } : {}),
      ...(perturbed ? { rightPerturbed: countRight(perturbed) } : {}),
    };
  });
}
