import type { ConeResult } from "../../experiment/cone/config.ts";
import { number } from "../../util/words.ts";
import { panelWidth, type Layer, type Panel, type Position } from "../draw/panels.ts";
import { seriesChannels } from "../draw/series.ts";
import { paintOf, panelTitle } from "../draw/theme.ts";
import type { DrawOptions } from "../figure.ts";
import { ballOf, stageName, stagesOf } from "./rows.ts";

interface Extent {
  readonly right: number;
  readonly high: number;
}

/** Rows of one network in the plane each spans with where it began, over the ball and the cone, in units of the radius V. */
export function geometryPanel(result: ConeResult, options: DrawOptions): Panel {
  const [width, height] = [panelWidth(300, options), 236];
  const { radius, norm } = ballOf(result);
  const stages = stagesOf(result);
  const labels = stages.map((step) => stageName(result, step));
  const points = stages.flatMap((step, k) =>
    step.rows.map(({ initialNorm, along, across }) => ({
      series: labels[k]!,
      x: (along - initialNorm) / radius,
      y: across / radius,
      Distance: number(Math.hypot(along - initialNorm, across) / radius),
    })),
  );
  const extent = extentOf(points, width, height);
  const x = coordinate("x", [-extent.right, extent.right], "along w₀, in radii V");
  const y = coordinate("y", [0, extent.high], "across w₀, in radii V");
  return {
    title: { ...panelTitle, text: "Rows of W, in units of the ball" },
    width,
    height,
    data: { values: points },
    layer: [
      ...regionLayers(norm / radius, extent, { x, y }, options),
      {
        mark: { type: "point", filled: true, size: 26, opacity: 0.9, stroke: paintOf(options).ground, strokeWidth: 0.5 },
        encoding: {
          x,
          y,
          ...seriesChannels(labels, { ...options, ordered: true, legend: { title: null, columns: options.columns === 1 ? 2 : 4, columnPadding: 10 } }),
          tooltip: [
            { field: "series", title: "Network" },
            { field: "Distance", title: "‖w − w₀‖ / V" },
          ],
        },
      },
    ],
  };
}

/** The same pixels to a unit both ways, so that a disc is a disc. */
function extentOf(points: readonly { readonly x: number; readonly y: number }[], width: number, height: number): Extent {
  const top = Math.max(1.6, ...points.map(({ y }) => 1.06 * y));
  const side = Math.max(1.25, ...points.map(({ x }) => 1.06 * Math.abs(x)));
  const unit = Math.min(height / top, width / 2 / side);
  return { right: width / 2 / unit, high: height / unit };
}

function coordinate(field: string, domain: [number, number], title: string): Position {
  return { field, type: "quantitative", scale: { domain, nice: false }, axis: { format: "~r", grid: false, tickCount: 5, title } };
}

/** The ball and the cone with their names. */
function regionLayers(norm: number, { right, high }: Extent, { x, y }: { readonly x: Position; readonly y: Position }, options: DrawOptions): Layer[] {
  const { ball, cone: coneColor, quiet } = paintOf(options);
  const cone = coneEdge(norm, right, high);
  const edge = cone.at(-1)!;
  const isHigh = edge.y > 0.9 * high;
  const disc = Array.from({ length: 91 }, (_, k) => ({ x: -Math.cos((Math.PI * k) / 90), y: Math.sin((Math.PI * k) / 90) }));
  const name = (text: string, at: { readonly x: number; readonly y: number }, style: object): Layer => ({
    data: { values: [at] },
    mark: { type: "text", text, fontSize: 14, fontWeight: 600, color: quiet, ...style },
    encoding: { x, y },
  });
  return [
    { data: { values: cone }, mark: { type: "area", color: coneColor, opacity: 1, clip: true }, encoding: { x, y } },
    { data: { values: disc }, mark: { type: "area", color: ball, opacity: 1 }, encoding: { x, y } },
    name("ball", { x: 1, y: 0 }, { align: "left", baseline: "bottom", dx: 4, dy: -3 }),
    name("cone", { x: right, y: Math.min(edge.y, high) }, { align: "right", baseline: isHigh ? "top" : "bottom", dx: -3, dy: isHigh ? 4 : -3 }),
  ];
}

/**
 * The edge of {α·ball} above the ray, tangent to the disc from the point w = 0 at x = −norm. A ball that contains it
 * (norm ≤ 1) has all of space for a cone.
 */
function coneEdge(norm: number, right: number, high: number): { readonly x: number; readonly y: number }[] {
  if (norm <= 1) return [-right, right].map((x) => ({ x, y: high }));
  const slope = 1 / Math.sqrt(norm * norm - 1);
  const at = (x: number) => ({ x, y: Number.isFinite(norm) ? slope * (x + norm) : 1 });
  return [at(Math.max(-right, -norm)), at(right)];
}
