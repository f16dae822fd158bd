import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/graph/builder.ts";
import { f32, int } from "../../src/graph/ir.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { guarded } from "../../src/runtime/guards.ts";
import { withSession } from "../../src/runtime/session.ts";
import { numbersOf, tensorOf } from "../../src/tensor/tensor.ts";

useNodeEngine();

/** The engine's TopK ends the process where it has no elements: without the guard, this file does not finish. */
describe("the largest elements of no rows", () => {
  const model = (axis: number, wrapped = false) =>
    buildGraph("top", (g) => {
      const x = g.input("x", f32(["n", 4, 2]));
      const top = () => g.op("TopK", [x, g.ints([2])], { axis: int(axis) }, 2) as [typeof x, typeof x];
      if (!wrapped) {
        const [values, indices] = top();
        return { values, indices };
      }
      const [values] = g.if(
        g.greater(g.reduceSum(x, undefined, false), -1),
        (b) => [b.op("TopK", [x, g.ints([2])], { axis: int(axis) }, 2)[0]!],
        (b) => [b.slice(x, [0], [2], [axis])],
      );
      return { values };
    });

  it.each([
    [1, [0, 2, 2]],
    [-2, [0, 2, 2]],
    [2, [0, 4, 2]],
    [-1, [0, 4, 2]],
  ])("along axis %i are none", async (axis, shape) => {
    await withSession(model(axis), { threads: 1 }, async (session) => {
      const { values, indices } = await session.run({ x: tensorOf("float32", [0, 4, 2], []) });
      expect([values!.shape, indices!.shape, indices!.element]).toEqual([shape, shape, "int64"]);
      const some = await session.run({ x: tensorOf("float32", [1, 4, 2], [1, 7, 4, 3, 2, 8, 5, 0]) });
      if (axis === 1)
        expect([numbersOf(some["values"]!), numbersOf(some["indices"]!)]).toEqual([
          [5, 8, 4, 7],
          [3, 2, 1, 0],
        ]);
    });
  });

  it("are none inside a branch too", async () => {
    await withSession(model(1, true), { threads: 1 }, async (session) => {
      expect((await session.run({ x: tensorOf("float32", [0, 4, 2], []) }))["values"]!.shape).toEqual([0, 2, 2]);
    });
  });

  it("change nothing where the input certainly has elements, or there is no such node", () => {
    const fixed = buildGraph("fixed", (g) => ({ y: g.op("TopK", [g.input("x", f32([3])), g.ints([2])], {}, 2)[0]! }));
    expect(guarded(fixed)).toBe(fixed);
    const plain = buildGraph("plain", (g) => ({ y: g.relu(g.input("x", f32(["n"]))) }));
    expect(guarded(plain)).toBe(plain);
  });
});
