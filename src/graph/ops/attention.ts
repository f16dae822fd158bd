import { SignflipError } from "../../util/errors.ts";
import { floatOf, intOf } from "../attributes.ts";
import { type Attributes, type Dim, type Value, freshDim } from "../ir.ts";
import { composed } from "./composed.ts";
import { rankOf } from "./like.ts";
import { type GraphBuilder, defineOp } from "./rule.ts";

/** A size that the gradient has to know. */
function fixedSize(op: string, size: Dim | undefined, what: string): number {
  if (typeof size === "number") return size;
  throw new SignflipError("SF_GRADIENT", `no gradient through ${op}: ${what} is not known; give the graph's inputs fixed sizes (the batch may stay free)`);
}

/** [batch, steps, heads·size] as [batch, heads, steps, size]; what has four axes is so already. */
function inHeads(g: GraphBuilder, x: Value, heads: number): Value {
  if (rankOf("Attention", x) === 4) return x;
  const size = fixedSize("Attention", x.type.shape![2], "the size of a head") / heads;
  return g.transpose(g.reshape(x, [0, 0, heads, size]), [0, 2, 1, 3]);
}

/** Each of a few heads repeated for the several that share it. */
function shared(g: GraphBuilder, x: Value, times: number): Value {
  if (times === 1) return x;
  const [, heads, , size] = x.type.shape!;
  const repeated = g.expand(g.unsqueeze(x, [2]), [1, 1, times, 1, 1]);
  return g.reshape(repeated, [0, fixedSize("Attention", heads, "the number of heads") * times, -1, fixedSize("Attention", size, "the size of a head")]);
}

/** [0, 1, …] as many as an axis of a value is long. */
const counted = (g: GraphBuilder, x: Value, axis: number) => {
  const size = g.squeeze(g.slice(g.shape(x), [axis], [axis + 1], [0]), [0]);
  return g.op("Range", [g.int(0), size, g.int(1)])[0];
};

/** What no score reaches: the lowest number, which a softmax makes 0. */
const never = -3.4028234663852886e38;

const headsOf = (attributes: Attributes, name: string, x: Value) => intOf(attributes, name) ?? fixedSize("Attention", x.type.shape?.[1], "the number of heads");

/**
 * y = softmax(s·Q·Kᵀ + mask)·V for each head; with `softcap` c, a score a becomes c·tanh(a/c) before the mask.
 * The gradient is that of these products.
 */
