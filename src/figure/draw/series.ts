import type { DrawOptions } from "../figure.ts";
import { orderedScheme, paintOf, seriesShape } from "./theme.ts";

/** A legend that keeps to a panel's width: about 7 px a letter, 40 for symbol and gap. */
export function legendWithin(width: number, labels: readonly string[]) {
  const columns = Math.max(1, Math.floor((width + 20) / (7 * Math.max(...labels.map(({ length }) => length)) + 40)));
  return { title: null, columns, columnPadding: 12 };
}

interface SeriesOptions extends DrawOptions {
  /** Whether the labels are in the order of a quantity: then their colors are as well. */
  readonly ordered?: boolean;
  readonly legend?: object;
}

/**
 * The color and the shape of each curve by its label, from the field `series`. Where there are more curves than colors or shapes both begin
 * anew: as their numbers have no common divisor, no two of 56 curves have the same of both.
 */
export function seriesChannels(labels: readonly string[], { ordered = false, legend = { title: null }, ...options }: SeriesOptions) {
  const { series } = paintOf(options);
  const field = { field: "series", type: "nominal" as const, legend };
  const domain = [...labels];
  const colors = ordered ? { scheme: orderedScheme(options) } : { range: labels.map((_, k) => series[k % series.length]!) };
  return {
    color: { ...field, scale: { domain, ...colors } },
    shape: { ...field, scale: { domain, range: labels.map((_, k) => seriesShape(k)) } },
  };
}
