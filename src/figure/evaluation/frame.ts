import type { TopLevelSpec } from "vega-lite";
import type { Norm } from "../../attack/ball.ts";
import type { Layer } from "../draw/panels.ts";
import { type Paint, configOf } from "../draw/theme.ts";
import type { DrawOptions } from "../figure.ts";

export interface FrameOptions extends DrawOptions {
  readonly norm: Norm;
  readonly width?: number;
  readonly height?: number;
}

/** A picture of an evaluation: layers over the same values, narrower where a page has one column. */
export const framed = (paint: Paint, { width = 520, height = 280, columns }: FrameOptions, values: readonly object[], layer: Layer[]): TopLevelSpec => ({
  $schema: "https://vega.github.io/schema/vega-lite/v6.json",
  config: configOf(paint),
  padding: 4,
  width: columns === 1 ? Math.min(width, 270) : width,
  height,
  data: { values: [...values] },
  layer,
});
