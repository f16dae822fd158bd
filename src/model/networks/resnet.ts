import type { Value } from "../../graph/ir.ts";
import { type Layers, defineNetwork } from "./layers.ts";
import type { NetworkKind } from "./network.ts";

/**
 * A residual network (He et al. 2016) for images of about 32×32: 165,000 weights by default. It has no batch normalization: instead the last convolution of every
 * block begins at 0, so that each block begins as its shortcut (Zhang, Dauphin & Ma 2019, "Fixup", Sect. 3). A sample's scores then depend on that
 * sample alone, in training too, which keeps attacks during training simple.
 */
export const resNet: NetworkKind<{
  /** Channels of the first convolution; each stage has twice those of the one before, at half the height and width. */
  readonly width: number;
  readonly stages: number;
  /** Blocks of two convolutions in each stage. */
  readonly blocks: number;
}> = {
  summary: "a residual network of nine convolutions, for images of about 32×32",
  defaults: { width: 16, stages: 2, blocks: 2 },
  build: ({ width = resNet.defaults.width, stages = resNet.defaults.stages, blocks = resNet.defaults.blocks, ...options }) =>
    defineNetwork("resnet", options, (layers, x, scores) => {
      const { g, conv, dense } = layers;
      let h = g.relu(conv("stem", x, { out: width }));
      for (let stage = 1; stage <= stages; stage++)
        for (let block = 1; block <= blocks; block++) h = residual(layers, `stage${stage}.block${block}`, h, width * 2 ** stage, block === 1 ? 2 : 1);
      const pooled = g.reduceMean(h, [2, 3], false);
      return dense("logits", pooled, { out: scores, gain: 1 });
    }),
};

/** ReLU(shortcut(x) + conv(ReLU(conv(x)))). */
function residual({ g, conv }: Layers, name: string, x: Value, out: number, stride: number): Value {
  const inner = g.relu(conv(`${name}.conv1`, x, { out, stride }));
  const branch = conv(`${name}.conv2`, inner, { out, gain: 0 });
  const shortcut = stride === 1 ? x : conv(`${name}.shortcut`, x, { out, kernel: 1, stride, gain: 1 });
  return g.relu(g.add(shortcut, branch));
}
