import type { GraphBuilder } from "../../../src/graph/builder.ts";
import { type Attributes, type Value, float, int, ints, string } from "../../../src/graph/ir.ts";
import { tensorOf } from "../../../src/tensor/tensor.ts";
import { type Cases, type GradientCase, example, f32, indices } from "./case.ts";

const scales = (g: GraphBuilder, ...numbers: number[]) => g.constant(tensorOf("float32", [numbers.length], numbers));

/** An image of 3×4 pixels, resized. */
const resized = (what: string, attributes: Attributes, to: (g: GraphBuilder) => (Value | undefined)[]): GradientCase =>
  example(what, { x: ["n", 2, 3, 4] }, (g, { x }) => g.op("Resize", [x, ...to(g)], { ...attributes, axes: ints([2, 3]) }), f32("Resize"));

const bySizes = (height: number, width: number) => (g: GraphBuilder) => [undefined, undefined, g.ints([height, width])];
const byScales = (height: number, width: number) => (g: GraphBuilder) => [undefined, scales(g, height, width)];
const coordinates = ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric"];

/** Coordinates away from where linear interpolation has kinks, some outside of the image. */
const grid = (rows: number) =>
  tensorOf(
    "float32",
    [rows, 2, 3, 2],
    Array.from(
      { length: rows * 12 },
      (_, i) => [0.13, -0.62, 1.27, 0.41, -1.36, 0.86, 0.57, -0.24, 2.31, -0.91, 0.05, -1.74][i % 12]! + 0.01 * Math.floor(i / 12),
    ),
  );
const gridAttributes = (mode: string, padding: string, aligned = 0) => ({ mode: string(mode), padding_mode: string(padding), align_corners: int(aligned) });
const paddings = ["zeros", "border", "reflection"];
/** Tenths of pixels. */
const regions = [4, 3, 31, 26, -12, 7, 19, 34, 11, 12, 16, 17];
const roiAlign = (what: string, attributes: Attributes) =>
  example(what, { x: [2, 2, 4, 5], rois: [3, 4] }, (g, { x, rois }) =>
    g.op("RoiAlign", [x, g.add(g.mul(rois, 0.05), g.div(g.castLike(g.reshape(g.ints(regions), [3, 4]), x), 10)), indices(g, [3], [1, 0, 1])], {
      output_height: int(2),
      output_width: int(3),
      ...attributes,
    }),
  );

export const resamplingCases = {
  AffineGrid: [0, 1].flatMap((aligned) => [
    example(`an image, align_corners ${aligned}`, { theta: [2, 2, 3] }, (g, { theta }) =>
      g.op("AffineGrid", [theta, g.ints([2, 1, 3, 4])], { align_corners: int(aligned) }),
    ),
    example(`a volume, align_corners ${aligned}`, { theta: [1, 3, 4] }, (g, { theta }) =>
      g.op("AffineGrid", [theta, g.ints([1, 2, 2, 3, 2])], { align_corners: int(aligned) }),
    ),
  ]),
  GridSample: [
    ...["nearest", "linear", "cubic"].flatMap((mode) =>
      paddings.flatMap((padding) =>
        [0, 1].map((aligned) =>
          example(
            `${mode}, ${padding}, align_corners ${aligned}`,
            { x: [2, 2, 3, 4], grid: [2, 2, 3, 2] },
            (g, { x, grid: moved }) =>
              g.op(
                "GridSample",
                [x, mode === "nearest" ? g.constant(grid(2)) : g.add(g.mul(moved, 0.02), g.constant(grid(2)))],
                gridAttributes(mode, padding, aligned),
              ),
            f32("GridSample"),
          ),
        ),
      ),
    ),
    example(
      "a volume",
      { x: ["n", 2, 2, 3, 2], grid: ["n", 1, 2, 2, 3] },
      (g, { x, grid: places }) => g.op("GridSample", [x, g.mul(places, 0.4)], gridAttributes("linear", "border")),
      f32("GridSample"),
    ),
  ],
  RoiAlign: [
    roiAlign("two places each way", { sampling_ratio: int(2) }),
    roiAlign("as many places as a region needs", {}),
    roiAlign("regions in another scale, of whole pixels", { spatial_scale: float(0.7), coordinate_transformation_mode: string("output_half_pixel") }),
  ],
  Resize: [
    ...["nearest", "linear", "cubic"].flatMap((mode) =>
      coordinates.flatMap((coordinate) => {
        const attributes = { mode: string(mode), coordinate_transformation_mode: string(coordinate) };
        return [
          resized(`${mode}, ${coordinate}, larger`, attributes, bySizes(5, 7)),
          resized(`${mode}, ${coordinate}, smaller`, attributes, byScales(0.7, 0.6)),
        ];
      }),
    ),
    ...["round_prefer_ceil", "round_prefer_floor", "floor", "ceil"].map((nearest) =>
      resized(`nearest, ${nearest}`, { mode: string("nearest"), nearest_mode: string(nearest) }, byScales(2, 1.6)),
    ),
    resized("cubic with another coefficient", { mode: string("cubic"), cubic_coeff_a: float(-0.5), exclude_outside: int(1) }, bySizes(5, 3)),
    ...["linear", "cubic"].map((mode) => resized(`${mode}, without aliases`, { mode: string(mode), antialias: int(1) }, bySizes(2, 3))),
    resized(
      "a region, partly outside",
      { mode: string("linear"), coordinate_transformation_mode: string("tf_crop_and_resize"), extrapolation_value: float(3) },
      (g) => [scales(g, 0.1, -0.3, 0.8, 1.2), undefined, g.ints([3, 4])],
    ),
    example(
      "all axes, sizes of the image known only when it runs",
      { x: ["n", 1, "h", "w"] },
      (g, { x }) => g.op("Resize", [x, undefined, scales(g, 1, 1, 2, 1.5)], { mode: string("linear") }),
      { ...f32("Resize"), sizes: [{ n: 2, h: 3, w: 2 }] },
    ),
    example("a signal", { x: ["n", 2, 5] }, (g, { x }) => g.op("Resize", [x, undefined, scales(g, 1, 1, 1.5)], { mode: string("linear") }), f32("Resize")),
    example(
      "a volume",
      { x: [1, 1, 2, 3, 2] },
      (g, { x }) => g.op("Resize", [x, undefined, scales(g, 1, 1, 2, 1.5, 2)], { mode: string("linear") }),
      f32("Resize"),
    ),
  ],
} satisfies Cases;
