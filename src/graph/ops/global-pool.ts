import { intOf } from "../attributes.ts";
import { type TensorType, type Value, int } from "../ir.ts";
import { rankOf, shapeOf } from "./like.ts";
import { perNorm, power } from "./pool.ts";
import { type InferContext, defineOp } from "./rule.ts";

/** All spatial axes of a value. */
const spatialAxes = (op: string, x: Value) => Array.from({ length: Math.max(0, rankOf(op, x) - 2) }, (_, i) => i + 2);
const whole = ({ types: [x] }: InferContext): TensorType[] => [{ element: x.element, shape: x.shape?.map((dim, axis) => (axis < 2 ? dim : 1)) }];

/** y = the mean over all spatial axes.  dx = dy/n, repeated. */
export const GlobalAveragePool = defineOp({
  operands: ["x"],
  infer: whole,
  vjp: (g, { inputs: [x], outputs: [y], dy }) => {
    const spatial = x.type.shape?.slice(2);
    const n = spatial?.every((dim) => typeof dim === "number")
      ? spatial.reduce<number>((product, dim) => product * (dim as number), 1)
      : g.div(g.count(x, x.type.element), g.count(y, x.type.element));
    return [g.expand(g.div(dy, n), shapeOf(g, x))];
  },
});

/** y = the largest element over all spatial axes.  dx = dy at the first that attains it, else 0. */
export const GlobalMaxPool = defineOp({
  operands: ["x"],
  infer: whole,
  vjp: (g, { inputs: [x], dy }) => {
    const axes = spatialAxes("GlobalMaxPool", x);
    const sizes = shapeOf(g, x);
    const length = g.op("ReduceProd", [g.slice(sizes, [2], [axes.length + 2], [0]), g.ints([0])])[0];
    const rows = g.op("Reshape", [x, g.concat([g.slice(sizes, [0], [2], [0]), length], 0)], { allowzero: int(1) })[0];
    const first = g.argMax(rows, 2);
    const at = g.equal(g.op("Range", [g.int(0), g.squeeze(length, [0]), g.int(1)])[0], first);
    return [g.where(g.op("Reshape", [at, sizes], { allowzero: int(1) })[0], dy, 0)];
  },
});

/** y = (Σ |x|^p)^(1/p) over all spatial axes.  dx = |x|^(p−1)·sign(x)·dy·y^(1−p). */
export const GlobalLpPool = defineOp({
  operands: ["x"],
  infer: whole,
  vjp: (g, { inputs: [x], outputs: [y], dy, attributes }) => {
    const p = intOf(attributes, "p", 2);
    return [g.mul(power(g, p, x), perNorm(g, p, y, dy))];
  },
});
