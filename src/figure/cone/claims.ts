import type { ConeResult } from "../../experiment/cone/config.ts";
import { summarize } from "../../util/statistics.ts";
import { capital, count, number, percent, plural } from "../../util/words.ts";
import { judgeAll } from "../draw/verdict.ts";
import type { Claim } from "../figure.ts";
import { asC0, stayFactor } from "./rows.ts";

/** "1.003 (1.001 to 1.005) times": the mean and the range, because no run can be below 1 and a t-interval could. */
export function factorInWords(results: readonly ConeResult[]): string {
  const stays = results.map(stayFactor).filter((stay) => stay !== null);
  if (stays.length === 0) return "";
  const factors = stays.map(({ factor }) => factor);
  const least = stays.every(({ leavesCone }) => leavesCone) ? "" : "at least ";
  return `${least}${number(summarize(factors).mean, 4)}${factors.length > 1 ? ` (${number(Math.min(...factors), 4)} to ${number(Math.max(...factors), 4)})` : ""} times`;
}

/** Of the squared distance that the drawn rows moved to the end, the share orthogonal to where they began. */
function acrossShare(results: readonly ConeResult[]): number {
  const rows = results.flatMap((result) => result.row.path.at(-1)!.rows);
  const total = (of: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + of(row), 0);
  return total(({ across }) => across ** 2) / total(({ across, along, initialNorm }) => across ** 2 + (along - initialNorm) ** 2);
}

export function claimsOf(results: readonly ConeResult[]): Claim[] {
  const steps = results.flatMap((result) => result.row.path);
  const shares = steps.map(({ coneDistance, deviation }) => coneDistance / deviation);
  const nearer = judgeAll(shares.filter((share) => share < 1).length, shares.length);
  const beyond = results.flatMap((result) =>
    result.row.path.filter((step) => asC0(result, step, "deviation") > result.row.c0).map((step) => ({ result, step })),
  );
  const covered = beyond.filter(({ result, step }) => asC0(result, step, "coneDistance") <= result.row.c0).length;
  const stays = results.map(stayFactor).filter((stay) => stay !== null);
  const later = judgeAll(stays.filter(({ factor }) => factor > 1).length, stays.length);
  const alphas = steps.map(({ alpha }) => alpha);
  return [
    {
      id: "figure-1/nearer",
      statement:
        "The cone reaches beyond the ball: scaling its weights brings a trained network closer to its initial weights (closer to the ray of W₀ than to W₀)",
      paper: "the cone is larger",
      measured:
        shares.length === 0
          ? "no runs"
          : `distances in the ratio ${number(Math.min(...shares), 4)} to ${number(Math.max(...shares), 4)}, α from ${number(Math.min(...alphas))} to ${number(Math.max(...alphas))}; ${plural(shares.length, "network")} of ${plural(results.length, "run")}`,
      verdict: nearer.verdict,
      detail: `${capital(nearer.why)}.`,
    },
    {
      id: "figure-1/later",
      statement: "Training leaves the cone, on which the theorem still holds, later than the ball",
      paper: "the cone is larger",
      measured:
        stays.length === 0
          ? results.length === 0
            ? "no runs"
            : `it leaves the ball in none of ${plural(results.length, "run")}`
          : `${factorInWords(results)} as many steps; ${plural(stays.length, "run")}`,
      verdict: later.verdict,
      detail: `${stays.length === 0 && results.length > 0 ? "No run leaves the ball" : capital(later.why)}.${
        beyond.length === 0
          ? ""
          : ` Of the ${plural(beyond.length, "network")} looked at beyond the ball ${count(covered)} ${covered === 1 ? "lies" : "lie"} in the cone. At the end ${percent(acrossShare(results))} of what the drawn rows moved (of its square) is across their own w₀, where scaling does not reach. The paper says that the cone is larger, not that training stays in it.`
      }`,
    },
  ];
}
