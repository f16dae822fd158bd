import { floatOf, intOf } from "../attributes.ts";
import type { Value } from "../ir.ts";
import { likeFirst } from "./elementwise.ts";
import { type GraphBuilder, defineOp } from "./rule.ts";
import { alongAxis, sizeAt } from "./window.ts";

/** The matrix `[channel, channel]` that is 1 where the second is in the window of the first: from i − ⌊(size − 1)/2⌋ to i + ⌈(size − 1)/2⌉. */
function neighbors(g: GraphBuilder, x: Value, size: number): Value {
  const channel = g.op("Range", [g.int(0), g.squeeze(sizeAt(g, x, 1), [0]), g.int(1)])[0];
  const ahead = g.sub(g.unsqueeze(channel, [0]), g.unsqueeze(channel, [1]));
  const inside = g.and(g.greaterOrEqual(ahead, -Math.floor((size - 1) / 2)), g.lessOrEqual(ahead, Math.ceil((size - 1) / 2)));
  return g.cast(inside, x.type.element);
}

/**
 * y = x·D^−β with D = bias + α/size·Σ x² over the channels around each.
 * dx = dy·D^−β − 2·αβ/size·x·Σ dy·x·D^(−β−1) over the channels in whose window it is.
 */
export const LRN = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy, attributes }) => {
    const size = intOf(attributes, "size", 1);
    const [alpha, beta, bias] = [floatOf(attributes, "alpha", 1e-4), floatOf(attributes, "beta", 0.75), floatOf(attributes, "bias", 1)];
    const window = neighbors(g, x, size);
    const sums = alongAxis(g, g.mul(x, x), 1, g.transpose(window, [1, 0]));
    const D = g.add(g.mul(sums, alpha / size), bias);
    const scaled = g.mul(dy, g.pow(D, -beta));
    const back = alongAxis(g, g.div(g.mul(scaled, x), D), 1, window);
    return [g.sub(scaled, g.mul(g.mul(x, back), (2 * alpha * beta) / size))];
  },
});
