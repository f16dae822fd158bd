import { logDomain, logTicks } from "../draw/axis.ts";
import type { DrawOptions } from "../figure.ts";
import { count, interval, percent, short } from "../../util/words.ts";
import { percentLabel } from "../draw/heat-map.ts";
import { curveLayers, legendWithin, panelWidth, type Panel, type Position } from "../draw/panels.ts";
import { gridOf, tilesOf, type Half } from "./rows.ts";
import { orderedScheme, panelTitle, quiet, seriesShape, theoryDash } from "../draw/theme.ts";

/** The rows of a heat map as curves: robust accuracy against ε (or the radius), one curve per d (or m). */
export function robustCurves(half: Half, options: DrawOptions): Panel {
  const { side } = half;
  const width = panelWidth(336, options);
  const label = (x: number) => `${side.across.symbol} = ${count(x)}`;
  const labels = gridOf(half).across.map(label);
  const tiles = tilesOf(half);
  const share = (value: number) => Math.min(1, Math.max(0, value));
  const points = tiles.map(({ x, y, mean, values, interval: around, clean }) => ({
    series: label(x),
    x: y,
    mean,
    low: values.length > 1 ? share(around.low) : null,
    high: values.length > 1 ? share(around.high) : null,
    At: short(y),
    Robust: percent(mean),
    Clean: percent(clean),
    "95 % interval": values.length > 1 ? interval(around, (value) => percent(share(value))) : "one run",
    Runs: count(values.length),
  }));
  const domain = logDomain(
    tiles.map(({ y }) => y),
    0.04,
  );
  const x: Position = {
    field: "x",
    type: "quantitative",
    scale: { type: "log", domain, nice: false },
    axis: { title: side.along.name, values: logTicks(domain), format: ",~r", grid: false },
  };
  const y = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { domain: [0, 1.04], nice: false },
    axis: { title: "robust test accuracy", values: [0, 0.25, 0.5, 0.75, 1], labelExpr: percentLabel },
  });
  const legend = legendWithin(width, labels);
  const color = { field: "series", type: "nominal" as const, scale: { domain: labels, scheme: orderedScheme }, legend };
  const shape = { field: "series", type: "nominal" as const, scale: { domain: labels, range: labels.map((_, k) => seriesShape(k)) }, legend };

  return {
    title: { ...panelTitle, text: `Against ${side.along.symbol}, one curve per ${side.across.symbol}` },
    width,
    height: 212,
    data: { values: points },
    layer: [
      { data: { values: [{ y: 0.5 }] }, mark: { type: "rule", color: quiet, strokeDash: theoryDash, strokeWidth: 1.2 }, encoding: { y: y("y") } },
      ...curveLayers({
        x,
        y,
        color,
        shape,
        tooltip: [
          { field: "series", title: "Curve" },
          { field: "At", title: side.along.symbol },
          { field: "Robust", title: "robust" },
          { field: "Clean", title: "clean" },
          { field: "95 % interval" },
          { field: "Runs" },
        ],
        size: 48,
      }),
    ],
  };
}
