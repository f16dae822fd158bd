import { type GraphBuilder, buildGraph } from "../graph/builder.ts";
import { vectorJacobian } from "../graph/gradient.ts";
import { type Model, type Value } from "../graph/ir.ts";
import { type TwoLayerValues, forward, parameterInputs } from "../model/two-layer/two-layer.ts";
import type { FloatType } from "../tensor/tensor.ts";
import { logisticLoss } from "./loss.ts";
import { descend } from "./step.ts";

export interface EpochGraphOptions {
  readonly d: number;
  readonly m: number;
  readonly bias: boolean;
  /** Training points. */
  readonly n: number;
  readonly batch: number;
  readonly lr: number;
  /** `step`: end before the step that would leave the ball. `epoch`: take no notice of it. `project`: bring every iterate back into it. */
  readonly exit: "step" | "epoch" | "project";
  readonly element?: FloatType;
  /** Look at the exact deviation at every step instead of when the bound asks for it. Same result, slower: for tests. */
  readonly exactAlways?: boolean;
}

/**
 * One epoch of minibatch SGD on the logistic loss log(1 + exp(−y f)) as one graph: a `Loop` over the batches that
 * carries the weights.
 *
 * With `exit: "step"` the loop ends itself before the step that would leave the lazy ball. A step moves row s by
 * lr·‖∇_s‖ ≤ (lr/√m) · mean_i σ(−y_i f_i)‖(x_i, 1)‖, which costs next to nothing: these bounds are added up from the
 * last known deviation, and only when the sum passes the radius is the exact deviation after the step computed
 * (in an `If`, so that all other steps do not pay for it). The gradient is then scaled by 0 or 1, which leaves the
 * weights bitwise as they were on the step that is refused.
 *
 * Inputs: X `[n, d]`, y `[n, 1]`, the parameters, W0 and b0, deviation_before, the ball's radius; start, the first batch to take,
 * and loss_before, the sum so far (to go on after a refused step with a larger radius). Outputs: W_after, b_after,
 * deviation (exact), left (1 if a step was refused), loss (sum over the points seen), correct, seen, steps, checks
 * (how often the exact deviation was computed), reach (the last bound; not finite where training diverged).
 */
export function epochGraph(options: EpochGraphOptions): Model {
  const { d, m, bias, n, batch, lr, exit, element = "float32", exactAlways = false } = options;
  return buildGraph("sgd-epoch", (g) => {
    const X = g.input("X", { element, shape: [n, d] });
    const y = g.input("y", { element, shape: [n, 1] });
    const { W: W0, b: b0, a, a0 } = parameterInputs(g, { d, m, bias }, element);
    const centre = g.input("W0", { element, shape: [m, d] });
    const centreBias = bias ? g.input("b0", { element, shape: [m] }) : undefined;
    const before = g.input("deviation_before", { element, shape: [] });
    const lossBefore = g.input("loss_before", { element, shape: [] });
    const radius = g.input("radius", { element, shape: [] });
    const start = g.input("start", { element: "int64", shape: [] });
    const zero = g.scalar(0, element);
    const one = g.scalar(1, element);

    /** Each row back to the ball's surface where it is outside: w_0 + (w − w_0)·min(1, V/‖w − w_0‖). */
    const projected = (b: GraphBuilder, W: Value, bias: Value | undefined): [Value, Value | undefined] => {
      const D = b.sub(W, centre);
      const Dbias = bias && b.sub(bias, centreBias!);
      const squares = b.reduceSumSquare(D, [1], false);
      const norm = b.sqrt(Dbias ? b.add(squares, b.mul(Dbias, Dbias)) : squares);
      const shrink = b.min(b.div(radius, b.max(norm, 1e-30)), 1);
      return [b.add(centre, b.mul(D, b.unsqueeze(shrink, [1]))), Dbias && b.add(centreBias!, b.mul(Dbias, shrink))];
    };

    const moved = (b: GraphBuilder, D: Value, Dbias: Value | undefined): Value => {
      const squares = b.reduceSumSquare(D, [1], false);
      return b.sqrt(b.reduceMax(Dbias ? b.add(squares, b.mul(Dbias, Dbias)) : squares, undefined, false));
    };

    const trained = g.loop(g.sub(Math.ceil(n / batch), start), [W0, ...(b0 ? [b0] : []), before, one, lossBefore, zero, zero, zero, zero], (b, state, t) => {
      const W = state[0];
      const bias = b0 && state[1];
      const [bound, , loss, correct, seen, steps, checks] = state.slice(b0 ? 2 : 1) as [Value, Value, Value, Value, Value, Value, Value];
      const index = b.add(t, start);
      const x = b.rows(X, index, batch);
      const label = b.rows(y, index, batch);
      const weights: TwoLayerValues = { W, b: bias, a, a0 };
      const { f } = forward(b, x, weights, m);
      const margin = b.mul(label, f);
      const losses = logisticLoss(b, margin);
      const mean = b.reduceMean(losses, undefined, false);
      const trainable: readonly [Value, ...Value[]] = bias ? [W, bias] : [W];
      const rows = b.count(margin, element);

      let gate: Value = one;
      let reach: Value = bound;
      let checked: Value = checks;
      if (exit === "step") {
        const norms = b.sqrt(b.add(b.reduceSumSquare(x, [1]), bias ? 1 : 0));
        const stride = b.mul(b.reduceMean(b.mul(b.sigmoid(b.neg(margin)), norms), undefined, false), (1.00001 * lr) / Math.sqrt(m));
        const possible = b.add(bound, stride);
        const inside = exactAlways ? b.less(one, zero) : b.lessOrEqual(possible, radius);
        [gate, reach, checked] = b.if(
          inside,
          () => [one, possible, checks],
          (e) => {
            const [dW, db] = vectorJacobian(e, [mean], [one], trainable);
            const D = descend(e, e.sub(W, centre), dW, lr);
            const exact = moved(e, D, bias && db && e.sub(e.sub(bias, centreBias!), e.mul(db, lr)));
            return [e.cast(e.lessOrEqual(exact, radius), element), exact, e.add(checks, 1)];
          },
        );
      }
      const [dW, db] = vectorJacobian(b, [mean], [gate], trainable);
      let next = descend(b, W, dW, lr);
      let nextBias = bias && db && b.sub(bias, b.mul(db, lr));
      if (exit === "project") [next, nextBias] = projected(b, next, nextBias);
      const finite = b.less(b.add(b.abs(mean), b.abs(reach)), Infinity);
      return {
        state: [
          next,
          ...(nextBias ? [nextBias] : []),
          reach,
          gate,
          b.add(loss, b.mul(gate, b.mul(mean, rows))),
          b.add(correct, b.mul(gate, b.reduceSum(b.cast(b.greater(margin, 0), element), undefined, false))),
          b.add(seen, b.mul(gate, rows)),
          b.add(steps, gate),
          checked,
        ],
        while: b.and(b.greater(gate, 0), finite),
      };
    });
    const W = trained.state[0];
    const b = b0 && trained.state[1];
    const [reach, gate, loss, correct, seen, steps, checks] = trained.state.slice(b0 ? 2 : 1) as [Value, Value, Value, Value, Value, Value, Value];
    return {
      W_after: W,
      ...(b ? { b_after: b } : {}),
      deviation: moved(g, g.sub(W, centre), b && g.sub(b, centreBias!)),
      left: g.sub(one, gate),
      reach,
      loss,
      correct,
      seen,
      steps,
      checks,
    };
  });
}
