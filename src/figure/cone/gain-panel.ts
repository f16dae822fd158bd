import type { ConeResult } from "../../experiment/cone/config.ts";
import { interval95, summarize } from "../../util/statistics.ts";
import { count, interval, percent } from "../../util/words.ts";
import { logAxis, logDomain, shareAxis, type Domain } from "../draw/axis.ts";
import { barIn, curveLayers } from "../draw/means.ts";
import { panelWidth, theoryLayer, type Layer, type Panel, type Position } from "../draw/panels.ts";
import { paintOf, panelTitle } from "../draw/theme.ts";
import type { DrawOptions } from "../figure.ts";
import { asC0, stageName } from "./rows.ts";

const scaled = "by the best α";

/** By what share scaling shortens the distance, and by what share it would have to for the network to lie in the cone. */
export function gainPanel(results: readonly ConeResult[], options: DrawOptions): Panel {
  const { c0 } = results[0]!.row;
  const points = pointsOf(results);
  const domain = logDomain([...points.map((point) => point.x), c0]);
  const distance = logAxis("x", domain, "distance to W₀ · √m");
  const x = { ...distance, axis: { ...distance.axis, grid: false, labelOverlap: "greedy" as const, labelSeparation: 4 } };
  const y = (field: string) => shareAxis(field, "nearer by");
  // One curve, named so that the three panels' headings stand level.
  const field = { field: "series", type: "nominal" as const, legend: { title: null } };
  return {
    title: { ...panelTitle, text: "What scaling W gains" },
    width: panelWidth(222, options),
    height: 236,
    data: { values: points },
    layer: [
      ...neededLayers(c0, domain, { x, y: y("y") }, options),
      ...curveLayers(
        {
          x,
          y,
          color: { ...field, scale: { domain: [scaled], range: [paintOf(options).ink] } },
          shape: { ...field, scale: { domain: [scaled], range: ["circle"] } },
          tooltip: [{ field: "At" }, { field: "Gain", title: "nearer by" }, { field: "95 % interval" }, { field: "Runs" }],
          size: 48,
        },
        options,
      ),
    ],
  };
}

function pointsOf(results: readonly ConeResult[]) {
  const steps = results.flatMap((result) =>
    result.row.path.map((step) => ({ name: stageName(result, step), x: asC0(result, step, "deviation"), gain: 1 - step.coneDistance / step.deviation })),
  );
  return [...new Set(steps.map(({ name }) => name))].map((name) => {
    const own = steps.filter((step) => step.name === name);
    const values = own.map(({ gain }) => gain);
    const around = interval95(values);
    // A share is between 0 and 1, and so is what its interval says of it.
    const { low, high } = { low: Math.max(0, around.low), high: Math.min(1, around.high) };
    return {
      series: scaled,
      x: summarize(own.map((step) => step.x)).mean,
      mean: summarize(values).mean,
      ...barIn({ low, high }, [0, 1]),
      At: name,
      Gain: percent(summarize(values).mean, 2),
      "95 % interval": Number.isFinite(around.low) ? interval(around, (share) => percent(share, 2)) : "one run",
      Runs: count(values.length),
    };
  });
}

function neededLayers(c0: number, domain: Domain, { x, y }: { readonly x: Position; readonly y: Position }, options: DrawOptions): Layer[] {
  const needed = Array.from({ length: 61 }, (_, k) => c0 * (domain[1] / c0) ** (k / 60)).map((at) => ({ x: at, y: 1 - c0 / at }));
  return [
    theoryLayer(needed, x, y, options),
    {
      data: { values: [needed.at(-1)!] },
      mark: { type: "text", text: "needed for the cone", align: "right", baseline: "bottom", dy: -8, color: paintOf(options).theory, fontWeight: 600 },
      encoding: { x, y },
    },
  ];
}
