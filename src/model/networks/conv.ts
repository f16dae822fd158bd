import { defineNetwork } from "./layers.ts";
import type { NetworkKind } from "./network.ts";

/** Two convolutions of stride 2 and a dense layer, for images as small as MNIST's: 166,000 weights at 28×28. */
export const convNet: NetworkKind<{
  /** Channels of the first convolution; the second has twice as many. */
  readonly width: number;
  /** Neurons of the dense layer. */
  readonly hidden: number;
}> = {
  summary: "two convolutions and a dense layer, for images of about 28×28",
  defaults: { width: 16, hidden: 100 },
  build: ({ width = convNet.defaults.width, hidden = convNet.defaults.hidden, ...options }) =>
    defineNetwork("conv", options, ({ g, conv, dense, flat }, x, scores) => {
      const first = g.relu(conv("conv1", x, { out: width, kernel: 4, stride: 2 }));
      const second = g.relu(conv("conv2", first, { out: 2 * width, kernel: 4, stride: 2 }));
      const third = g.relu(dense("dense", flat(second), { out: hidden }));
      return dense("logits", third, { out: scores, gain: 1 });
    }),
};
