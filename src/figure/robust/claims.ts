import type { AdversarialResult } from "../../experiment/robust/config.ts";
import { interval95, summarize, type Interval } from "../../util/statistics.ts";
import type { Claim } from "../figure.ts";
import { c0Symbol, capital, count, fixed, interval, number, percent, plural, range, short } from "../../util/words.ts";
import { describeFixed, gridOf, type Half, type Halves, type Side } from "./rows.ts";
import { countOf } from "../draw/data.ts";
import { beside, censoredInWords, factor, sharpness, slightly, thresholdOf, type Beside, type OverX, type Threshold } from "./threshold.ts";
import { judgeAll, judgeExponent, judgeKept, judgeLost, judgeSharp, judgeTestError, testErrorLimit, type Ruling } from "../draw/verdict.ts";

/* What Section 5.2 says about Figure 4, half by half. All intervals over sizes (or widths): each counts once, as the mean over its seeds. */

export function robustClaims(halves: Halves): Claim[] {
  return [...halfClaims(halves.left), ...halfClaims(halves.right), cleanClaim(halves), ballClaim(halves)];
}

function halfClaims(half: Half): Claim[] {
  const threshold = thresholdOf(half);
  return [exponentClaim(half, threshold), sharpClaim(half), besideClaim(half, threshold, "lost"), besideClaim(half, threshold, "kept")];
}

const id = (side: Side, name: string) => `figure-4/${side.name}/${name}`;
/** "3 sizes": what an interval is over. */
const overCount = ({ across: { one } }: Side, n: number) => plural(n, one);
const networks = ({ results }: Half) => plural(results.length, "network");

/** "Robust accuracy falls sharply near ε ≈ c/√d" and "a phase transition near V ≈ c/√m": the place of one half, as a power law. */
function exponentClaim(half: Half, threshold: Threshold): Claim {
  const { side } = half;
  const { fit, curves } = threshold;
  const found = curves.filter(({ half: place }) => place.at !== undefined).length;
  const { verdict, why } = judgeExponent(fit.free, -1 / 2, `${side.across.one}s`);
  const censored = censoredInWords(half, threshold);
  const falls = side.direction === "falling" ? "falls" : "rises";
  const x = side.across.symbol;
  return {
    id: id(side, "exponent"),
    statement: `${side.name === "left" ? "The larger the image, the smaller the attack that fools the network" : "The wider the network, the smaller the ball that makes it robust"}: robust accuracy ${falls} through one half at ${side.along.symbol} ≈ ${side.rate} (${describeFixed(half)})`,
    paper: `${x}^−1/2`,
    measured:
      found === 0
        ? `no half-accuracy ${side.along.symbol}; ${networks(half)}`
        : Number.isFinite(fit.free.exponent)
          ? `${x}^${fixed(fit.free.exponent)} ${interval(fit.free.interval, fixed)}; with −1/2 held, c = ${number(fit.c)}${known(fit.interval)}; ${overCount(side, fit.means.length)} × ${range(fit.means.map(({ runs }) => runs))} ${fit.means.every(({ runs }) => runs === 1) ? "seed" : "seeds"}, ${networks(half)}`
          : `${side.along.symbol} = ${number(fit.means[0]!.at)} at ${x} = ${count(fit.means[0]!.x)}; ${networks(half)}`,
    verdict,
    detail: [
      `${capital(why)}.`,
      ...(found === 0
        ? []
        : [
            `One half is where the curve of each ${x} and seed, made monotone, passes it on a straight line over log ${side.along.symbol} between grid values.`,
          ]),
      ...(censored === "" ? [] : [`Left out: ${censored}.`]),
      ...(side.name === "right" && found > 0 ? [`As V = ${c0Symbol}/√m, this c is a ${c0Symbol}.`] : []),
    ].join(" "),
  };
}

