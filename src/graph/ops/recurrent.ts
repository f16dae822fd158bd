import { SignflipError } from "../../util/errors.ts";
import { floatOf, intOf, stringOf } from "../attributes.ts";
import { type Attributes, type Dim, type Value, freshDim } from "../ir.ts";
import { activationsOf } from "./recurrent-activations.ts";
import { type Composition, composed } from "./composed.ts";
import { type GraphBuilder, type InferContext, type Inferred, defineOp } from "./rule.ts";

type Inputs = readonly [Value, Value, Value, ...(Value | undefined)[]];

/** One direction's operands: its matrices transposed, and the affine part of all its steps, computed at once. */
interface Direction {
  readonly attributes: Attributes;
  readonly hidden: number;
  /** Rᵀ, [hidden, gates·hidden]. */
  readonly R: Value;
  /** The bias beside R, [gates·hidden], where it is not part of what drives. */
  readonly biasR: Value | undefined;
  /** Peepholes, [3·hidden]. */
  readonly peepholes: Value | undefined;
  readonly activations: readonly ((x: Value) => Value)[];
  readonly clip: (x: Value) => Value;
}

/** One step: the state before it and what drives it in, the state after it out; the first of the state is what others see. */
type Step = (g: GraphBuilder, direction: Direction, driven: Value, state: readonly Value[]) => readonly Value[];

const directionsOf = (attributes: Attributes): ("forward" | "reverse")[] => {
  const direction = stringOf(attributes, "direction", "forward");
  return direction === "bidirectional" ? ["forward", "reverse"] : direction === "reverse" ? ["reverse"] : ["forward"];
};

/** Y [steps, directions, batch, hidden], and the last state [directions, batch, hidden] once or twice. */
function infer({ types: [x, , r], attributes }: InferContext, states: number): Inferred[] {
  const { element } = x;
  // Batches first: ONNX Runtime's CPU refuses to run it.
  if (intOf(attributes, "layout", 0) !== 0) return Array.from({ length: states + 1 }, () => ({ element, shape: undefined }));
  const [steps = freshDim(), batch = freshDim()]: readonly (Dim | undefined)[] = x.shape ?? [];
  const hidden = intOf(attributes, "hidden_size") ?? r?.shape?.[2] ?? freshDim();
  const directions = directionsOf(attributes).length;
  return [[steps, directions, batch, hidden], ...Array.from({ length: states }, () => [directions, batch, hidden])].map((shape) => ({ element, shape }));
}

/** Part i of n along the last axis. */
const part = (g: GraphBuilder, x: Value, i: number, hidden: number, count = 1) => g.slice(x, [i * hidden], [(i + count) * hidden], [-1]);

/** All steps of all directions, written out. */
const written = (op: string, states: number, defaults: readonly string[], biasApart: boolean, step: Step): Composition<Inputs> => {
  return (g, { inputs: [x, W, R, B, lengths, ...more], attributes }) => {
    const steps = x.type.shape?.[0];
    const hidden = intOf(attributes, "hidden_size") ?? R.type.shape?.[2];
    if (typeof steps !== "number" || typeof hidden !== "number")
      throw new SignflipError(
        "SF_GRADIENT",
        `no gradient through ${op}: the length of its sequences is not fixed; give the graph's input a fixed one (the batch may stay free)`,
      );
    if (intOf(attributes, "layout", 0) !== 0)
      throw new SignflipError("SF_GRADIENT", `no gradient through ${op} with layout 1, which ONNX Runtime does not run`);
    const limit = floatOf(attributes, "clip");
    const named = activationsOf(g, op, attributes, defaults);
    const results = directionsOf(attributes).map((order, d) => {
      const one = (value: Value) => g.squeeze(g.slice(value, [d], [d + 1], [0]), [0]);
      const gates = (W.type.shape?.[1] ?? R.type.shape?.[1]) as number;
      const [biasW, biasR] = B ? [0, 1].map((i) => g.slice(one(B), [i * gates], [(i + 1) * gates], [0])) : [];
      const plain = g.matMul(x, g.transpose(one(W)));
      const direct = biasW && biasR ? (biasApart ? g.add(plain, biasW) : g.add(plain, g.add(biasW, biasR))) : plain;
      const direction: Direction = {
        attributes,
        hidden,
        R: g.transpose(one(R)),
        biasR: biasApart ? biasR : undefined,
        peepholes: more[states] && one(more[states]),
        activations: named.slice(d * defaults.length, (d + 1) * defaults.length),
        clip: (value) => (limit === undefined ? value : g.clip(value, -limit, limit)),
      };
      const batch = g.slice(g.shape(x), [1], [2], [0]);
      const zeros = () => g.expand(g.scalar(0, x.type.element), g.concat([batch, g.ints([hidden])], 0));
      let state: readonly Value[] = Array.from({ length: states }, (_, i) => (more[i] ? one(more[i]) : zeros()));
      const seen: Value[] = [];
      for (let i = 0; i < steps; i++) {
        const t = order === "forward" ? i : steps - 1 - i;
        const next = step(g, direction, g.gather(direct, g.int(t)), state);
        if (lengths) {
          const runs = g.unsqueeze(g.less(g.int(t), g.cast(lengths, "int64")), [1]);
          state = next.map((value, k) => g.where(runs, value, state[k]!));
          seen[t] = g.where(runs, next[0]!, 0);
        } else {
          state = next;
          seen[t] = next[0]!;
        }
      }
      return { seen, state };
    });
    const stack = (values: readonly Value[], axis: number) =>
      g.concat(
        values.map((value) => g.unsqueeze(value, [axis])),
        axis,
      );
    const sequence =
      steps === 0
        ? undefined
        : stack(
            Array.from({ length: steps }, (_, t) =>
              stack(
                results.map(({ seen }) => seen[t]!),
                0,
              ),
            ),
            0,
          );
    return [
      sequence,
      ...Array.from({ length: states }, (_, k) =>
        stack(
          results.map(({ state }) => state[k]!),
          0,
        ),
      ),
    ];
  };
};

