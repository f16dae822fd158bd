import type { TheoryResult } from "../../experiment/theory/config.ts";
import type { StatementId } from "../../theory/statements/statement.ts";
import { lineAlong, meanOver, statementIn, valuesOf, type Axis, type Line, type Mean } from "./rows.ts";

/** What the paper says of how a quantity goes along an axis: at most (or at least) like x^p. */
export interface Rate {
  readonly axis: Axis;
  readonly exponent: number;
  readonly side: "at most" | "at least";
}

/** One panel of the picture: a quantity with the bounds there are of it. */
export interface Part {
  readonly ids: readonly StatementId[];
  /** The horizontal axis of the panel. */
  readonly axis: Axis;
  readonly heading: string;
  /** The same in a sentence. */
  readonly quantity: string;
  /** As the paper has it. */
  readonly rate: string;
  readonly rates: readonly Rate[];
}

/** In the order of the proof. Theorem 3.1 and its corollary have a figure of their own. */
export const parts: readonly Part[] = [
  {
    ids: ["function-value"],
    axis: "m",
    heading: "Value sup |f|: O(1)",
    quantity: "the function value sup |f|",
    rate: "O(1)",
    rates: [{ axis: "m", exponent: 0, side: "at most" }],
  },
  {
    ids: ["sign-flips"],
    axis: "m",
    heading: "Neurons that switch |S|: O(√m)",
    quantity: "the number |S| of neurons that some W of the ball switches",
    rate: "O(√m)",
    rates: [{ axis: "m", exponent: 0.5, side: "at most" }],
  },
  {
    ids: ["gradient-size", "gradient-size-sharp"],
    axis: "d",
    heading: "Gradient inf ‖∇f‖: Ω(√d)",
    quantity: "the gradient size inf ‖∇f‖",
    rate: "Ω(√d)",
    rates: [{ axis: "d", exponent: 0.5, side: "at least" }],
  },
  {
    ids: ["neuron-flips-fixed"],
    axis: "d",
    heading: "Share switched by one δ: O(1/√d)",
    quantity: "the share of neurons that one δ of size R = reach/√d switches",
    rate: "O(1/√d)",
    rates: [{ axis: "d", exponent: -0.5, side: "at most" }],
  },
  {
    ids: ["neuron-flips-any"],
    axis: "d",
    heading: "Share switched by any δ: O(1)",
    quantity: "the share of neurons that some δ of that size and some W of the ball may switch",
    rate: "O(1)",
    rates: [{ axis: "d", exponent: 0, side: "at most" }],
  },
  {
    ids: ["gradient-change"],
    axis: "d",
    heading: "Change of the gradient: ≤ c√d",
    quantity: "the change of the gradient within that distance",
    rate: "≤ c√d",
    rates: [
      { axis: "d", exponent: 0.5, side: "at most" },
      { axis: "m", exponent: 0, side: "at most" },
    ],
  },
];

/** What the points of a panel are. */
export const kinds = ["exact", "measured", "draws"] as const;
export type Kind = (typeof kinds)[number];
export const kindNames: Readonly<Record<Kind, string>> = {
  exact: "exact extreme over the ball",
  measured: "measured",
  draws: "independent draws of (a, W₀)",
};

export interface Place {
  readonly x: number;
  readonly value: Mean;
}

/** One statement along a line: its bound, and what was found. */
export interface Drawn {
  readonly id: StatementId;
  readonly bound: readonly { readonly x: number; readonly y: number | null; readonly vacuous: boolean }[];
  readonly points: Readonly<Record<Kind, readonly Place[]>>;
}

export interface DrawnPart extends Part {
  readonly line: Line;
  readonly statements: readonly Drawn[];
}

/** A part with the cells that show most of it; undefined where no cell has one of its statements. */
export function drawnPart(part: Part, results: readonly TheoryResult[]): DrawnPart | undefined {
  const able = results.filter((result) => part.ids.some((id) => statementIn(result, id) !== undefined));
  if (able.length === 0) return undefined;
  const line = lineAlong(able, part.axis);
  const statements = part.ids.map((id) => drawnStatement(id, line)).filter(({ bound }) => bound.length > 0);
  return { ...part, line, statements };
}

function drawnStatement(id: StatementId, { axis, results }: Line): Drawn {
  const at = valuesOf(results, axis).map((x) => ({ x, runs: results.filter(({ row }) => row[axis] === x).flatMap((result) => statementIn(result, id) ?? []) }));
  const there = at.filter(({ runs }) => runs.length > 0);
  const found = (of: (run: (typeof at)[number]["runs"][number]) => number | null | undefined) =>
    there.flatMap(({ x, runs }) => {
      const value = meanOver(runs.map(of));
      return value === undefined ? [] : [{ x, value }];
    });
  return {
    id,
    bound: there.map(({ x, runs }) => ({ x, y: runs[0]!.bound, vacuous: runs[0]!.vacuous })),
    points: { exact: found((run) => run.exact), measured: found((run) => run.measured), draws: found((run) => run.simulation?.quantile) },
  };
}

/**
 * The places that a rate is fitted to along an axis: the exact extreme where there is one, else what was measured. A lower bound claims
 * nothing where it is vacuous (a search of a large ball at small d finds W without any gradient): these places are left out.
 */
export function ratePlaces(
  part: Part,
  results: readonly TheoryResult[],
  { axis, side }: Rate,
): { readonly line: Line; readonly of: Kind; readonly places: readonly Place[]; readonly leftOut: number } | undefined {
  const drawn = drawnPart({ ...part, axis }, results);
  const points = drawn?.statements[0]?.points;
  if (drawn === undefined || points === undefined) return undefined;
  const of = points.exact.length > 0 ? "exact" : "measured";
  const speaks = (x: number) => drawn.statements.some(({ bound }) => bound.some((place) => place.x === x && !place.vacuous));
  const places = points[of].filter(({ x, value }) => value.mean > 0 && (side === "at most" || speaks(x)));
  return { line: drawn.line, of, places, leftOut: points[of].length - places.length };
}
