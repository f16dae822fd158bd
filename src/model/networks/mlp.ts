import { defineNetwork } from "./layers.ts";
import type { NetworkKind } from "./network.ts";

/** Dense layers with ReLU between them, for inputs of any shape. */
export const mlp: NetworkKind<{
  /** Neurons of each hidden layer. */
  readonly hidden: readonly number[];
}> = {
  summary: "dense layers of 128 neurons with ReLU",
  defaults: { hidden: [128, 128] },
  build: ({ hidden = mlp.defaults.hidden, ...options }) =>
    defineNetwork("mlp", options, ({ g, dense, flat }, x, scores) => {
      const last = hidden.reduce((h, out, i) => g.relu(dense(`hidden${i + 1}`, h, { out })), flat(x));
      return dense("logits", last, { out: scores, gain: 1 });
    }),
};
