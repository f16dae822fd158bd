import { float, int, ints } from "../../../src/graph/ir.ts";
import { type Cases, type GradientCase, type Options, example, f32 } from "./case.ts";

/** A normalization with a scale and a bias per channel. */
const perChannel = (op: string, channels: number, spatial: (number | string)[], attributes = {}, options: Options = {}): GradientCase =>
  example(
    `${channels} channels over [${spatial.join(", ")}]`,
    { x: ["n", channels, ...spatial], scale: [channels], bias: [channels] },
    (g, { x, scale, bias }) => g.op(op, [x, scale, bias], attributes),
    options,
  );

const inFloat32 = f32("InstanceNormalization");
const grouped = { float32: "its kernel computes in float32", zeroRows: "it is a Reshape to [0, groups, −1]" };

export const normalizationCases = {
  GroupNormalization: [
    perChannel("GroupNormalization", 4, [3], { num_groups: int(2) }, grouped),
    perChannel("GroupNormalization", 2, [2, 2], { num_groups: int(1), epsilon: float(0.1) }, grouped),
    perChannel("GroupNormalization", 4, ["k"], { num_groups: int(2) }, { ...grouped, sizes: [{ n: 2, k: 3 }] }),
  ],
  InstanceNormalization: [
    perChannel("InstanceNormalization", 2, [4], {}, inFloat32),
    perChannel("InstanceNormalization", 2, [2, 3], { epsilon: float(0.1) }, inFloat32),
    perChannel("InstanceNormalization", 1, ["k"], {}, { ...inFloat32, sizes: [{ n: 2, k: 3 }] }),
  ],
  LayerNormalization: [
    example("the last axis", { x: ["n", 4], scale: [4], bias: [4] }, (g, { x, scale, bias }) => g.op("LayerNormalization", [x, scale, bias])),
    example("without a bias", { x: [2, 2, 3], scale: [2, 3] }, (g, { x, scale }) =>
      g.op("LayerNormalization", [x, scale], { axis: int(1), epsilon: float(0.1) }),
    ),
    example("all axes", { x: [2, 3], scale: [2, 3], bias: [2, 3] }, (g, { x, scale, bias }) => g.op("LayerNormalization", [x, scale, bias], { axis: int(-2) })),
    example("a scale that broadcasts", { x: [2, 2, 3], scale: [1, 3] }, (g, { x, scale }) => g.op("LayerNormalization", [x, scale], { axis: int(1) })),
    example(
      "its mean and deviation",
      { x: ["n", 3], scale: [3], bias: [3] },
      (g, { x, scale, bias }) => {
        const [y, mean, r] = g.op("LayerNormalization", [x, scale, bias], { epsilon: float(0.1) }, 3);
        return [y!, g.mul(g.cast(mean!, "float32"), 2), g.cast(r!, "float32")];
      },
      { float32: "these outputs are float32" },
    ),
  ],
  LpNormalization: [
    example("ℓ2 of the last axis", { x: ["n", 3] }, (g, { x }) => g.op("LpNormalization", [x])),
    example("ℓ1 of the last axis", { x: [2, 3] }, (g, { x }) => g.op("LpNormalization", [x], { p: int(1) })),
    example("ℓ2 of the first axis", { x: [3, 2] }, (g, { x }) => g.op("LpNormalization", [x], { axis: int(0) })),
    example("ℓ1 of the first axis", { x: [3, 2] }, (g, { x }) => g.op("LpNormalization", [x], { axis: int(0), p: int(1) })),
  ],
  MeanVarianceNormalization: [
    example("by channels", { x: [2, 2, 2, 1] }, (g, { x }) => g.op("MeanVarianceNormalization", [x]), f32("MeanVarianceNormalization")),
    example(
      "each sample",
      { x: ["n", 2, 2, 1] },
      (g, { x }) => g.op("MeanVarianceNormalization", [x], { axes: ints([1, 2, 3]) }),
      f32("MeanVarianceNormalization"),
    ),
  ],
  RMSNormalization: [
    example("the last axis", { x: ["n", 4], scale: [4] }, (g, { x, scale }) => g.op("RMSNormalization", [x, scale])),
    example("two axes", { x: [2, 2, 3], scale: [2, 3] }, (g, { x, scale }) => g.op("RMSNormalization", [x, scale], { axis: int(1), epsilon: float(0.1) })),
  ],
} satisfies Cases;
