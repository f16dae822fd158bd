import { SignflipError } from "../../util/errors.ts";
import { floatOf, intOf } from "../attributes.ts";
import { sharedElement } from "./elementwise.ts";
import { defineOp } from "./rule.ts";

/**
 * Y = α·A'·B' + β·C, where A' is A or its transpose.  With P = α·dY:
 * dA' = P·B'ᵀ, dB' = A'ᵀ·P, each transposed back where the operand was; dC = β·dY, summed to C's shape.
 */
export const Gemm = defineOp({
  operands: ["a", "b", "c?"],
  infer: ({ op, types: [a, b], attributes }) => {
    const transA = intOf(attributes, "transA", 0);
    const transB = intOf(attributes, "transB", 0);
    const [A, B] = [a.shape, b.shape];
    if ((A && A.length !== 2) || (B && B.length !== 2))
      throw new SignflipError("SF_GRAPH", `Gemm: expected two matrices, got shapes [${A?.join(", ")}] and [${B?.join(", ")}]`);
    const inner = [A?.[transA ? 0 : 1], B?.[transB ? 1 : 0]];
    if (typeof inner[0] === "number" && typeof inner[1] === "number" && inner[0] !== inner[1])
      throw new SignflipError("SF_GRAPH", `Gemm: inner dimensions ${inner[0]} and ${inner[1]} differ`);
    return [{ element: sharedElement(op, [a, b]), shape: A && B && [A[transA ? 1 : 0]!, B[transB ? 0 : 1]!] }];
  },
  vjp: (g, { inputs: [A, B, C], dy, attributes, wanted }) => {
    const transA = intOf(attributes, "transA", 0) === 1;
    const transB = intOf(attributes, "transB", 0) === 1;
    const alpha = floatOf(attributes, "alpha", 1);
    const beta = floatOf(attributes, "beta", 1);
    return [
      wanted[0] ? (transA ? g.gemm(B, dy, { transA: transB, transB: true, alpha }) : g.gemm(dy, B, { transB: !transB, alpha })) : undefined,
      wanted[1] ? (transB ? g.gemm(dy, A, { transA: true, transB: transA, alpha }) : g.gemm(A, dy, { transA: !transA, alpha })) : undefined,
      C && wanted[2] ? (beta === 1 ? dy : g.mul(dy, beta)) : undefined,
    ];
  },
  broadcasts: true,
});
