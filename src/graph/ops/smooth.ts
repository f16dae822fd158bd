import { floatOf } from "../attributes.ts";
import { likeFirst } from "./elementwise.ts";
import { defineOp } from "./rule.ts";

/** y = x·tanh(log(1 + exp(x))).  dx = dy·(t + x·(1 − t²)·σ(x)), t = tanh(log(1 + exp(x))). */
export const Mish = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => {
    const t = g.tanh(g.softplus(x));
    return [g.mul(dy, g.add(t, g.mul(x, g.mul(g.sub(1, g.mul(t, t)), g.sigmoid(x)))))];
  },
});

/** y = x·σ(α·x).  dx = dy·(s + α·y·(1 − s)), s = σ(α·x). */
export const Swish = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], outputs: [y], dy, attributes }) => {
    const alpha = floatOf(attributes, "alpha", 1);
    const s = g.sigmoid(g.mul(x, alpha));
    return [g.mul(dy, g.add(s, g.mul(g.mul(y, alpha), g.sub(1, s))))];
  },
});

/** y = x/(1 + |x|).  dx = dy/(1 + |x|)². */
export const Softsign = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => {
    const d = g.add(g.abs(x), 1);
    return [g.div(dy, g.mul(d, d))];
  },
});
