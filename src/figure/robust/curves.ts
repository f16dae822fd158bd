import { count, interval, percent, short } from "../../util/words.ts";
import { logAxis, logDomain, shareAxis } from "../draw/axis.ts";
import { barIn, curveLayers } from "../draw/means.ts";
import { panelWidth, type Panel } from "../draw/panels.ts";
import { legendWithin, seriesChannels } from "../draw/series.ts";
import { paintOf, panelTitle, theoryDash } from "../draw/theme.ts";
import type { DrawOptions } from "../figure.ts";
import { gridOf, tilesOf, type Half, type Tile } from "./rows.ts";

/** The rows of a heat map as curves: robust accuracy against ε (or the radius), one curve per d (or m). */
export function robustCurves(half: Half, options: DrawOptions): Panel {
  const { side } = half;
  const width = panelWidth(336, options);
  const label = (x: number) => `${side.across.symbol} = ${count(x)}`;
  const labels = gridOf(half).across.map(label);
  const tiles = tilesOf(half);
  const domain = logDomain(
    tiles.map(({ y }) => y),
    0.04,
  );
  const along = logAxis("x", domain, side.along.name);
  const x = { ...along, axis: { ...along.axis, grid: false } };
  const y = (field: string) => shareAxis(field, "robust test accuracy");
  return {
    title: { ...panelTitle, text: `Against ${side.along.symbol}, one curve per ${side.across.symbol}` },
    width,
    height: 212,
    data: { values: tiles.map((tile) => ({ series: label(tile.x), ...pointOf(tile) })) },
    layer: [
      {
        data: { values: [{ y: 0.5 }] },
        mark: { type: "rule", color: paintOf(options).quiet, strokeDash: theoryDash, strokeWidth: 1.2 },
        encoding: { y: y("y") },
      },
      ...curveLayers(
        {
          x,
          y,
          ...seriesChannels(labels, { ...options, ordered: true, legend: legendWithin(width, labels) }),
          tooltip: [
            { field: "series", title: "Curve" },
            { field: "At", title: side.along.symbol },
            { field: "Robust", title: "robust" },
            { field: "Clean", title: "clean" },
            { field: "95 % interval" },
            { field: "Runs" },
          ],
          size: 48,
        },
        options,
      ),
    ],
  };
}

/** A share is between 0 and 1, and so is what its interval says of it: nothing is cut off there. */
function pointOf({ y, mean, values, interval: around, clean }: Tile) {
  const share = (value: number) => Math.min(1, Math.max(0, value));
  return {
    x: y,
    mean,
    ...barIn({ low: share(around.low), high: share(around.high) }, [0, 1]),
    At: short(y),
    Robust: percent(mean),
    Clean: percent(clean),
    "95 % interval": values.length > 1 ? interval(around, (value) => percent(share(value))) : "one run",
    Runs: count(values.length),
  };
}