/** "We observe a sharp drop": the factor in ε (or the radius) between 90 % and 10 % of the clean accuracy. */
function sharpClaim(half: Half): Claim {
  const { side } = half;
  const sharp = sharpness(half);
  const { verdict, why } = judgeSharp(sharp.interval);
  const all = gridOf(half).across.length;
  return {
    id: id(side, "sharp"),
    statement: side.direction === "falling" ? "The drop of robust accuracy along ε is sharp" : "Robust accuracy passes through a phase transition along V",
    paper: "sharp",
    measured:
      sharp.xs === 0
        ? `no curve has the whole drop in the grid; ${networks(half)}`
        : `from 90 % to 10 % of the clean accuracy within ${factor(sharp.mean)}${known(sharp.interval)} in ${side.along.symbol}; ${overCount(side, sharp.xs)}, ${networks(half)}`,
    verdict,
    detail: [
      `${capital(why)}.`,
      ...(sharp.xs === 0
        ? []
        : [
            `The clean accuracy is that of the same seed’s network at the ${side.direction === "falling" ? "smallest ε" : "largest radius"}; × 1 would be a step. Least sharp at one ${side.across.one}: ${factor(sharp.largest)}.`,
          ]),
      ...(sharp.xs > 0 && sharp.xs < all ? [`At ${overCount(side, all - sharp.xs)} the grid does not hold the whole drop.`] : []),
    ].join(" "),
  };
}

/** "For perturbation sizes slightly larger the robust accuracy drops to 0, while networks are robust against smaller ones", and the same for the radius. */
function besideClaim(half: Half, threshold: Threshold, where: "lost" | "kept"): Claim {
  const { side } = half;
  const measured = beside(half, threshold, where);
  const { verdict, why } = (where === "lost" ? judgeLost : judgeKept)(measured.slightly.interval);
  const above = (side.direction === "falling") === (where === "lost");
  const what =
    side.direction === "falling" ? `ε slightly ${above ? "above" : "below"} the threshold` : `a radius slightly ${above ? "above" : "below"} the threshold`;
  return {
    id: id(side, where),
    statement:
      where === "lost"
        ? `At ${what} the robust accuracy drops to 0`
        : side.direction === "falling"
          ? `At ${what} networks are robust`
          : `At ${what} networks are completely robust`,
    paper: where === "lost" ? "0" : "robust",
    measured:
      measured.slightly.xs === 0
        ? `no grid value ${slightly} times ${above ? "above" : "below"} a threshold; ${networks(half)}`
        : `${accuracy(measured.slightly)}; ${overCount(side, measured.slightly.xs)}, ${plural(measured.slightly.curves, "network")}`,
    verdict,
    detail: besideInWords(side, measured, above, why),
  };
}

function besideInWords(side: Side, { slightly: at, next, nextFactor }: Beside, above: boolean, why: string): string {
  const sign = above ? "≥" : "≤";
  const relation = above ? `${slightly} times` : `1/${slightly} of`;
  return [
    `${capital(why)}.`,
    ...(at.xs === 0
      ? []
      : [
          `“Slightly” is read as the ${above ? "first" : "last"} grid value ${sign} ${relation} the ${side.along.symbol} at which the same curve passes one half.`,
        ]),
    ...(next.xs === 0
      ? []
      : [
          `At the very next grid value${above ? " above" : " below"}, on average ${number(above ? nextFactor : 1 / nextFactor)} times the threshold, it is ${accuracy(next)}.`,
        ]),
  ].join(" ");
}

const accuracy = ({ mean, interval: around }: OverX) => `${percent(mean)}${known(withinShares(around), (share) => percent(share))}`;

/** " [low, high]", or "" where there is no interval. */
function known(around: Interval, format: (x: number) => string = number): string {
  return Number.isFinite(around.low) && Number.isFinite(around.high) ? ` ${interval(around, format)}` : "";
}

const both = ({ left, right }: Halves) => [...new Map([...left.results, ...right.results].map((result) => [result.key, result])).values()];

