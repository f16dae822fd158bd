import { floatOf, intOf, intsOf } from "../attributes.ts";
import { type Value, elementOf } from "../ir.ts";
import { normalAxis } from "../shape.ts";
import { likeFirst } from "./elementwise.ts";
import { dimsOf, rankOf, reshapeLike } from "./like.ts";
import { type GraphBuilder, type InferContext, type Inferred, defineOp } from "./rule.ts";

const axesFrom = (first: number, rank: number) => Array.from({ length: rank - first }, (_, i) => first + i);

/** n = (x − mean)·r with r = 1/√(variance + ε), over axes; for `centered` = false, n = x·r with r = 1/√(mean of squares + ε). */
function normalized(g: GraphBuilder, x: Value, axes: readonly number[], epsilon: number, centered = true): { n: Value; r: Value } {
  const c = centered ? g.sub(x, g.reduceMean(x, axes)) : x;
  const r = g.reciprocal(g.sqrt(g.add(g.reduceMean(g.mul(c, c), axes), epsilon)));
  return { n: g.mul(c, r), r };
}

/** dx = r·(dn − mean of dn − n·mean of dn·n), without the middle term where x was not centered. */
function back(g: GraphBuilder, dn: Value, { n, r }: { n: Value; r: Value }, axes: readonly number[], centered = true): Value {
  const straight = centered ? g.sub(dn, g.reduceMean(dn, axes)) : dn;
  return g.mul(r, g.sub(straight, g.mul(n, g.reduceMean(g.mul(dn, n), axes))));
}

/** A number for each channel (axis 1), so that it broadcasts against a value of a rank. */
const perChannel = (g: GraphBuilder, scale: Value, rank: number) => g.unsqueeze(scale, axesFrom(1, rank - 1));

/** The sum over all axes but that of the channels. */
const channelSum = (g: GraphBuilder, dy: Value, rank: number) => g.reduceSum(dy, [0, ...axesFrom(2, rank)], false);

/** y = s·n + b, where n is x normalized over each channel's spatial axes.  dx as `back` says of dn = s·dy, ds = Σ dy·n, db = Σ dy. */
export const InstanceNormalization = defineOp({
  operands: ["x", "scale", "bias"],
  infer: likeFirst,
  vjp: (g, { inputs: [x, scale], dy, attributes, wanted }) => {
    const rank = rankOf("InstanceNormalization", x);
    const axes = axesFrom(2, rank);
    const norm = normalized(g, x, axes, floatOf(attributes, "epsilon", 1e-5));
    return [
      wanted[0] ? back(g, g.mul(dy, perChannel(g, scale, rank)), norm, axes) : undefined,
      wanted[1] ? channelSum(g, g.mul(dy, norm.n), rank) : undefined,
      wanted[2] ? channelSum(g, dy, rank) : undefined,
    ];
  },
});

/** y = s·n + b, where n is x normalized over groups of channels.  As InstanceNormalization, with the channels of a group taken as one. */
export const GroupNormalization = defineOp({
  operands: ["x", "scale", "bias"],
  infer: likeFirst,
  vjp: (g, { inputs: [x, scale], dy, attributes, wanted }) => {
    const rank = rankOf("GroupNormalization", x);
    const axes = axesFrom(2, rank + 1);
    const groups = g.ints([intOf(attributes, "num_groups", 1)]);
    const shape = g.concat([dimsOf(g, x, 0, 1), groups, g.div(dimsOf(g, x, 1, 2), groups), dimsOf(g, x, 2, rank)], 0);
    const norm = normalized(g, g.reshape(x, shape), axes, floatOf(attributes, "epsilon", 1e-5));
    return [
      wanted[0] ? reshapeLike(g, back(g, g.reshape(g.mul(dy, perChannel(g, scale, rank)), shape), norm, axes), x) : undefined,
      wanted[1] ? channelSum(g, g.mul(dy, reshapeLike(g, norm.n, x)), rank) : undefined,
      wanted[2] ? channelSum(g, dy, rank) : undefined,
    ];
  },
});

