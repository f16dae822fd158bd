import { type Attributes, type Dim, type Value, float, floats, int, string } from "../../../src/graph/ir.ts";
import { type GraphBuilder } from "../../../src/graph/builder.ts";
import { tensorOf } from "../../../src/tensor/tensor.ts";
import { type Cases, type GradientCase, example, f32 } from "./case.ts";

const strings = (...value: string[]): Attributes[string] => ({ kind: "strings", value });
const both = { direction: string("bidirectional") };

/** A recurrent operator with inputs of some shapes, numbers small enough for activations that are not flat. */
const recurrent = (
  op: string,
  what: string,
  attributes: Attributes,
  optional: Readonly<Record<string, readonly Dim[]>> = {},
  { batch = 2 as Dim, steps = 3, lengths = undefined as number[] | undefined } = {},
): GradientCase => {
  const gates = { RNN: 1, GRU: 3, LSTM: 4 }[op]!;
  const directions = (attributes["direction"] as { value?: string } | undefined)?.value === "bidirectional" ? 2 : 1;
  const shapes: Record<string, readonly Dim[]> = { x: [steps, batch, 2], W: [directions, gates * 2, 2], R: [directions, gates * 2, 2], ...optional };
  const build = (g: GraphBuilder, given: Readonly<Record<string, Value>>) => {
    const { x, W, R, B, h, c, P } = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, name === "x" ? value : g.mul(value, 0.5)]));
    const counts = lengths && g.constant(tensorOf("int32", [lengths.length], lengths));
    return g.op(op, [x, W, R, B, counts, h, ...(op === "LSTM" ? [c, P] : [])], { hidden_size: int(2), ...attributes }, op === "LSTM" ? 3 : 2);
  };
  return example(what, shapes, build, f32(op));
};

export const recurrentCases = {
  GRU: [
    recurrent("GRU", "plain", {}),
    recurrent("GRU", "both ways, from a state", { ...both }, { B: [2, 12], h: [2, 2, 2] }, { lengths: [3, 1] }),
    recurrent("GRU", "linear before reset, backward, clipped", { linear_before_reset: int(1), direction: string("reverse"), clip: float(0.4) }, { B: [1, 12] }),
    recurrent("GRU", "a batch of unknown size", {}, {}, { batch: "n" }),
  ],
  LSTM: [
    recurrent("LSTM", "plain", {}),
    recurrent("LSTM", "both ways, from a state, with peepholes", both, { B: [2, 16], h: [2, 2, 2], c: [2, 2, 2], P: [2, 6] }, { lengths: [3, 2] }),
    recurrent("LSTM", "coupled gates, backward, clipped", { input_forget: int(1), direction: string("reverse"), clip: float(0.5) }, { B: [1, 16] }),
    recurrent("LSTM", "a batch of unknown size, with a bias", {}, { B: [1, 16] }, { batch: "n" }),
    recurrent("LSTM", "other activations", {
      activations: strings("HardSigmoid", "ScaledTanh", "Affine"),
      activation_alpha: floats([0.3, 1.2, 0.8]),
      activation_beta: floats([0.4, 0.7, 0.1]),
    }),
  ],
  RNN: [
    recurrent("RNN", "plain", {}),
    recurrent("RNN", "both ways, from a state", { ...both, activations: strings("Tanh", "Sigmoid") }, { B: [2, 4], h: [2, 2, 2] }, { lengths: [1, 3] }),
    recurrent("RNN", "backward, clipped", { direction: string("reverse"), clip: float(0.6) }, { B: [1, 4] }),
  ],
} satisfies Cases;
