import { SignflipError } from "../../util/errors.ts";
import { intOf, stringOf } from "../attributes.ts";
import { type Attributes, type Dim, freshDim, int } from "../ir.ts";
import { type InferContext, defineOp } from "./rule.ts";

const blockOf = (attributes: Attributes) => intOf(attributes, "blocksize", 1);
const times = (dim: Dim, factor: number): Dim => (typeof dim === "number" ? Math.floor(dim * factor) : freshDim());

/** [n, channels, height, width] with the channels divided and the rest multiplied by a factor. */
const infer =
  (toSpace: boolean) =>
  ({ op, types: [x], attributes }: InferContext) => {
    const { element, shape } = x;
    if (!shape) return [{ element, shape }];
    if (shape.length !== 4) throw new SignflipError("SF_GRAPH", `${op}: expected [n, channels, height, width], got [${shape.join(", ")}]`);
    const b = toSpace ? blockOf(attributes) : 1 / blockOf(attributes);
    return [{ element, shape: [shape[0]!, times(shape[1]!, 1 / (b * b)), times(shape[2]!, b), times(shape[3]!, b)] }];
  };

/** y = x with blocks of channels laid out as pixels, a block's channels first (DCR) or its pixels first (CRD).  dx = dy with the pixels back as channels. */
export const DepthToSpace = defineOp({
  operands: ["x"],
  infer: infer(true),
  vjp: (g, { inputs: [x], dy, attributes }) => {
    const b = blockOf(attributes);
    const dcr = g.op("SpaceToDepth", [dy], { blocksize: int(b) })[0];
    if (stringOf(attributes, "mode", "DCR") === "DCR") return [dcr];
    const channels = x.type.shape?.[1];
    if (typeof channels !== "number")
      throw new SignflipError("SF_GRADIENT", "no gradient through DepthToSpace in CRD mode: the number of channels is not known");
    // In DCR order, channel c of pixel p of a block stands at p·C + c, in CRD order at c·b² + p.
    const order = Array.from({ length: channels }, (_, i) => (i % (b * b)) * (channels / (b * b)) + Math.floor(i / (b * b)));
    return [g.gather(dcr, g.ints(order), 1)];
  },
});

/** y = x with blocks of pixels laid out as channels.  dx = dy with the channels back as pixels. */
export const SpaceToDepth = defineOp({
  operands: ["x"],
  infer: infer(false),
  vjp: (g, { dy, attributes }) => [g.op("DepthToSpace", [dy], { blocksize: int(blockOf(attributes)) })[0]],
});