/** The type of x, and those of what was computed on the way: the axes normalized over at size 1, in the element type of `stash_type`. */
function stashed({ op, types: [x], attributes, outputs }: InferContext): Inferred[] {
  const axis = x.shape && normalAxis(op, intOf(attributes, "axis", -1), x.shape.length);
  const kept = { element: elementOf(intOf(attributes, "stash_type", 1)) ?? "float32", shape: x.shape?.map((dim, i) => (i < axis! ? dim : 1)) };
  return [{ element: x.element, shape: x.shape }, kept, kept].slice(0, outputs);
}

/**
 * y = s·n + b, where n is x normalized over the last axes, and the mean and r.  dx as `back` says of dn = s·dy, plus d(mean)/N − dr·r²·n/N for
 * the N elements of a mean; ds = Σ dy·n, db = Σ dy.
 */
export const LayerNormalization = defineOp({
  operands: ["x", "scale", "bias?"],
  infer: stashed,
  vjp: (g, { inputs: [x, scale, bias], dy, dys: [, dMean, dR], attributes, wanted }) => {
    const rank = rankOf("LayerNormalization", x);
    const axes = axesFrom(normalAxis("LayerNormalization", intOf(attributes, "axis", -1), rank), rank);
    const norm = normalized(g, x, axes, floatOf(attributes, "epsilon", 1e-5));
    const { n, r } = norm;
    const share = (d: Value) => g.div(g.cast(d, x.type.element), g.div(g.count(x, x.type.element), g.count(r, x.type.element)));
    const viaMean = dMean ? g.add(back(g, g.mul(dy, scale), norm, axes), share(dMean)) : back(g, g.mul(dy, scale), norm, axes);
    const dx = dR ? g.sub(viaMean, g.mul(g.mul(share(dR), g.mul(r, r)), n)) : viaMean;
    return [wanted[0] ? dx : undefined, wanted[1] ? g.mul(dy, n) : undefined, bias && wanted[2] ? dy : undefined];
  },
  broadcasts: true,
});

/** y = s·n, where n is x divided by the root of its mean square over the last axes.  dx = r·(dn − n·mean of dn·n) of dn = s·dy, ds = Σ dy·n. */
export const RMSNormalization = defineOp({
  operands: ["x", "scale"],
  infer: likeFirst,
  vjp: (g, { inputs: [x, scale], dy, attributes, wanted }) => {
    const rank = rankOf("RMSNormalization", x);
    const axes = axesFrom(normalAxis("RMSNormalization", intOf(attributes, "axis", -1), rank), rank);
    const norm = normalized(g, x, axes, floatOf(attributes, "epsilon", 1e-5), false);
    return [wanted[0] ? back(g, g.mul(dy, scale), norm, axes, false) : undefined, wanted[1] ? g.mul(dy, norm.n) : undefined];
  },
  broadcasts: true,
});

/** y = c/(s + 10⁻⁹), c = x − mean, s = the standard deviation over axes.  dx = (dy − mean of dy − (c/s)·mean of dy·y)/(s + 10⁻⁹), c/s = 0 where s = 0. */
export const MeanVarianceNormalization = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], outputs: [y], dy, attributes }) => {
    const axes = intsOf(attributes, "axes", [0, 2, 3]);
    const c = g.sub(x, g.reduceMean(x, axes));
    const s = g.sqrt(g.reduceMean(g.mul(c, c), axes));
    const direction = g.div(c, g.where(g.equal(s, 0), 1, s));
    const straight = g.sub(g.sub(dy, g.reduceMean(dy, axes)), g.mul(direction, g.reduceMean(g.mul(dy, y), axes)));
    return [g.div(straight, g.add(s, 1e-9))];
  },
});

/** y = x/‖x‖ along an axis, ℓ1 or ℓ2.  dx = (dy − u·Σ dy·y)/‖x‖, u = y for ℓ2 and sign(x) for ℓ1, and 0 where ‖x‖ = 0. */
export const LpNormalization = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], outputs: [y], dy, attributes }) => {
    const axes = [intOf(attributes, "axis", -1)];
    const one = intOf(attributes, "p", 2) === 1;
    const norm = one ? g.reduceL1(x, axes) : g.reduceL2(x, axes);
    const zero = g.equal(norm, 0);
    const across = g.sub(dy, g.mul(one ? g.sign(x) : y, g.reduceSum(g.mul(dy, y), axes)));
    return [g.where(zero, 0, g.div(across, g.where(zero, 1, norm)))];
  },
});
