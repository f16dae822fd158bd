import { type Attributes, float, floats, int, ints, string } from "../../../../src/graph/ir.ts";
import { any, counted, f32, i64, known, one } from "./case.ts";

const image = counted(1, 1, 4, 4);

export const resized = [
  one(
    6,
    "Upsample",
    "height and width",
    { x: counted(1, 1, 2, 2) },
    { height_scale: float(2), width_scale: float(1) },
    {
      expected: f32([1, 1, 4, 2], [0, 1, 0, 1, 2, 3, 2, 3]),
    },
  ),
  ...["nearest", "linear"].flatMap((mode) => [
    one(7, "Upsample", mode, { x: image }, { mode: string(mode), scales: floats([1, 1, 2, 3]) }),
    one(8, "Upsample", `${mode}, not by an integer`, { x: image }, { mode: string(mode), scales: floats([1, 1, 1.7, 2.6]) }),
    one(9, "Upsample", mode, { x: image, scales: f32([4], [1, 1, 2, 2]) }, { mode: string(mode) }),
    one(10, "Resize", `${mode}, larger`, { x: image, scales: f32([4], [1, 1, 2.3, 2]) }, { mode: string(mode) }),
    one(10, "Resize", `${mode}, smaller`, { x: image, scales: f32([4], [1, 1, 0.6, 0.3]) }, { mode: string(mode) }),
    one(10, "Resize", `${mode}, larger and smaller`, { x: image, scales: f32([4], [1, 1, 0.6, 1.5]) }, { mode: string(mode) }),
    one(11, "Resize", `${mode}, to a size`, { x: image, roi: f32([0], []), scales: f32([0], []), sizes: i64(1, 1, 3, 7) }, { mode: string(mode) }, known),
    one(
      11,
      "Resize",
      mode,
      { x: image, roi: f32([0], []), scales: f32([4], [1, 1, 0.6, 2.6]) },
      { mode: string(mode), coordinate_transformation_mode: string("half_pixel") },
    ),
  ]),
];

const rois = { rois: f32([2, 4], [0, 0, 2, 2, 1, 0.5, 3, 3]), batch: i64(0, 0) };
const aligned: Attributes = { output_height: int(2), output_width: int(2), sampling_ratio: int(1) };
const grid = f32([1, 2, 2, 2], [-0.9, -0.4, 0.3, 0.2, 0.8, -1.1, 0.1, 0.6]);

export const images = [
  one(16, "GridSample", "the default mode", { x: image, grid }),
  one(16, "GridSample", "cubic", { x: image, grid }, { mode: string("bicubic"), align_corners: int(1) }),
  one(19, "GridSample", "nearest", { x: image, grid }, { mode: string("nearest"), padding_mode: string("border") }),
  one(10, "RoiAlign", "averages", { x: image, ...rois }, aligned),
  one(13, "RoiAlign", "of one region", { x: image, rois: f32([1, 4], [0, 0, 2, 2]), batch: i64(0) }, aligned, {
    expected: f32([1, 1, 2, 2], [2.5, 3.5, 6.5, 7.5]),
  }),
  one(15, "RoiAlign", "largest", { x: image, ...rois }, { ...aligned, mode: string("max"), sampling_ratio: int(2) }),
];

const pixels = any(2, 3, 4, 4);
export const experimental = [
  one(9, "Affine", "both numbers", { x: pixels }, { alpha: float(2), beta: float(0.5) }),
  one(7, "ImageScaler", "a bias for each channel", { x: pixels }, { scale: float(2), bias: floats([1, 2, 3]) }),
  one(7, "ScaledTanh", "both numbers", { x: pixels }, { alpha: float(2), beta: float(0.5) }),
  one(7, "ParametricSoftplus", "both numbers", { x: pixels }, { alpha: float(2), beta: float(0.5) }),
  one(7, "Scale", "a number", { x: pixels }, { scale: float(3) }),
  one(7, "Crop", "a border", { x: pixels }, { border: ints([1, 0, 1, 2]) }),
  one(7, "Crop", "a size", { x: pixels }, { border: ints([1, 2, 0, 0]), scale: ints([2, 3]) }),
  one(7, "DynamicSlice", "bounds as inputs", { x: pixels, starts: i64(1, 0), ends: i64(2, 3), axes: i64(1, 2) }),
  one(8, "MeanVarianceNormalization", "its defaults", { x: pixels }),
  one(7, "MeanVarianceNormalization", "across channels", { x: pixels }, { across_channels: int(1) }),
  one(7, "MeanVarianceNormalization", "the mean only", { x: pixels }, { normalize_variance: int(0) }),
];
