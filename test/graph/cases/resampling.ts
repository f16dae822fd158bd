import type { GraphBuilder } from "../../../src/graph/builder.ts";
import { type Attributes, type Value, float, int, ints, string } from "../../../src/graph/ir.ts";
import { tensorOf } from "../../../src/tensor/tensor.ts";
import { type Cases, type GradientCase, example, f32 } from "./case.ts";

const scales = (g: GraphBuilder, ...numbers: number[]) => g.constant(tensorOf("float32", [numbers.length], numbers));

/** An image of 3×4 pixels, resized. */
const resized = (what: string, attributes: Attributes, to: (g: GraphBuilder) => (Value | undefined)[]): GradientCase =>
  example(what, { x: ["n", 2, 3, 4] }, (g, { x }) => g.op("Resize", [x, ...to(g)], { ...attributes, axes: ints([2, 3]) }), f32("Resize"));

const bySizes = (height: number, width: number) => (g: GraphBuilder) => [undefined, undefined, g.ints([height, width])];
const byScales = (height: number, width: number) => (g: GraphBuilder) => [undefined, scales(g, height, width)];
const coordinates = ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric"];

export const resamplingCases = {
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