/** h' = f(X·Wᵀ + h·Rᵀ + b), for each step of a sequence.  The gradient is that of the steps, written out where their number is fixed. */
export const RNN = defineOp({
  operands: ["x", "W", "R", "B?", "lengths?", "h?"],
  infer: (context) => infer(context, 1),
  vjp: composed(written("RNN", 1, ["Tanh"], false, (g, { R, activations: [f], clip }, driven, [h]) => [f!(clip(g.add(driven, g.matMul(h!, R))))])),
});

/**
 * z, r = f(X·Wᵀ + h·Rᵀ + b), n = g(X·Wₙᵀ + (r·h)·Rₙᵀ + bₙ), or r·(h·Rₙᵀ + bₙ) if `linear_before_reset`, h' = (1 − z)·n + z·h.
 * The gradient is that of the steps, written out where their number is fixed.
 */
export const GRU = defineOp({
  operands: ["x", "W", "R", "B?", "lengths?", "h?"],
  infer: (context) => infer(context, 1),
  vjp: composed(
    written("GRU", 1, ["Sigmoid", "Tanh"], true, (g, { attributes, R, biasR, hidden, activations: [f, n], clip }, driven, [h]) => {
      const withBias = (value: Value, i: number, count = 1) => (biasR ? g.add(value, part(g, biasR, i, hidden, count)) : value);
      const gates = f!(clip(g.add(part(g, driven, 0, hidden, 2), withBias(g.matMul(h!, part(g, R, 0, hidden, 2)), 0, 2))));
      const [z, r] = [part(g, gates, 0, hidden), part(g, gates, 1, hidden)];
      const Rn = part(g, R, 2, hidden);
      const linear = intOf(attributes, "linear_before_reset", 0) !== 0;
      const reset = linear ? g.mul(r, withBias(g.matMul(h!, Rn), 2)) : withBias(g.matMul(g.mul(r, h!), Rn), 2);
      const candidate = n!(clip(g.add(part(g, driven, 2, hidden), reset)));
      return [g.add(candidate, g.mul(z, g.sub(h!, candidate)))];
    }),
  ),
});

/**
 * i, o, f = f(X·Wᵀ + h·Rᵀ + p·c + b), c' = f·c + i·g(X·Wcᵀ + h·Rcᵀ + bc), h' = o·h(c'); o sees c'; f = 1 − i if `input_forget`.
 * The gradient is that of the steps, written out where their number is fixed.
 */
export const LSTM = defineOp({
  operands: ["x", "W", "R", "B?", "lengths?", "h?", "c?", "P?"],
  infer: (context) => infer(context, 2),
  vjp: composed(
    written("LSTM", 2, ["Sigmoid", "Tanh", "Tanh"], false, (g, { attributes, R, hidden, peepholes, activations: [f, cell, out], clip }, driven, [h, c]) => {
      const all = g.add(driven, g.matMul(h!, R));
      const gate = (i: number, peephole: number, sees: Value) => {
        const own = part(g, all, i, hidden);
        return f!(clip(peepholes ? g.add(own, g.mul(part(g, peepholes, peephole, hidden), sees)) : own));
      };
      const input = gate(0, 0, c!);
      const forget = intOf(attributes, "input_forget", 0) !== 0 ? g.sub(1, input) : gate(2, 2, c!);
      const next = g.add(g.mul(forget, c!), g.mul(input, cell!(clip(part(g, all, 3, hidden)))));
      return [g.mul(gate(1, 1, next), out!(next)), next];
    }),
  ),
});
