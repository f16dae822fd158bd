import { intOf, stringOf } from "../attributes.ts";
import type { GraphBuilder } from "../builder.ts";
import { type Value, int, string } from "../ir.ts";
import { type Change, type OldNode, dropped, intsBecomeInput, withInput, without } from "./change.ts";
import { boundsBecomeInputs, broadcastAttribute, castByName, dropoutMask, seluConstants, slopesPerChannel } from "./elementwise.ts";
import { affine, cropped, parametricSoftplus, scaled, scaledImage, scaledTanh, switchesBecomeAxes } from "./experimental.ts";
import { trainingIfMoreOutputs, perElement, perGroup, trainingUnlessTest } from "./normalization.ts";
import { quantizedForms } from "./quantized.ts";
import { cornersMeet, emptyInputsLeave, heightAndWidth, scalesBecomeInput } from "./resize.ts";
import { batchScanned } from "./scan.ts";
import { countBecomesInput, equalParts, oneAxisRepeats, paddings, padsBecomeInputs, shapeBecomesInput, sliceBounds } from "./shapes.ts";
import { overMatrix } from "./softmax.ts";

export type { OldNode };

const named = (ops: readonly string[], changes: readonly Change[]) => Object.fromEntries(ops.map((op) => [op, changes]));

/**
 * Every operator whose meaning changed between opset 1 and the newest, with its changes in order; all others read the same in each
 * opset. From the operators' changelog (github.com/onnx/onnx, docs/Changelog.md), and from ONNX Runtime where that differs.
 */
export const history: Readonly<Record<string, readonly Change[]>> = {
  ...named(["Add", "Sub", "Mul", "Div", "Pow", "And", "Or", "Xor", "Equal", "Greater", "Less"], [broadcastAttribute]),
  ...named(
    ["ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"],
    [{ since: 18, rewrite: intsBecomeInput("axes", 1) }],
  ),
  ...named(["Softmax", "LogSoftmax", "Hardmax"], [overMatrix]),
  ...named(["RNN", "GRU", "LSTM"], [{ since: 7, rewrite: dropped("output_sequence") }]),
  Affine: [{ since: 10, rewrite: affine }],
  BatchNormalization: [
    { since: 7, rewrite: trainingUnlessTest },
    { since: 9, rewrite: perElement },
    { since: 14, rewrite: trainingIfMoreOutputs },
  ],
  Cast: [castByName],
  Clip: [boundsBecomeInputs],
  Concat: [{ since: 4, rewrite: (node) => ({ ...node, attributes: { axis: int(1), ...node.attributes } }) }],
  Crop: [{ since: 10, rewrite: cropped }],
  // Until 20 the axis was an attribute, 1 by default; since then it is an input, the last axis but one by default.
  DFT: [
    {
      since: 20,
      rewrite: (node, g) => ({
        ...node,
        inputs: withInput(node.inputs, 2, g.int(intOf(node.attributes, "axis", 1))),
        attributes: without(node.attributes, "axis"),
      }),
    },
  ],
  Dropout: [
    { since: 7, rewrite: trainingUnlessTest },
    { since: 10, rewrite: dropoutMask(false) },
    { since: 12, rewrite: dropoutMask(true) },
  ],
  DynamicSlice: [{ since: 10, rewrite: (node) => ({ ...node, op: "Slice" }) }],
  Gemm: [{ since: 7, rewrite: dropped("broadcast") }],
  // In 20 the modes were renamed.
  GridSample: [
    {
      since: 20,
      rewrite: (node) => {
        const mode = stringOf(node.attributes, "mode", "bilinear");
        return { ...node, attributes: { ...node.attributes, mode: string({ bilinear: "linear", bicubic: "cubic" }[mode] ?? mode) } };
      },
    },
  ],
  GroupNormalization: [{ since: 21, rewrite: perGroup }],
  ImageScaler: [{ since: 10, rewrite: scaledImage }],
  MeanVarianceNormalization: [{ since: 9, rewrite: switchesBecomeAxes }],
  ParametricSoftplus: [{ since: 10, rewrite: parametricSoftplus }],
  PRelu: [slopesPerChannel],
  Pad: [
    { since: 2, rewrite: paddings },
    { since: 11, rewrite: padsBecomeInputs },
  ],
  ReduceSum: [{ since: 13, rewrite: intsBecomeInput("axes", 1) }],
  Reshape: [{ since: 5, rewrite: shapeBecomesInput }],
  Resize: [
    { since: 11, rewrite: cornersMeet },
    { since: 13, rewrite: emptyInputsLeave },
  ],
  // In 16 positions became those of pixels' centers by default.
  RoiAlign: [
    {
      since: 16,
      rewrite: (node) => ({ ...node, attributes: { ...node.attributes, coordinate_transformation_mode: string("output_half_pixel") } }),
    },
  ],
  Scale: [{ since: 10, rewrite: scaled }],
  ScaledTanh: [{ since: 10, rewrite: scaledTanh }],
  Scan: [{ since: 9, rewrite: batchScanned }],
  Scatter: [{ since: 11, rewrite: (node) => ({ ...node, op: "ScatterElements" }) }],
  Selu: [seluConstants],
  Slice: [{ since: 10, rewrite: sliceBounds }],
  Split: [
    { since: 13, rewrite: intsBecomeInput("split", 1) },
    { since: 18, rewrite: equalParts },
  ],
  Squeeze: [{ since: 13, rewrite: intsBecomeInput("axes", 1) }],
  Tile: [{ since: 6, rewrite: oneAxisRepeats }],
  TopK: [{ since: 10, rewrite: countBecomesInput }],
  Unsqueeze: [{ since: 13, rewrite: intsBecomeInput("axes", 1) }],
  Upsample: [
    { since: 7, rewrite: heightAndWidth },
    { since: 9, rewrite: scalesBecomeInput },
    { since: 10, rewrite: cornersMeet },
  ],
};

/**
 * Brings a node of an older opset to ours.
 * @returns the node, or the outputs of the nodes that took its place, which are in the graph already.
 */
export function upgrade(node: OldNode, version: number, g: GraphBuilder): OldNode | readonly Value[] {
  // Until 6 many operators listed the inputs whose memory could be reused.
  let now: OldNode = version < 6 ? { ...node, attributes: without(node.attributes, "consumed_inputs") } : node;
  for (const { since, rewrite } of Object.hasOwn(history, node.op) ? history[node.op]! : []) {
    if (version >= since) continue;
    const next = rewrite(now, g);
    if (!("op" in next)) return next;
    now = next;
  }
  return Object.hasOwn(quantizedForms, now.op) ? quantizedForms[now.op]!(now, g) : now;
}
