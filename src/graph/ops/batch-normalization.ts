import { floatOf, intOf } from "../attributes.ts";
import type { Value } from "../ir.ts";
import { composed } from "./composed.ts";
import { rankOf } from "./like.ts";
import { type GraphBuilder, defineOp } from "./rule.ts";

/** A vector of one number per channel, against all axes of x. */
const perChannel = (g: GraphBuilder, v: Value, rank: number): Value =>
  rank > 2
    ? g.unsqueeze(
        v,
        Array.from({ length: rank - 2 }, (_, i) => i + 1),
      )
    : v;

/** With the mean and variance of x itself, as in training: the gradient is that of its parts. The running statistics have none. */
const training = composed<readonly [Value, Value, Value, Value, Value]>((g, { inputs: [x, scale, bias], attributes }) => {
  const rank = rankOf("BatchNormalization", x);
  const axes = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1);
  const centered = g.sub(x, g.reduceMean(x, axes));
  const deviation = g.sqrt(g.add(g.reduceMean(g.mul(centered, centered), axes), floatOf(attributes, "epsilon", 1e-5)));
  return [g.add(g.mul(g.div(centered, deviation), perChannel(g, scale, rank)), perChannel(g, bias, rank))];
});

/**
 * y = (x − mean)/σ·scale + bias per channel, σ = √(variance + ε), with the mean and variance of the training data, or of x in training mode.
 * dx = dy·scale/σ; dscale = Σ dy·(x − mean)/σ; dbias = Σ dy; dmean = −dbias·scale/σ; dvariance = −½·dscale·scale/σ².
 */
export const BatchNormalization = defineOp({
  operands: ["x", "scale", "bias", "mean", "variance"],
  infer: ({ types: [x, , , mean, variance], outputs }) => [x, mean, variance].slice(0, outputs),
  vjp: (g, context) => {
    const { attributes } = context;
    if (intOf(attributes, "training_mode", 0) === 1) return training(g, context);
    const {
      inputs: [x, scale, , mean, variance],
      dy,
      wanted,
    } = context;
    const rank = rankOf("BatchNormalization", x);
    const axes = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1);
    const sigma = g.sqrt(g.add(variance, floatOf(attributes, "epsilon", 1e-5)));
    const slope = g.div(scale, sigma);
    const dbias = g.reduceSum(dy, axes, false);
    const dscale = g.div(g.reduceSum(g.mul(dy, g.sub(x, perChannel(g, mean, rank))), axes, false), sigma);
    return [
      wanted[0] ? g.mul(dy, perChannel(g, slope, rank)) : undefined,
      dscale,
      dbias,
      wanted[3] ? g.neg(g.mul(dbias, slope)) : undefined,
      wanted[4] ? g.mul(g.mul(g.div(dscale, sigma), slope), -0.5) : undefined,
    ];
  },
});
