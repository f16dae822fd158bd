import { number } from "../../util/words.ts";
import { type Domain } from "../draw/axis.ts";
import type { Layer, Position } from "../draw/panels.ts";
import { minFontSize, paintOf, theoryDash } from "../draw/theme.ts";
import type { DrawOptions } from "../figure.ts";

/* How a bound looks: dashed where it says something, gray and hollow where it is vacuous. */

/** A bound at one place of an axis that says nothing there. */
export interface Silent {
  readonly x: number;
  readonly y: number | null;
}

interface BoundPlace extends Silent {
  readonly vacuous: boolean;
}

/** A vacuous bound larger than this would squeeze everything else. */
const largestDrawn = 1e6;

/** Whether a logarithmic axis has a place for a bound: not for one that is not positive (‖∇f‖ ≥ −3), infinite or far beyond all else. */
export function hasPlace(y: number | null): y is number {
  return y !== null && y > 0 && y < largestDrawn;
}

interface Axes {
  readonly x: Position;
  readonly y: Position;
}

/** Through what says nothing but has a place in the panel, a thin gray line. */
export function greyedLine(bound: readonly BoundPlace[], { x, y }: Axes, options: DrawOptions): Layer[] {
  const values = bound.some(({ vacuous }) => vacuous) ? bound.flatMap((place) => (hasPlace(place.y) ? [{ x: place.x, y: place.y }] : [])) : [];
  if (values.length < 2) return [];
  return [{ data: { values }, mark: { type: "line", color: paintOf(options).vacuous, strokeDash: theoryDash, strokeWidth: 1.2 }, encoding: { x, y } }];
}

interface Named extends Axes {
  readonly side: "at most" | "at least";
  readonly rightmost: number;
  readonly name: string;
}

/** The bound where it says something, with its name where no points are: above the end of an upper bound, below that of a lower one. */
export function boundLine(bound: readonly BoundPlace[], index: number, { x, y, side, rightmost, name }: Named, options: DrawOptions): Layer[] {
  const values = bound.flatMap((place) => (place.vacuous || !hasPlace(place.y) ? [] : [{ x: place.x, y: place.y, Bound: number(place.y) }]));
  if (values.length === 0) return [];
  const { theory } = paintOf(options);
  const last = values.length - 1;
  const falls = values[last]!.y < values[0]!.y;
  const [anchor, place] =
    side === "at least"
      ? [values[Math.max(0, last - 1)]!, last > 0 || values[last]!.x < rightmost ? labelled("left", 8, 14) : labelled("right", 8, 16)]
      : falls
        ? [values[0]!, labelled("left", -4, -12)]
        : [values[last]!, labelled("right", 8, -12)];
  return [
    {
      data: { values },
      mark: { type: "line", color: theory, strokeDash: theoryDash, strokeWidth: index === 0 ? 2 : 2.6 },
      encoding: { x, y },
    },
    {
      data: { values },
      mark: { type: "tick", color: theory, thickness: 2.5, size: 11, opacity: 1 },
      encoding: { x, y, tooltip: [{ field: "Bound", title: name }] },
    },
    {
      data: { values: [anchor] },
      mark: { type: "text", text: name, color: theory, fontSize: minFontSize, fontWeight: 600, ...place },
      encoding: { x, y },
    },
  ];
}

interface SilentPlace extends Axes {
  readonly side: "at most" | "at least";
  readonly domain: Domain;
  /** Sets what stands at an edge apart from the points there. */
  readonly shift: number;
}

/** Vacuous bounds: a ring where they have a place on the axis, else a hollow triangle at the edge that they are beyond. */
export function silentLayers(silent: readonly Silent[], { x, y, side, domain, shift }: SilentPlace, options: DrawOptions): Layer[] {
  if (silent.length === 0) return [];
  const { vacuous, quiet } = paintOf(options);
  const edge = side === "at least" ? domain[0] : domain[1];
  const inward = side === "at least" ? -6 : 6;
  const values = silent.map((place) => ({
    x: hasPlace(place.y) ? place.x : place.x * shift,
    y: hasPlace(place.y) ? place.y : edge,
    isBeyond: !hasPlace(place.y),
    Bound: place.y === null ? "none" : number(place.y),
  }));
  const mark = { type: "point" as const, filled: false, size: 70, strokeWidth: 1.8, stroke: vacuous, opacity: 1 };
  const encoding = { x, y, tooltip: [{ field: "Bound", title: "bound (vacuous)" }] };
  const first = values[0]!;
  const last = values.at(-1)!;
  const isLast = side === "at most" && last.y > first.y;
  const named = isLast ? last : first;
  const down = named.isBeyond && side === "at most" ? 20 : named.isBeyond ? -20 : -13;
  return [
    { data: { values: values.filter(({ isBeyond }) => !isBeyond) }, mark: { ...mark, shape: "circle" }, encoding },
    {
      data: { values: values.filter(({ isBeyond }) => isBeyond) },
      mark: { ...mark, shape: side === "at least" ? "triangle-down" : "triangle-up", yOffset: inward },
      encoding,
    },
    {
      data: { values: [named] },
      mark: { type: "text", text: "vacuous", ...(isLast ? labelled("right", 8, down) : labelled("left", -5, down)), fontSize: minFontSize, color: quiet },
      encoding: { x, y },
    },
  ];
}

const labelled = (align: "left" | "right", dx: number, dy: number) => ({ align, dx, dy });
