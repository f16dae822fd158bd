import type { Value } from "../graph/ir.ts";
import { tensorOf } from "../tensor/tensor.ts";
import { betterOf } from "./best.ts";
import type { AttackOptions, AttackRule, State } from "./rule.ts";

/** Share of the entries to which the first steps go. */
const firstShare = 0.2;
/** Steps go to this share of the entries that the best perturbation has. */
const ofBest = 1 / 1.5;
/** Where the best perturbation has less than this share of the entries it had, it has become sparser. */
const sparser = 0.95;
/** A step is divided by this wherever the best perturbation is no sparser, down to a tenth of the budget. */
const slower = 1.5;
const leastStep = 0.1;
/** Share of the steps between two checkpoints. */
const window = 0.04;

/** What a step in l1 hands to the next: perturbations and the gradient `[n, d]`, all else `[n, 1]`. */
export type SparseState = State & {
  /** The best point so far, the gradient there and its objective. */
  readonly top: Value;
  readonly topGradient: Value;
  readonly topValue: Value;
  readonly step: Value;
  /** To how many entries steps go, and how many the best perturbation had at the last checkpoint. */
  readonly keep: Value;
  readonly entries: Value;
  /** The lowest margin and its point, where that may be another than the best. */
  readonly margin?: Value;
  readonly lowest?: Value;
};

/**
 * Auto-PGD in l1 (Croce & Hein 2021, "Mind the box", Algorithm 1): no momentum; steps along signs of the largest entries of the gradient, as many as two thirds
 * of those that the best perturbation has. At each checkpoint, where that has become sparser, the step is the whole budget again and the path goes on
 * from its best point; elsewhere it is divided by 1.5. As in the paper's steepest ascent, entries that the box does not let move are left out.
 */
export const sparse: Pick<AttackRule<{ readonly steps: number }, SparseState>, "begin" | "step"> &
  Required<Pick<AttackRule<AttackOptions, SparseState>, "end">> = {
  begin(g, { start, eps, d, sameOrder }) {
    const nothing = g.mul(eps, 0);
    return {
      delta: start,
      top: start,
      topGradient: start,
      topValue: g.add(nothing, -Infinity),
      step: eps,
      keep: g.add(nothing, Math.ceil(firstShare * d)),
      entries: g.add(nothing, d),
      ...(sameOrder ? {} : { margin: g.add(nothing, Infinity), lowest: start }),
    };
  },
  step(g, { ball, eps }, was, here, t, { steps }) {
    const better = g.greater(here.objective, was.topValue);
    const top = g.where(better, was.delta, was.top);
    const topGradient = g.where(better, here.gradient, was.topGradient);

    const every = Math.max(1, Math.floor(window * steps));
    const isMark = Array.from({ length: steps }, (_, k) => +(k > 0 && k % every === 0));
    const mark = g.greater(g.op("Gather", [g.constant(tensorOf("float32", [steps], isMark)), t])[0], 0);
    const entries = g.reduceL1(g.sign(top), [1]);
    const isSparser = g.less(entries, g.mul(was.entries, sparser));
    const again = g.and(mark, isSparser);
    const shorter = g.max(g.mul(was.step, 1 / slower), g.mul(eps, leastStep));
    const step = g.where(mark, g.where(isSparser, eps, shorter), was.step);
    const keep = g.where(mark, g.max(g.op("Ceil", [g.mul(entries, ofBest)])[0], 1), was.keep);

    const from = g.where(again, top, was.delta);
    const gradient = g.where(again, topGradient, here.gradient);
    const best = was.margin && was.lowest && betterOf(g, { margin: was.margin, delta: was.lowest }, here.margin, was.delta);
    return {
      delta: ball.project(g, g.add(from, ball.step(g, gradient, step, from, keep))),
      top,
      topGradient,
      topValue: g.max(was.topValue, here.objective),
      step,
      keep,
      entries: g.where(mark, entries, was.entries),
      ...(best ? { margin: best.margin, lowest: best.delta } : {}),
    };
  },
  end(g, _, { delta, margin, lowest, top, topValue }, last) {
    if (margin && lowest) return betterOf(g, { margin, delta: lowest }, last.margin, delta).delta;
    return g.where(g.greater(last.objective, topValue), delta, top);
  },
};
