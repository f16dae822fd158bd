import { isTheoryConfig } from "../../experiment/theory/config.ts";
import type { Cell } from "../../experiment/experiment.ts";
import type { TheoryResult } from "../../experiment/theory/config.ts";
import type { TopLevelSpec } from "vega-lite";
import { c0Symbol, capital, count, list, plural, range, short } from "../../util/words.ts";
import { arrowsInWords } from "../draw/means.ts";
import { emptySpec, panels } from "../draw/panels.ts";
import { leftOutInWords } from "../draw/settings.ts";
import { headingOf, type DrawOptions, type Figure } from "../figure.ts";
import { boundClaims, tally } from "./bound-claims.ts";
import { hasPlace } from "./bound-lines.ts";
import { boundContent, boundPanel, floorOf } from "./bound-panels.ts";
import { drawnPart, parts, type DrawnPart } from "./bound-parts.ts";
import { describeDatasets, describeLine, theoryOf } from "./rows.ts";
import { boundsFinding } from "./findings.ts";
import { theorySection } from "./section.ts";
import { theoryStudies } from "./studies.ts";

const id = "bounds";
const title = "Every statement on the way to the theorem: its bound, the exact extreme, what was measured";

/** The lemmas of Section 4 and Appendix B, a panel each. */
export const figure: Figure = {
  id,
  title,
  studies: theoryStudies,
  drawnFrom: isTheoryConfig,
  needs: "runs that check the theory (measure: [theory])",
  spec: (results, options = {}) => draw(drawnOf(theoryOf(results)), results, options),
  headline: (results) => headlineOf(theoryOf(results)),
  caption: (results) => captionOf(theoryOf(results)),
  notes: (results) => notesOf(theoryOf(results), results),
  claims: (results) => boundClaims(theoryOf(results)),
  cover: 1,
  finding: boundsFinding,
  section: theorySection,
};

const drawnOf = (results: readonly TheoryResult[]): DrawnPart[] => parts.flatMap((part) => drawnPart(part, results) ?? []);

/** The cells that are in the picture. */
const usedBy = (drawn: readonly DrawnPart[]): TheoryResult[] => theoryOf(drawn.flatMap(({ line }) => line.results));

function draw(drawn: readonly DrawnPart[], all: readonly Cell[], options: DrawOptions): TopLevelSpec {
  const heading = headingOf({ id, title });
  if (drawn.length === 0) return emptySpec({ ...options, heading });
  const contents = drawn.map(boundContent);
  const silent = contents.flatMap((content) => content.silent);
  const bars = contents.flatMap(({ points }) => points).filter(({ mean }) => mean !== null);
  return panels(
    contents.map((content) => boundPanel(content, options)),
    {
      columns: 3,
      heading,
      ...options,
      subtitle: [
        `${settingInWords(usedBy(drawn))}  ·  bars: 95 % t-intervals over runs`,
        [
          "dashed: the bound, which points keep to with probability 1 − γ",
          ...(silent.some(({ y }) => hasPlace(y)) ? ["rings: a bound that says nothing (vacuous)"] : []),
          ...(silent.some(({ y }) => !hasPlace(y)) ? ["hollow triangles: a vacuous one beyond the axis"] : []),
        ].join("  ·  "),
      ],
      remarks: [
        contents.some(({ points }) => points.some(({ mean }) => mean === null)) ? "triangle without a bar: a point far below the axis" : "",
        arrowsInWords(bars),
        leftOutInWords(all, usedBy(drawn)),
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

/** "7 of 9 bounds of the theory hold at every setting at which they say something; 2 say nothing at these sizes". */
function headlineOf(results: readonly TheoryResult[]): string {
  const tallies = parts.flatMap(({ ids }) => ids.map((name) => tally(name, results))).filter(({ settings }) => settings.length > 0);
  if (tallies.length === 0) return "No runs of the theory yet.";
  const speaking = tallies.filter((one) => one.speaking > 0);
  const kept = speaking.filter((one) => one.holding === one.speaking).length;
  const silent = tallies.length - speaking.length;
  return `${count(kept)} of the ${plural(speaking.length, "bound")} that say something at these sizes ${kept === 1 ? "holds" : "hold"} at every setting${silent === 0 ? "" : `; ${count(silent)} ${silent === 1 ? "says" : "say"} nothing (vacuous)`}.`;
}

function captionOf(results: readonly TheoryResult[]): string {
  const drawn = drawnOf(results);
  if (drawn.length === 0) return "No runs of the theory yet.";
  return `Each statement of the proof as a panel: its bound (dashed green), the exact extreme over the lazy ball where there is a closed form (squares), the worst that training or a search found (circles), and what independent draws keep to (diamonds).`;
}

function notesOf(results: readonly TheoryResult[], all: readonly Cell[]): string[] {
  const drawn = drawnOf(results);
  if (drawn.length === 0) return [];
  const used = usedBy(drawn);
  const perPoint = drawn.flatMap(({ statements }) => statements.flatMap(({ points }) => points.measured.map(({ value }) => value.values.length)));
  const silent = silentInWords(drawn);
  const means = drawn.map(({ statements }) => Object.values(statements[0]!.points).flatMap((places) => places.map(({ value }) => value.mean)));
  const zeros = means.flat().filter((mean) => !(mean > 0)).length;
  const low = means.reduce((n, own) => n + own.filter((mean) => mean < floorOf(own)).length, 0) - zeros;
  const missing = leftOutInWords(all, used);
  return [
    `${capital(list(drawn.map(({ quantity, axis, rate }) => `${quantity} against ${axis} (the paper: ${rate})`)))}.`,
    "The bound holds with probability 1 − γ over (a, W₀) for all W of the lazy ball at once.",
    `Diamonds: what all but a share γ of ${range(used.map(({ row }) => row.draws))} independent draws keep to.`,
    `Each point is the mean over ${range(perPoint)} ${perPoint.every((n) => n === 1) ? "run (seed), so there are no bars" : "runs (seeds), bars are 95 % t-intervals"}; ${plural(used.length, "run")} in all, ${list(describeDatasets(used))}.`,
    silent.length === 0
      ? "No bound is vacuous at the settings drawn."
      : `Vacuous bounds, which say nothing, are hollow: ${list(silent)}. One that is not positive, infinite or far beyond all else has no place on the axis and stands as a hollow triangle at its edge.`,
    ...(low > 0
      ? [
          `${plural(low, "point")} below a thousandth of the largest in the panel ${low === 1 ? "is a triangle" : "are triangles"} at its lower edge: there a search of the ball made the quantity vanish.`,
        ]
      : []),
    ...(zeros > 0 ? [`${plural(zeros, "point")} at 0 ${zeros === 1 ? "has" : "have"} no place on a logarithmic axis.`] : []),
    ...(drawn.length > 1 ? ["Points of different kinds are set a few pixels apart so that none hides another."] : []),
    ...(missing === "" ? [] : [`${capital(missing)}; the table of the theory has all of its settings.`]),
  ];
}

/** Which bounds say nothing, and where. */
function silentInWords(drawn: readonly DrawnPart[]): string[] {
  return drawn.flatMap(({ statements, axis, quantity, line }) => {
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
}
