import { type Dim, string } from "../../../src/graph/ir.ts";
import { type Cases, example } from "./case.ts";

const einsum = (equation: string, ...shapes: Dim[][]) =>
  example(equation, Object.fromEntries(shapes.map((shape, k) => [`x${k}`, shape])), (g, xs) =>
    g.op("Einsum", Object.values(xs), { equation: string(equation) }),
  );

export const productCases = {
  Einsum: [
    einsum("ij,jk->ik", ["n", 3], [3, 2]),
    einsum("b i j , b j k", [2, 2, 3], [2, 3, 1]),
    einsum("i,i->", [3], [3]),
    einsum("ij->i", ["n", 3]),
    einsum("ba", [2, 3]),
    einsum("ij->ji", [2, 3]),
    einsum("...ij,...jk->...ik", [2, 1, 2, 3], [2, 3, 3, 2]),
    einsum("i...,...i", [2, 3], [3, 2]),
    einsum("bi,ij,bj->b", [2, 3], [3, 2], [2, 2]),
    einsum("i,j,k,l->il", [2], [3], [2], [2]),
    einsum("ii->i", [3, 3]),
    einsum("...ii->...i", [2, 3, 3]),
    einsum("ii->", [3, 3]),
    einsum("iji,k->jk", [2, 3, 2], [2]),
    einsum("ij,kl->i", [2, 3], [2, 2]),
    einsum(",ij->ij", [], [2, 3]),
    einsum(",->", [], []),
  ],
  Gemm: [
    ...[0, 1, 2, 3].map((bits) => {
      const [transA, transB] = [(bits & 1) === 1, bits >= 2];
      return example(
        `${transA ? "Aᵀ" : "A"}·${transB ? "Bᵀ" : "B"}`,
        { A: transA ? [3, "n"] : ["n", 3], B: transB ? [2, 3] : [3, 2], C: [2] },
        (g, { A, B, C }) => g.gemm(A, B, { transA, transB, c: C, alpha: 0.5, beta: 1.5 }),
      );
    }),
    example("without C", { A: [2, 3], B: [3, 1] }, (g, { A, B }) => g.gemm(A, B)),
    example("C a scalar", { A: [2, 3], B: [3, 1], C: [] }, (g, { A, B, C }) => g.gemm(A, B, { c: C })),
    example("C a column", { A: [2, 3], B: [3, 2], C: [2, 1] }, (g, { A, B, C }) => g.gemm(A, B, { c: C })),
  ],
  MatMul: [
    example("matrices", { A: [2, 3], B: [3, 2] }, (g, { A, B }) => g.matMul(A, B)),
    example("a batch of unknown size", { A: ["n", 3], B: [3, 1] }, (g, { A, B }) => g.matMul(A, B)),
    example("two vectors", { A: [3], B: [3] }, (g, { A, B }) => g.matMul(A, B)),
    example("a vector on the left", { A: [3], B: [2, 3, 2] }, (g, { A, B }) => g.matMul(A, B)),
    example("a vector on the right", { A: [2, 2, 3], B: [3] }, (g, { A, B }) => g.matMul(A, B)),
    example("a vector on the right of a matrix", { A: ["n", 3], B: [3] }, (g, { A, B }) => g.matMul(A, B), {
      zeroRows: "it broadcasts nothing against no rows",
    }),
    example("stacks of matrices", { A: [2, 2, 3], B: [2, 3, 1] }, (g, { A, B }) => g.matMul(A, B)),
    example("stacks that broadcast", { A: [2, 1, 2, 2], B: [3, 2, 1] }, (g, { A, B }) => g.matMul(A, B)),
    example("one weight under a stack", { A: ["n", 2, 3], B: [3, 2] }, (g, { A, B }) => g.matMul(A, B)),
    example("one matrix over a stack", { A: [2, 3], B: ["n", 3, 2] }, (g, { A, B }) => g.matMul(A, B), { zeroRows: "it broadcasts nothing against no rows" }),
  ],
} satisfies Cases;
