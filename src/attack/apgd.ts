import type { Value } from "../graph/ir.ts";
import { tensorOf } from "../tensor/tensor.ts";
import { betterOf } from "./best.ts";
import { type SparseState, sparse } from "./apgd-sparse.ts";
import { type AllOptions, type AttackOptions, type AttackRule, defineAttack, type State } from "./rule.ts";

/** Share of the new direction in a step; the rest goes on as before (the paper's α). */
const momentum = 0.75;
/** Fewer rises than this share of a window's steps halve the step (the paper's ρ). */
const rho = 0.75;

/**
 * The iterations w_j = ⌈p_j · steps⌉ at which a step may be halved: p_0 = 0, p_1 = 0.22, p_{j+1} = p_j + max(p_j − p_{j−1} − 0.03, 0.06)
 * (Croce & Hein 2020, Sect. 4.1), counted in hundredths so that no rounding moves them. w_0 = 0 is left out.
 */
export function checkpoints(steps: number): number[] {
  const found: number[] = [];
  for (let [p, before] = [22, 0]; p <= 100; [p, before] = [p + Math.max(p - before - 3, 6), p]) {
    const at = Math.ceil((p * steps) / 100);
    if (at < steps && at !== found.at(-1)) found.push(at);
  }
  return found;
}

/** The length of the window that ends at each iteration, −1 where none does; iteration 0 ends an empty one. `[steps]` */
function windowsOf(steps: number): number[] {
  const marks = [0, ...checkpoints(steps)];
  return Array.from({ length: steps }, (_, t) => (marks.includes(t) ? t - (marks[marks.indexOf(t) - 1] ?? 0) : -1));
}

/** A way from step to step. */
export type Path<S extends State> = Pick<AttackRule<{ readonly steps: number }, S>, "begin" | "step"> & Required<Pick<AttackRule<AttackOptions, S>, "end">>;

/** What a step in l2 or linf hands to the next: perturbations `[n, d]`, all else `[n, 1]`. */
type DenseState = State & {
  /** Where the step to delta was taken from. */
  readonly before: Value;
  /** The best point so far, the direction of ascent there, its objective now and at the last checkpoint. */
  readonly top: Value;
  readonly topAscent: Value;
  readonly topValue: Value;
  readonly topAtMark: Value;
  readonly step: Value;
  /** The objective at the last point looked at, and how often it rose since the last checkpoint. */
  readonly value: Value;
  readonly rises: Value;
  /** 1 where the step was halved at the last checkpoint. */
  readonly halvedAtMark: Value;
  /** The lowest margin and its point, where that may be another than the best. */
  readonly margin?: Value;
  readonly lowest?: Value;
};

/** The path in l2 and linf. */
const dense: Path<DenseState> = {
  begin(g, { start, eps, sameOrder }) {
    const nothing = g.mul(eps, 0);
    const lowest = g.add(nothing, -Infinity);
    return {
      delta: start,
      before: start,
      top: start,
      topAscent: start,
      topValue: lowest,
      topAtMark: lowest,
      step: g.mul(eps, 2),
      value: g.add(nothing, Infinity),
      rises: nothing,
      halvedAtMark: nothing,
      ...(sameOrder ? {} : { margin: g.add(nothing, Infinity), lowest: start }),
    };
  },
  step(g, { ball, eps }, was, here, t, { steps }) {
    const ascent = ball.step(g, here.gradient, g.add(g.mul(eps, 0), 1), was.delta);
    const better = g.greater(here.objective, was.topValue);
    const top = g.where(better, was.delta, was.top);
    const topAscent = g.where(better, ascent, was.topAscent);
    const topValue = g.where(better, here.objective, was.topValue);
    const rises = g.add(was.rises, g.cast(g.greater(here.objective, was.value), "float32"));

    const [window] = g.op("Gather", [g.constant(tensorOf("float32", [steps], windowsOf(steps))), t]);
    const mark = g.greaterOrEqual(window, 0);
    const tooFew = g.less(rises, g.mul(window, rho));
    const stuck = g.and(g.less(was.halvedAtMark, 1), g.lessOrEqual(topValue, was.topAtMark));
    const halve = g.and(mark, g.or(tooFew, stuck));
    const step = g.where(halve, g.mul(was.step, 0.5), was.step);
    const from = g.where(halve, top, was.delta);
    const direction = g.where(halve, topAscent, ascent);

    const share = g.where(g.equal(t, 0), 1, g.scalar(momentum, "float32"));
    const plain = ball.project(g, g.add(from, g.mul(direction, step)));
    const moved = g.add(g.mul(g.sub(plain, from), share), g.mul(g.sub(from, was.before), g.sub(1, share)));
    const best = was.margin && was.lowest && betterOf(g, { margin: was.margin, delta: was.lowest }, here.margin, was.delta);
    return {
      delta: ball.project(g, g.add(from, moved)),
      before: from,
      top,
      topAscent,
      topValue,
      topAtMark: g.where(mark, topValue, was.topAtMark),
      step,
      value: here.objective,
      rises: g.where(mark, 0, rises),
      halvedAtMark: g.where(mark, g.cast(halve, "float32"), was.halvedAtMark),
      ...(best ? { margin: best.margin, lowest: best.delta } : {}),
    };
  },
  end(g, _, { delta, margin, lowest, top, topValue }, last) {
    if (margin && lowest) return betterOf(g, { margin, delta: lowest }, last.margin, delta).delta;
    return g.where(g.greater(last.objective, topValue), delta, top);
  },
};

export type ApgdState = DenseState | SparseState;
const isSparse = (state: ApgdState): state is SparseState => "keep" in state;

/** The path that all forms of Auto-PGD take. */
export const apgdPath: Pick<AttackRule<{ readonly steps: number }>, "norms" | "steps"> & Path<ApgdState> = {
  norms: ["l2", "linf", "l1"],
  steps: ({ steps }) => steps,
  begin: (g, scene, options) => (scene.norm === "l1" ? sparse : dense).begin(g, scene, options),
  step: (g, scene, was, here, t, options) => (isSparse(was) ? sparse.step(g, scene, was, here, t, options) : dense.step(g, scene, was, here, t, options)),
  end: (g, scene, state, last) => (isSparse(state) ? sparse.end(g, scene, state, last) : dense.end(g, scene, state, last)),
};

/**
 * Auto-PGD (Croce & Hein 2020, Algorithm 1): momentum, a step of 2 ε that is halved for each sample that makes no progress at a checkpoint, and
 * a return to its best point when it is. In l1 steps are sparse (see `sparse`). Unlike the authors' code it starts at x, unless `randomStart` is true.
 */
export const apgd = defineAttack<Omit<AllOptions, "stepSize" | "targets">, ApgdState>({
  ...apgdPath,
  summary: "projected gradient ascent with momentum; the step is halved when there is no progress",
  defaults: { steps: 100, randomStart: false, restarts: 1, loss: undefined },
});
