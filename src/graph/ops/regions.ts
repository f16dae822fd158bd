import { intsOf } from "../attributes.ts";
import { type Dim, freshDim } from "../ir.ts";
import { defineOp, noGradient } from "./rule.ts";
import { windowCounts, windowOf } from "./window.ts";

/** y = the largest element of each part of a region of interest */
export const MaxRoiPool = defineOp({
  operands: ["x", "rois"],
  infer: ({ types: [x, rois], attributes }) => {
    const channels = x.shape?.[1] ?? freshDim();
    return [{ element: x.element, shape: [rois.shape?.[0] ?? freshDim(), channels, ...(intsOf(attributes, "pooled_shape") ?? [])] }];
  },
  vjp: noGradient("the engine does not say which elements it took; use RoiAlign instead"),
});

/** y = a convolution whose taps are moved by offsets */
export const DeformConv = defineOp({
  operands: ["x", "w", "offset", "b?", "mask?"],
  infer: ({ op, types: [x, w], attributes }) => {
    const kernel = w.shape?.slice(2);
    if (!x.shape || !w.shape || !kernel?.every((dim) => typeof dim === "number")) return [{ element: x.element, shape: undefined }];
    const counts: Dim[] = windowCounts(windowOf(op, attributes, kernel), x.shape.slice(2));
    return [{ element: x.element, shape: [x.shape[0]!, w.shape[0]!, ...counts] }];
  },
  vjp: noGradient("deformable convolutions are not differentiated; export the model with a plain convolution in its place"),
});