export const Attention = defineOp({
  operands: ["Q", "K", "V", "mask?", "pastK?", "pastV?", "lengths?"],
  infer: ({ types: [q, k, v, , pastK, pastV], attributes }) => {
    const element = q.element;
    const heads = (x: readonly Dim[], name: string) => (x.length === 4 ? x[1]! : (intOf(attributes, name) ?? freshDim()));
    const divided = (dim: Dim, by: Dim): Dim => (typeof dim === "number" && typeof by === "number" ? dim / by : freshDim());
    if (!q.shape || !k.shape || !v.shape) return [0, 1, 2, 3].map(() => ({ element, shape: undefined }));
    const [qh, kh] = [heads(q.shape, "q_num_heads"), heads(k.shape, "kv_num_heads")];
    const size = (x: readonly Dim[], of: Dim) => (x.length === 4 ? x[3]! : divided(x[2]!, of));
    const steps = (x: readonly Dim[]) => x.at(-2 + (x.length === 3 ? 0 : 0))!;
    const plus = (a: Dim | undefined, b: Dim): Dim => (a === undefined || a === 0 ? b : typeof a === "number" && typeof b === "number" ? a + b : freshDim());
    const total = (x: readonly Dim[], past: readonly Dim[] | undefined) => plus(past?.[2], steps(x));
    const batch = q.shape[0]!;
    const y =
      q.shape.length === 4
        ? [batch, qh, steps(q.shape), size(v.shape, kh)]
        : [batch, steps(q.shape), typeof qh === "number" && typeof size(v.shape, kh) === "number" ? qh * (size(v.shape, kh) as number) : freshDim()];
    return [
      { element, shape: y },
      { element, shape: [batch, kh, total(k.shape, pastK?.shape), size(k.shape, kh)] },
      { element, shape: [batch, kh, total(v.shape, pastV?.shape), size(v.shape, kh)] },
      { element, shape: [batch, qh, steps(q.shape), total(k.shape, pastK?.shape)] },
    ];
  },
  vjp: composed((g, { inputs: [q, k, v, mask, pastK, pastV, lengths], attributes }) => {
    for (const side of ["left_window_size", "right_window_size"])
      if (intOf(attributes, side, -1) >= 0) throw new SignflipError("SF_GRADIENT", `no gradient through Attention with ${side}`);
    const [qHeads, kvHeads] = [headsOf(attributes, "q_num_heads", q), headsOf(attributes, "kv_num_heads", k)];
    const Q = inHeads(g, q, qHeads);
    const joined = (now: Value, past: Value | undefined) => (past ? g.concat([past, inHeads(g, now, kvHeads)], 2) : inHeads(g, now, kvHeads));
    const [K, V] = [joined(k, pastK), joined(v, pastV)];
    const scale = floatOf(attributes, "scale") ?? 1 / Math.sqrt(fixedSize("Attention", Q.type.shape?.[3], "the size of a head"));
    const [allK, allV] = [K, V].map((x) => shared(g, x, qHeads / kvHeads)) as [Value, Value];
    const raw = g.matMul(g.mul(Q, scale), g.transpose(allK, [0, 1, 3, 2]));
    const cap = floatOf(attributes, "softcap", 0);
    const capped = cap === 0 ? raw : g.mul(g.tanh(g.div(raw, cap)), cap);
    let scores = capped;
    if (mask) scores = mask.type.element === "bool" ? g.where(mask, scores, never) : g.add(scores, mask);
    const keys = () => counted(g, K, 2);
    if (intOf(attributes, "is_causal", 0) !== 0) {
      const past = pastK ? g.slice(g.shape(pastK), [2], [3], [0]) : g.ints([0]);
      scores = g.where(g.lessOrEqual(g.unsqueeze(keys(), [0]), g.unsqueeze(g.add(counted(g, Q, 2), past), [1])), scores, never);
    }
    if (lengths) scores = g.where(g.less(g.reshape(keys(), [1, 1, 1, -1]), g.reshape(lengths, [-1, 1, 1, 1])), scores, never);
    const weights = g.softmax(scores);
    const y = g.matMul(weights, allV);
    const flat = rankOf("Attention", q) === 4 ? y : g.reshape(g.transpose(y, [0, 2, 1, 3]), [0, 0, -1]);
    return [flat, K, V, [raw, capped, scores, weights][intOf(attributes, "qk_matmul_output_mode", 0)]];
  }),
});

/** Pairs of elements turned by the angles of their place: (a, b) becomes (a·cos − b·sin, a·sin + b·cos).  The gradient is that of these products. */
export const RotaryEmbedding = defineOp({
  operands: ["x", "cos", "sin", "positions?"],
  infer: ({ types: [x] }) => [x],
  vjp: composed((g, { inputs: [x, cos, sin, positions], attributes }) => {
    const op = "RotaryEmbedding";
    const rank = rankOf(op, x);
    const heads = rank === 4 ? fixedSize(op, x.type.shape![1], "the number of heads") : intOf(attributes, "num_heads", 0);
    const size = rank === 4 ? fixedSize(op, x.type.shape![3], "the size of a head") : fixedSize(op, x.type.shape![2], "the size of a head") / heads;
    const bySteps = rank === 4 ? g.transpose(x, [0, 2, 1, 3]) : g.reshape(x, [0, 0, heads, size]);
    const turned = intOf(attributes, "rotary_embedding_dim", 0) || size;
    const half = turned / 2;
    const [c, s] = [cos, sin].map((table) => g.unsqueeze(positions ? g.gather(table, positions) : table, [2])) as [Value, Value];
    const interleaved = intOf(attributes, "interleaved", 0) !== 0;
    const step = interleaved ? 2 : 1;
    const [a, b] = [0, 1].map((i) => {
      const from = interleaved ? i : i * half;
      return g.slice(bySteps, [from], [interleaved ? turned : from + half], [3], [step]);
    }) as [Value, Value];
    const pair = [g.sub(g.mul(a, c), g.mul(b, s)), g.add(g.mul(a, s), g.mul(b, c))];
    const rotated = interleaved
      ? g.reshape(
          g.concat(
            pair.map((value) => g.unsqueeze(value, [4])),
            4,
          ),
          [0, 0, heads, turned],
        )
      : g.concat(pair, 3);
    const all = turned === size ? rotated : g.concat([rotated, g.slice(bySteps, [turned], [size], [3])], 3);
    return [rank === 4 ? g.transpose(all, [0, 2, 1, 3]) : g.reshape(all, [0, 0, heads * size])];
  }),
});
