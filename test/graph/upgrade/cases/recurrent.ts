import { GraphBuilder } from "../../../../src/graph/builder.ts";
import { type Attributes, int, ints } from "../../../../src/graph/ir.ts";
import { any, f32, known, one } from "./case.ts";

export const signals = [
  one(17, "DFT", "the default axis", { x: any(1, 4, 3, 2) }, {}, known),
  one(17, "DFT", "another axis, one-sided", { x: any(1, 4, 4, 1) }, { axis: int(2), onesided: int(1) }, known),
];

const W = any(1, 12, 2);
const R = any(1, 12, 3);
export const recurrent = [
  one(
    6,
    "RNN",
    "its sequence",
    { x: any(2, 1, 2), W: f32([1, 1, 2], [0.5, 1]), R: f32([1, 1, 1], [0]) },
    { hidden_size: int(1), output_sequence: int(1) },
    {
      expected: f32(
        [2, 1, 1, 1],
        [0, 1].map((t) => Math.tanh(0.5 * any(2, 1, 2).data[2 * t]! + any(2, 1, 2).data[2 * t + 1]!)),
      ),
      ...known,
    },
  ),
  one(
    6,
    "GRU",
    "its sequence",
    { x: f32([1, 1, 1], [1]), W: f32([1, 3, 1], [0, 0, 1]), R: f32([1, 3, 1], [0, 0, 0]) },
    { hidden_size: int(1), output_sequence: int(1) },
    {
      expected: f32([1, 1, 1, 1], [0.5 * Math.tanh(1)]),
      ...known,
    },
  ),
  one(
    6,
    "LSTM",
    "its sequence",
    { x: f32([1, 1, 1], [1]), W: f32([1, 4, 1], [0, 0, 0, 1]), R: f32([1, 4, 1], [0, 0, 0, 0]) },
    { hidden_size: int(1), output_sequence: int(1) },
    {
      expected: f32([1, 1, 1, 1], [0.5 * Math.tanh(0.5 * Math.tanh(1))]),
      ...known,
    },
  ),
  one(7, "LSTM", "forward", { x: any(2, 1, 2), W, R }, { hidden_size: int(3) }, { outputs: ["float32", "float32", "float32"], ...known }),
];

/** The body of a scan: a running sum, and its double. */
const running = ((): Attributes[string] => {
  const b = new GraphBuilder("body");
  const [sum, next] = [b.input("sum", { element: "float32", shape: [2] }), b.input("next", { element: "float32", shape: [2] })];
  const total = b.add(sum, next);
  b.finish([total, b.mul(total, 2)]);
  return { kind: "graph", value: b.graph };
})();
export const loops = [
  one(
    8,
    "Scan",
    "of each sample of a batch",
    { lengths: undefined, sum: any(3, 2), x: any(3, 4, 2) },
    { body: running, num_scan_inputs: int(1) },
    { outputs: ["float32", "float32"], forms: ["fed"] },
  ),
  one(
    8,
    "Scan",
    "backward",
    { lengths: undefined, sum: any(3, 2), x: any(3, 4, 2) },
    { body: running, num_scan_inputs: int(1), directions: ints([1]) },
    { outputs: ["float32", "float32"], forms: ["fed"] },
  ),
];
