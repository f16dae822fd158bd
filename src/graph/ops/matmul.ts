import { SignflipError } from "../../util/errors.ts";
import type { Dim, Value } from "../ir.ts";
import { broadcastShapes } from "../shape.ts";
import { sharedElement } from "./elementwise.ts";
import { rankOf } from "./like.ts";
import { type GraphBuilder, defineOp } from "./rule.ts";

/**
 * Y = A·B on the last two axes, all before them broadcast; a vector is a row on the left and a column on the right.
 * dA = dY·Bᵀ, dB = Aᵀ·dY.
 */
export const MatMul = defineOp({
  operands: ["a", "b"],
  infer: ({ op, types: [a, b] }) => {
    const [A, B] = [a.shape, b.shape];
    const element = sharedElement(op, [a, b]);
    if (!A || !B) return [{ element, shape: undefined }];
    const inner: [Dim | undefined, Dim | undefined] = [A.at(-1), B.at(B.length === 1 ? 0 : -2)];
    const differ = inner[0] !== inner[1] && typeof inner[0] === "number" && typeof inner[1] === "number";
    if (differ || A.length === 0 || B.length === 0)
      throw new SignflipError("SF_GRAPH", `MatMul: shapes [${A.join(", ")}] and [${B.join(", ")}] cannot be multiplied`);
    const batch = broadcastShapes(op, A.slice(0, -2), B.slice(0, -2))!;
    return [{ element, shape: [...batch, ...A.slice(-2, -1), ...(B.length > 1 ? B.slice(-1) : [])] }];
  },
  vjp: (g, { inputs: [A, B], dy, wanted }) => {
    const [a, b] = [rankOf("MatMul", A), rankOf("MatMul", B)];
    if (a === 2 && b === 2) return [wanted[0] ? g.gemm(dy, B, { transB: true }) : undefined, wanted[1] ? g.gemm(A, dy, { transA: true }) : undefined];
    const row = a === 1 ? g.unsqueeze(A, [0]) : A;
    const column = b === 1 ? g.unsqueeze(B, [1]) : B;
    const dyRows = b === 1 ? g.unsqueeze(dy, [-1]) : dy;
    const dY = a === 1 ? g.unsqueeze(dyRows, [-2]) : dyRows;
    const dA = wanted[0] ? g.matMul(dY, swap(g, column)) : undefined;
    // A weight under a batch of inputs: one product over all rows, rather than one a batch and a sum.
    const dB = !wanted[1] ? undefined : b === 2 && a > 2 ? g.gemm(g.flatten(A, -1), g.flatten(dY, -1), { transA: true }) : g.matMul(swap(g, row), dY);
    return [dA && a === 1 ? g.squeeze(dA, [-2]) : dA, dB && b === 1 ? g.squeeze(dB, [-1]) : dB];
  },
  broadcasts: true,
});

function swap(g: GraphBuilder, x: Value): Value {
  const axes = Array.from({ length: rankOf("MatMul", x) }, (_, axis) => axis);
  return g.transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
}
