import type { TheoryRow } from "../../experiment/theory/config.ts";
import type { StatementResult } from "../../theory/check.ts";
import { tallyInWords, tallyOf } from "../../theory/tally.ts";
import { table } from "../text.ts";
import { percent, plural, short, significant } from "../../util/words.ts";

/** A check of the theory as a terminal shows it. */
export function theoryText(row: TheoryRow): string {
  const { d, m, c0, gamma, statements, epochs, deviation, testAccuracy, points, draws, freshShares, trainedShares } = row;
  const at = `d ${d.toLocaleString("en-US")} · m ${m.toLocaleString("en-US")} · C_0 ${c0} · γ ${gamma}`;
  const radius = c0 / Math.sqrt(m);
  const training = epochs === 0 ? "not trained" : `${plural(epochs, "epoch")}, deviation ${significant(deviation)} of ${significant(radius)}`;
  const head = ["statement", "source", "bound", "exact", "measured", "used", "", "broken by draws"];
  return [
    `${at}   ${training}, test ${percent(testAccuracy)}`,
    "",
    table(head, statements.map(line), [0, 1, 6, 7]),
    "",
    `${tallyInWords(tallyOf(statements))}.`,
    "",
    ...statements.map(({ id, quantity, formula, side }) => wrapped(`${id}: ${quantity} ${sign(side)} ${formula}`)),
    "",
    wrapped(
      `exact: the extreme over the lazy ball, in closed form; measured: the worst value on the trained network or in a search, both over ${plural(points, "point")}; ` +
        `used: how much of the bound is used; broken by draws: how many of ${draws.toLocaleString("en-US")} draws of (a, W₀) break it, with the 95 % interval of their share.`,
    ),
    `The smallest C_1 for which one step of size C_1/d flips 99 % of the points: ${smallest(freshShares)} (untrained), ${smallest(trainedShares)} (trained).`,
  ].join("\n");
}

function line({ id, source, side, bound, exact, measured, tightness, holds, keeps, vacuous, widthFrom, simulation }: StatementResult): string[] {
  return [
    id,
    source.replace(/; [a-z ]+\[ours\]/, " [ours]").replace("Corollary", "Cor."),
    `${sign(side)} ${bound === null ? (side === "at most" ? "∞" : "−∞") : significant(bound)}`,
    exact === null ? "–" : significant(exact),
    significant(measured),
    tightness === null || vacuous ? "–" : `${(100 * tightness).toFixed(0)} %`,
    verdict({ holds, keeps, vacuous, widthFrom }),
    simulation === null ? "–" : `${simulation.violations.toLocaleString("en-US")} [${short(100 * simulation.low, 2)} %, ${short(100 * simulation.high, 2)} %]`,
  ];
}

/** A bound that holds with probability 1 − γ may fail at this one network. */
function verdict({ holds, keeps, vacuous, widthFrom }: Pick<StatementResult, "holds" | "keeps" | "vacuous" | "widthFrom">): string {
  if (vacuous) return `vacuous ${widthFrom === null ? "at every m" : `below m ${fixedWidth(widthFrom)}`}`;
  if (!holds) return "does not hold";
  return keeps ? "holds" : "holds, but not here";
}

const sign = (side: StatementResult["side"]) => (side === "at most" ? "≤" : "≥");
const smallest = ({ smallest: c1 }: TheoryRow["freshShares"]) => (c1 === null ? "none" : significant(c1));
const fixedWidth = (m: number) => (m < 1e6 ? m.toLocaleString("en-US") : m.toExponential(1).replace("e+", "e"));

/** A line broken between words where it would be too long. */
function wrapped(text: string, columns = 108): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1)!;
    if (last !== "" && [...last].length + 1 + [...word].length > columns) lines.push(`    ${word}`);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.join("\n");
}