/** "The projection step does not hurt the test accuracy": clean test error, against the 1 % of Section 5.1's training without projection. */
function cleanClaim(halves: Halves): Claim {
  const results = both(halves);
  const errors = (some: typeof results) => some.map(({ row }) => 1 - row.testAccuracy);
  const ruling: Ruling = results.length === 0 ? { verdict: "undecided", why: "no runs yet" } : judgeTestError(interval95(errors(results)));
  const robust = results.filter(({ row }) => row.robustTestAccuracy >= 0.5);
  const lost = results.filter(({ row }) => !(row.robustTestAccuracy >= 0.5));
  const touched = results.filter(({ row }) => row.onSurface > 0).length;
  const worst = results.reduce<(typeof results)[number] | undefined>(
    (least, one) => (least === undefined || one.row.testAccuracy < least.row.testAccuracy ? one : least),
    undefined,
  );
  const meanOf = (some: typeof results) => `${percent(1 - summarize(errors(some)).mean, 2)} over the ${count(some.length)}`;
  const bad = errors(results).filter((error) => !(error < testErrorLimit - 1e-12)).length;
  return {
    id: "figure-4/clean-accuracy",
    statement: "Projection into the ball does not hurt the clean test accuracy",
    paper: "not hurt",
    measured:
      results.length === 0
        ? "no runs"
        : `mean clean test accuracy ${percent(1 - summarize(errors(results)).mean, 2)}${known(flipped(interval95(errors(results))), (share) => percent(share, 2))}; ${plural(results.length, "network")}`,
    verdict: ruling.verdict,
    detail:
      worst === undefined
        ? `${capital(ruling.why)}.`
        : [
            `${capital(ruling.why)}. 1 % is what training without projection reaches in Section 5.1.`,
            [
              ...(robust.length > 0 ? [`${meanOf(robust)} whose robust accuracy is at least one half`] : []),
              ...(lost.length > 0 ? [`${meanOf(lost)} whose robust accuracy is below`] : []),
            ].join(", ") + ".",
            `${count(bad)} of ${plural(results.length, "network")} ${bad === 1 ? "has" : "have"} a test error of 1 % or more; the lowest accuracy is ${percent(worst.row.testAccuracy, 2)} (${nameCell(worst)}).`,
            `Projection held rows back in ${count(touched)} of ${plural(results.length, "network")}; training to withstand a large ε may cost accuracy by itself.`,
          ].join(" "),
  };
}

/** A t-interval of a share may reach beyond what a share can be. */
const withinShares = ({ low, high }: Interval): Interval => ({ low: Math.max(0, low), high: Math.min(1, high) });
const flipped = ({ low, high }: Interval): Interval => ({ low: 1 - high, high: 1 - low });

/** "To ensure that the updates remain in the lazy regime, after each gradient step we project." */
function ballClaim(halves: Halves): Claim {
  const results = both(halves);
  const inside = results.filter(({ row }) => row.deviation <= row.radius * (1 + 1e-6));
  const { verdict, why } = judgeAll(inside.length, results.length);
  const projected = new Set(results.map(({ config }) => config.training.project));
  return {
    id: "figure-4/inside-ball",
    statement: "Every trained network is in the lazy ball: ‖W − W₀‖₂,∞ ≤ V",
    paper: "≤ V",
    measured: results.length === 0 ? "no runs" : `${count(inside.length)} of ${plural(countOf(results), "network")}`,
    verdict,
    detail: `${capital(why)}.${projected.has("epoch") ? " Rows are projected after every epoch, as in Algorithm 1." : projected.has("step") ? " Rows are projected after every step." : projected.has("never") ? " Rows were never projected." : ""}`,
  };
}

/** A trained network in words: `d = 25, m = 1,000, ε = 0.2, V = 0.3, seed 2`. */
const nameCell = ({ row }: AdversarialResult): string =>
  `d = ${count(row.d)}, m = ${count(row.m)}, ε = ${short(row.eps)}, V = ${short(row.radius)}, seed ${row.seed}`;
