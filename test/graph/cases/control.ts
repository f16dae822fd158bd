import { GraphBuilder } from "../../../src/graph/builder.ts";
import { type Attribute, type Value, int, ints } from "../../../src/graph/ir.ts";
import { type Cases, example } from "./case.ts";

/** A body of a scan: a running sum weighed with a value from outside, and its square. */
const running = (g: GraphBuilder, { state, x, w }: Record<"state" | "x" | "w", Value>, drop: number): Attribute => {
  const b = new GraphBuilder("body", g);
  const sum = b.input("sum", state.type);
  const next = b.input("next", { element: x.type.element, shape: x.type.shape!.toSpliced(drop, 1) });
  const total = b.add(b.mul(sum, w), next);
  b.finish([total, b.mul(total, total)]);
  return { kind: "graph", value: b.graph };
};

export const controlCases = {
  If: [
    ...[0, 1].map((first) =>
      example(first ? "the first branch" : "the second branch", { x: ["n", 2], w: [2] }, (g, { x, w }) =>
        g.if(
          g.equal(g.mul(g.squeeze(g.slice(g.shape(x), [1], [2], [0])), first), 2),
          (b) => [b.mul(x, w)],
          (b) => [b.add(b.mul(w, w), b.mul(x, b.mul(x, x)))],
        ),
      ),
    ),
    example("a value that depends on another which the branches read", { x: [3] }, (g, { x }) => {
      const y = g.tanh(x);
      return g.if(
        g.greater(g.squeeze(g.shape(x)), 2),
        (b) => [b.mul(x, y)],
        (b) => [b.neg(y)],
      );
    }),
  ],
  Loop: [
    example("carried values", { x: ["n", 2], w: [2] }, (g, { x, w }) => g.loop(3, [x], (b, [state]) => ({ state: [b.tanh(b.mul(state, w))] })).state),
    example("scanned values, and two carried ones", { x: [2], w: [2] }, (g, { x, w }) => {
      const { state, scan } = g.loop(2, [x, w], (b, [p, q], i) => ({ state: [b.mul(p, q), b.add(q, b.cast(i, x.type.element))], scan: [b.mul(p, p)] }));
      return [...state, ...scan];
    }),
    example("no iterations", { x: [2] }, (g, { x }) => g.loop(0, [x], (b, [state]) => ({ state: [b.mul(state, state)] })).state),
  ],
  Scan: [
    example("forward", { state: [2], x: [3, 2], w: [2] }, (g, { state, x, w }) =>
      g.op("Scan", [state, x], { body: running(g, { state, x, w }, 0), num_scan_inputs: int(1) }, 2),
    ),
    example("backward, along another axis", { state: [2], x: [2, 3], w: [] }, (g, { state, x, w }) =>
      g.op(
        "Scan",
        [state, x],
        {
          body: running(g, { state, x, w }, 1),
          num_scan_inputs: int(1),
          scan_input_axes: ints([1]),
          scan_input_directions: ints([1]),
          scan_output_axes: ints([-1]),
          scan_output_directions: ints([1]),
        },
        2,
      ),
    ),
  ],
} satisfies Cases;
