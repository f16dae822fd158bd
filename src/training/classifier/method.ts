import type { Ball } from "../../attack/limits.ts";
import { defaultLoss, objectiveOf } from "../../attack/objective.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import { gradient } from "../../graph/gradient.ts";
import type { Value } from "../../graph/ir.ts";
import { logisticLoss } from "../loss.ts";

/** A minibatch, and how the model looks at it. */
export interface Scene {
  /** `[n, d]` */
  readonly x: Value;
  /** In the form of labels in attacks: `[n, 1]`. */
  readonly y: Value;
  readonly classes: number;
  /** Scores at points `[n, d]`, through which the gradient of the weights goes. */
  scores(g: GraphBuilder, points: Value): Value;
  /** The same scores for searching: no gradient of the weights goes through what is found by them. */
  fixedScores(g: GraphBuilder, points: Value): Value;
  /** How perturbations are found; only where the method perturbs. */
  readonly search: Search | undefined;
}

export interface Search {
  /** The perturbations allowed. */
  readonly ball: Ball;
  /** `[n, 1]` */
  readonly stepSize: Value;
  /** Where to begin, `[n, d]`: a perturbation within the budget. */
  readonly start: Value;
  readonly steps: number;
}

export interface MethodLoss {
  /** The loss of every sample, `[n, 1]`: its mean is descended. */
  readonly loss: Value;
  /** Scores of the samples as they are, where the method looks at them. */
  readonly clean?: Value;
  /** Scores of perturbed samples. */
  readonly perturbed?: Value;
}

/** What training descends: a file and a line in `index.ts`. */
export interface TrainingMethod {
  /** One line for help. */
  readonly summary: string;
  /** What it needs to begin a search: nothing, because there is none; points uniform in the ball; or normal numbers of deviation 0.001. */
  readonly start: "none" | "ball" | "normal";
  /** Whether the loss has the weight β. */
  readonly hasBeta: boolean;
  loss(g: GraphBuilder, scene: Scene, beta: number): MethodLoss;
}

/** Cross-entropy of every sample, `[n, 1]`: log(1 + e^u), where u is what attacks ascend (`objectiveOf`). Neither overflows nor saturates. */
export function crossEntropy(g: GraphBuilder, scores: Value, { y, classes }: Pick<Scene, "y" | "classes">): Value {
  return logisticLoss(g, g.neg(objectiveOf(g, defaultLoss(classes), scores, y, classes)));
}

/** Points x + δ at which an objective `[n, 1]` of the scores is large: PGD from the start. */
export function worstPoints(g: GraphBuilder, { x, fixedScores, search }: Scene, objective: (b: GraphBuilder, scores: Value) => Value): Value {
  const { ball, stepSize, start, steps } = search!;
  const { state } = g.loop(steps, [start], (b, [delta]) => {
    const point = b.add(x, delta);
    const [slope] = gradient(b, b.reduceSum(objective(b, fixedScores(b, point)), undefined, false), [point]);
    return { state: [ball.project(b, b.add(delta, ball.step(b, slope, stepSize, delta)))] };
  });
  return g.add(x, state[0]);
}
