import type { Cell } from "../../experiment/experiment.ts";
import { summarize } from "../../util/statistics.ts";
import { count, percent, plural } from "../../util/words.ts";
import { distinct } from "../draw/data.ts";
import { curvesOf } from "./rows.ts";
import { meanOf } from "./quantity.ts";

/** How small a perturbation flips the widest networks, at the smallest and at the largest dimension. */
export function smallestFlips(results: readonly Cell[]): string | undefined {
  // The last curve is that of the widest networks.
  const widest = curvesOf(results, "network.m").curves.at(-1)?.results ?? [];
  const m = widest[0]?.row.m;
  const ds = distinct(widest, (row) => row.d);
  const [low, high] = [ds[0], ds.at(-1)];
  if (m === undefined || low === undefined || high === undefined) return undefined;
  const shareAt = (d: number) => {
    const values = widest
      .filter(({ row }) => row.d === d)
      .map(({ row }) => meanOf(row, "perturbationRelative"))
      .filter(Number.isFinite);
    return values.length === 0 ? undefined : { mean: summarize(values).mean, runs: values.length };
  };
  const [wide, narrow] = [shareAt(high), shareAt(low)];
  if (wide === undefined || narrow === undefined) return undefined;
  const smaller = low === high ? "" : `; at d = ${count(low)} it takes ${percent(narrow.mean)}`;
  const runs = low === high || wide.runs === narrow.runs ? `${plural(wide.runs, "run")} each` : `${count(wide.runs)} and ${plural(narrow.runs, "run")}`;
  return `A small step is enough: at d = ${count(high)}, moving an image along its gradient by ${percent(wide.mean)} of its norm flips its class${smaller} (m = ${count(m)}, ${runs}).`;
}
