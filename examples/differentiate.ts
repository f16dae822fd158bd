/**
 * Any ONNX graph can be differentiated: the gradient becomes more nodes of the same graph, and one run computes both.
 *
 *   node --import tsx examples/differentiate.ts
 */
import { buildGraph, dataOf, encodeModel, f32, gradient, numberOf, Session, tensorOf } from "../src/platform/node/index.ts";

// loss = mean over the rows of log(1 + exp(−y · (x·w))), and its gradient with respect to w.
const model = buildGraph("logistic", (g) => {
  const x = g.input("x", f32(["n", 2]));
  const y = g.input("y", f32(["n", 1]));
  const w = g.input("w", f32([2, 1]));
  const loss = g.reduceMean(g.softplus(g.neg(g.mul(y, g.matMul(x, w)))));
  const [dw] = gradient(g, loss, [w]);
  return { loss, dw };
});

const session = await Session.create(model);
const outputs = await session.run({
  x: tensorOf("float32", [3, 2], [1, 2, -1, 0.5, 0, -1]),
  y: tensorOf("float32", [3, 1], [1, -1, 1]),
  w: tensorOf("float32", [2, 1], [0.5, -0.25]),
});
console.log(`loss ${numberOf(outputs, "loss")}, gradient [${dataOf(outputs, "dw", "float32").join(", ")}]`);
console.log(`the graph is ${encodeModel(model).length} bytes of ONNX that any runtime reads`);
