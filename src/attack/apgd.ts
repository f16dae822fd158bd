import type { Value } from "../graph/ir.ts";
import { tensorOf } from "../tensor/tensor.ts";
import { betterOf } from "./best.ts";
import { type AllOptions, defineAttack } from "./rule.ts";

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

/** What an iteration hands to the next: perturbations `[n, d]`, all else `[n, 1]`. */
interface State {
  readonly delta: Value;
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
  /** The point of lowest margin, where that may be another than the best. */
  readonly margin?: Value;
  readonly lowest?: Value;
}

/**
 * Auto-PGD (Croce & Hein 2020, Algorithm 1): momentum, a step of 2 ε that is halved for each sample that makes no progress at a checkpoint, and
 * a return to its best point when it is. Unlike the authors' code it starts at x, unless `randomStart` is true.
 */
export const apgd = defineAttack<Omit<AllOptions, "stepSize">>({
  summary: "projected gradient ascent with momentum; the step is halved when there is no progress",
  norms: ["l2", "linf"],
  defaults: { steps: 100, randomStart: false, restarts: 1, loss: undefined },
  passes: ({ steps }) => ({ forward: steps + 1, backward: steps }),
  perturb(g, { ball, look, start, eps, sameOrder }, { steps }) {
    const windows = g.constant(tensorOf("float32", [steps], windowsOf(steps)));

    const nothing = g.mul(eps, 0);
    const one = g.add(nothing, 1);
    const lowest = g.add(nothing, -Infinity);
    const begin: State = {
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
    const names = Object.keys(begin) as (keyof State)[];
    const named = (values: readonly Value[]): State => ({ ...begin, ...Object.fromEntries(names.map((name, i) => [name, values[i]])) });

    const path = g.loop(steps, Object.values(begin), (b, carried, t) => {
      const was = named(carried);
      const here = look(b, was.delta);
      const ascent = ball.step(b, here.gradient(), one);
      const better = b.greater(here.objective, was.topValue);
      const top = b.where(better, was.delta, was.top);
      const topAscent = b.where(better, ascent, was.topAscent);
      const topValue = b.where(better, here.objective, was.topValue);
      const rises = b.add(was.rises, b.cast(b.greater(here.objective, was.value), "float32"));

      const [window] = b.op("Gather", [windows, t]);
      const mark = b.greaterOrEqual(window, 0);
      const tooFew = b.less(rises, b.mul(window, rho));
      const stuck = b.and(b.less(was.halvedAtMark, 1), b.lessOrEqual(topValue, was.topAtMark));
      const halve = b.and(mark, b.or(tooFew, stuck));
      const step = b.where(halve, b.mul(was.step, 0.5), was.step);
      const from = b.where(halve, top, was.delta);
      const direction = b.where(halve, topAscent, ascent);

      const share = b.where(b.equal(t, 0), 1, b.scalar(momentum, "float32"));
      const plain = ball.project(b, b.add(from, b.mul(direction, step)));
      const moved = b.add(b.mul(b.sub(plain, from), share), b.mul(b.sub(from, was.before), b.sub(1, share)));
      const best = was.margin && was.lowest && betterOf(b, { margin: was.margin, delta: was.lowest }, here.margin, was.delta);
      const next: State = {
        delta: ball.project(b, b.add(from, moved)),
        before: from,
        top,
        topAscent,
        topValue,
        topAtMark: b.where(mark, topValue, was.topAtMark),
        step,
        value: here.objective,
        rises: b.where(mark, 0, rises),
        halvedAtMark: b.where(mark, b.cast(halve, "float32"), was.halvedAtMark),
        ...(best ? { margin: best.margin, lowest: best.delta } : {}),
      };
      return { state: names.map((name) => next[name]!) };
    });
    const end = named(path.state);
    const last = look(g, end.delta);
    if (end.margin && end.lowest) return betterOf(g, { margin: end.margin, delta: end.lowest }, last.margin, end.delta).delta;
    return g.where(g.greater(last.objective, end.topValue), end.delta, end.top);
  },
});
