import fc from "fast-check";
import { expect, test } from "vitest";
import type { GraphBuilder } from "../../../src/graph/builder.ts";
import { type Value, f32, float, int } from "../../../src/graph/ir.ts";
import { loadBuilt, points, scoresAt, weights } from "./support.ts";

const full = (g: GraphBuilder, value: Value, shape: readonly number[]) => g.op("Reshape", [value, g.ints(shape)])[0];

/* α·A'·B' + β·C of a file for one sample, where any of A, B and C may be computed from the sample: [3, 2] times [2, 4]. */
test("several samples at once have each the Gemm of its own file, whichever operands are its own", async () => {
  const factor = fc.constantFrom(1, 0.5, -2);
  const bias = fc.constantFrom("none", "row", "matrix", "column", "own row", "own matrix");
  const own = fc.constantFrom("left", "right", "both");
  await fc.assert(
    fc.asyncProperty(own, fc.boolean(), fc.boolean(), factor, factor, bias, async (which, transA, transB, alpha, beta, added) => {
      const model = await loadBuilt(f32([1, 12]), (g, x) => {
        const cut = (size: number, shape: readonly number[]) => full(g, g.slice(x, [0], [size], [1]), shape);
        const [left, right] = [transA ? [2, 3] : [3, 2], transB ? [4, 2] : [2, 4]];
        const a = which === "right" ? g.constant(weights(left, 1)) : cut(6, left);
        const b = which === "left" ? g.constant(weights(right, 2)) : cut(8, right);
        const c = {
          none: undefined,
          row: g.constant(weights([4], 3)),
          matrix: g.constant(weights([3, 4], 4)),
          column: g.constant(weights([3, 1], 5)),
          "own row": cut(4, [1, 4]),
          "own matrix": full(g, x, [3, 4]),
        }[added];
        const attributes = { alpha: float(alpha), beta: float(beta), transA: int(+transA), transB: int(+transB) };
        return full(g, g.op("Gemm", c ? [a, b, c] : [a, b], attributes)[0], [1, 12]);
      });
      expect(model.mostRows).toBeUndefined();
      const x = points(model, 3, 3);
      const ours = await scoresAt(model, x);
      const theirs = await model.predictOriginal(x);
      await model.dispose();
      theirs.forEach(({ scores }, i) => {
        expect(ours[i]).toHaveLength(12);
        ours[i]!.forEach((z, k) => expect(Math.abs(z - scores[k]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(scores[k]!))));
      });
    }),
    { numRuns: 40 },
  );
});

test("several samples at once have each the DFT along the axis that the file names", async () => {
  const model = await loadBuilt(f32([1, 4, 3, 1]), (g, x) => full(g, g.op("DFT", [x, undefined, g.int(1)], { onesided: int(1) })[0], [1, 18]));
  expect(model.mostRows).toBeUndefined();
  const x = points(model, 3, 3);
  const ours = await scoresAt(model, x);
  const theirs = await model.predictOriginal(x);
  await model.dispose();
  theirs.forEach(({ scores }, i) => scores.forEach((z, k) => expect(ours[i]![k]).toBeCloseTo(z, 4)));
});
