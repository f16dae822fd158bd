import type { Cell } from "../../experiment/experiment.ts";
import type { TheoryResult } from "../../experiment/theory/config.ts";
import type { TopLevelSpec } from "vega-lite";
import { boundClaims } from "./bound-claims.ts";
import { boundPanel, floorOf } from "./bound-panels.ts";
import { drawnPart, parts, type DrawnPart } from "./bound-parts.ts";
import type { DrawOptions, Figure } from "../figure.ts";
import { c0Symbol, capital, count, list, plural, range, short } from "../../util/words.ts";
import { boundsFinding } from "./findings.ts";
import { theorySection } from "./section.ts";
import { emptySpec, panels } from "../draw/panels.ts";
import { countOf } from "../draw/rows.ts";
import { describeDatasets, describeLine, theoryOf } from "./rows.ts";

const title = "Every statement on the way to the theorem: its bound, the exact extreme, what was measured";
const heading = `Bounds. ${title}`;

/** The lemmas of Section 4 and Appendix B, a panel each. */
export const bounds: Figure = {
  id: "bounds",
  title,
  spec: (results, options = {}) => draw(drawnOf(theoryOf(results)), options),
  caption: (results) => captionOf(theoryOf(results), results),
  claims: (results) => boundClaims(theoryOf(results)),
  cover: 1,
  finding: boundsFinding,
  section: theorySection,
};

const drawnOf = (results: readonly TheoryResult[]): DrawnPart[] => parts.flatMap((part) => drawnPart(part, results) ?? []);

/** The cells that are in the picture. */
const usedBy = (drawn: readonly DrawnPart[]): TheoryResult[] => theoryOf(drawn.flatMap(({ line }) => line.results));

function draw(drawn: readonly DrawnPart[], options: DrawOptions): TopLevelSpec {
  if (drawn.length === 0) return emptySpec({ ...options, heading });
  return panels(
    drawn.map((part) => boundPanel(part, options)),
    {
      columns: 3,
      heading,
      ...options,
      subtitle: [
        `${settingInWords(usedBy(drawn))}  ·  bars: 95 % t-intervals over runs`,
        "dashed: the bound; hollow circles: where it says nothing (vacuous). Points keep to the bound with probability 1 − γ",
      ],
    },
  );
}

/** "24,000 random points of the unit sphere, no biases, C₀ = 10, γ = 0.05". */
function settingInWords(results: readonly TheoryResult[]): string {
  const values = (of: (row: TheoryResult["row"]) => number) =>
    [...new Set(results.map(({ row }) => of(row)))].sort((a, b) => a - b).map((value) => short(value));
  return [...describeDatasets(results), `${c0Symbol} = ${list(values((row) => row.c0))}`, `γ = ${list(values((row) => row.gamma))}`].join(", ");
}

function captionOf(results: readonly TheoryResult[], all: readonly Cell[]): string {
  const drawn = drawnOf(results);
  if (drawn.length === 0) return "No runs of the theory yet.";
  const used = usedBy(drawn);
  const perPoint = drawn.flatMap(({ statements }) => statements.flatMap(({ points }) => points.measured.map(({ value }) => value.values.length)));
  const draws = used.map(({ row }) => row.draws);
  const silent = drawn.flatMap(({ statements, axis, quantity, line }) => {
    const at = statements.flatMap(({ bound }) => bound.filter(({ vacuous }) => vacuous).map(({ x }) => x));
    const of = Math.max(...statements.map(({ bound }) => bound.length));
    const many = statements.length > 1;
    const silentIn = statements.filter(({ bound }) => bound.every(({ vacuous }) => vacuous)).length;
    if (at.length === 0) return [];
    if (!many && at.length === of) return [`that of ${quantity} at every ${axis} (${describeLine(line)})`];
    if (many && silentIn === statements.length) return [`both of ${quantity} at every ${axis} (${describeLine(line)})`];
    const which = many ? `one of the two of ${quantity}` : `that of ${quantity}`;
    return [`${which} at ${axis} = ${list([...new Set(at)].sort((a, b) => a - b).map(count))}`];
  });
  const low = drawn.reduce((n, { statements }) => {
    const means = Object.values(statements[0]!.points).flatMap((places) => places.map(({ value }) => value.mean));
    return n + means.filter((mean) => mean < floorOf(means)).length;
  }, 0);
  const zeros = drawn.reduce(
    (n, { statements }) => n + Object.values(statements[0]!.points).flatMap((places) => places.filter(({ value }) => !(value.mean > 0))).length,
    0,
  );
  const leftOut = countOf(all) - used.length;
  return [
    `${capital(list(drawn.map(({ quantity, axis, rate }) => `${quantity} against ${axis} (the paper: ${rate})`)))}.`,
    "Dashed green: the bound, which holds with probability 1 − γ over (a, W₀) for all W of the lazy ball at once.",
    `Squares: the exact extreme over the ball, where it has a closed form; circles: the worst found on trained networks or by a search; diamonds: what all but a share γ of ${range(draws)} independent draws keep to.`,
    `Each point is the mean over ${range(perPoint)} ${perPoint.every((n) => n === 1) ? "run (seed), so there are no bars" : "runs (seeds), bars are 95 % t-intervals"}; ${plural(used.length, "run")} in all, ${list(describeDatasets(used))}.`,
    silent.length === 0
      ? "No bound is vacuous at the settings drawn."
      : `Hollow circles: bounds that are vacuous, that is, say nothing: ${list(silent)}; one that is not positive stands at the panel’s edge.`,
    ...(low > zeros
      ? [
          `${plural(low - zeros, "point")} below a thousandth of the largest in the panel ${low - zeros === 1 ? "stands" : "stand"} at its lower edge: there a search of the ball made the quantity vanish.`,
        ]
      : []),
    ...(zeros > 0 ? [`${plural(zeros, "point")} at 0 ${zeros === 1 ? "has" : "have"} no place on a logarithmic axis.`] : []),
    ...(drawn.length > 1 ? ["Points of different kinds are set a few pixels apart so that none hides another."] : []),
    ...(leftOut > 0
      ? [`${plural(leftOut, "run")} of another setting ${leftOut === 1 ? "is" : "are"} not shown here; the table of the theory has all of its settings.`]
      : []),
  ].join(" ");
}
