import type { TopLevelSpec } from "vega-lite";
import type { Cell } from "../../experiment/experiment.ts";
import type { DrawOptions, Figure } from "../figure.ts";

/** The one panel that stands for a figure, of a size that fits a phone; the whole figure where it has no panels. */
export function coverSpec({ spec, cover = 0 }: Pick<Figure, "spec" | "cover">, results: readonly Cell[], options: DrawOptions = {}): TopLevelSpec {
  const whole = spec(results, { ...options, title: false, columns: 1 });
  if (!("concat" in whole)) return whole;
  const panel = whole.concat[cover] ?? whole.concat[0];
  return panel === undefined ? whole : { ...whole, concat: [panel] };
}
