import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/graph/builder.ts";
import { type Model, type TensorType, type Value, f64 } from "../../src/graph/ir.ts";
import { withSession } from "../../src/runtime/session.ts";
import { isFloat, tensorOf } from "../../src/tensor/tensor.ts";
import { gradientCases } from "./cases.ts";
import { fix, run, withGradient } from "./support.ts";

describe("a batch of no rows has a gradient of no rows", () => {
  it("through one column, taken by a scalar", async () => {
    const model = withGradient({ inputs: { x: f64(["n", 3]) }, build: (g, { x }) => g.gather(x!, g.int(1), 1) });
    const { y0, dx } = await run(model, { x: tensorOf("float64", [0, 3], []), dy0: tensorOf("float64", [0], []) });
    expect([y0!.shape, dx!.shape]).toEqual([[0], [0, 3]]);
  });

  for (const [op, cases] of Object.entries(gradientCases)) {
    for (const { what, inputs, build, sizes, float32, zeroRows } of cases) {
      if (!Object.values(inputs).some((shape) => shape.includes("n"))) continue;
      const element = float32 ? "float32" : "float64";
      const types = Object.fromEntries(Object.entries(inputs).map(([name, shape]): [string, TensorType] => [name, { element, shape }]));
      const feeds = Object.fromEntries(Object.entries(inputs).map(([name, shape]) => [name, filled(element, fix(shape, { ...sizes?.[0], n: 0 }))]));
      it(`${op}: ${what}${zeroRows ? `, which the engine refuses: ${zeroRows}` : ""}`, async () => {
        const forward = buildGraph("forward", (g) => {
          const built = build(g, Object.fromEntries(Object.entries(types).map(([name, type]) => [name, g.input(name, type)])));
          const ys = (Array.isArray(built) ? (built as Value[]) : [built as Value]).filter((y) => isFloat(y.type.element));
          return Object.fromEntries(ys.map((y, k) => [`y${k}`, y]));
        });
        const outputs = await run(forward, feeds).catch((error: Error) => error);
        if (zeroRows) expect(outputs).toBeInstanceOf(Error);
        if (outputs instanceof Error) {
          if (!zeroRows) throw outputs;
          return;
        }
        const model: Model = withGradient({ inputs: types, build });
        const dys = Object.entries(outputs).map(([name, { shape }]): [string, ReturnType<typeof filled>] => [`d${name}`, filled(element, shape)]);
        await withSession(model, { threads: 1 }, async (session) => {
          const result = await session.run({ ...feeds, ...Object.fromEntries(dys) });
          for (const [name, feed] of Object.entries(feeds)) expect(result[`d${name}`]!.shape, `shape of d${name}`).toEqual(feed.shape);
        });
      });
    }
  }
});

function filled(element: "float32" | "float64", shape: readonly number[]) {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensorOf(
    element,
    shape,
    Array.from({ length: size }, (_, i) => 0.5 + i),
  );
}
