import { fitPowerLaw } from "../../util/statistics.ts";
import { count, fixed, fraction, interval, plural, range } from "../../util/words.ts";
import { distinct, isNormalized } from "../draw/data.ts";
import { quantities, type QuantityName } from "./quantity.ts";
import { describeShared, pointsOf, runsPerPoint, type Curve } from "./rows.ts";

/* The words around Figures 2, 3, 5 and 6. */

export function captionOf(order: readonly QuantityName[], curves: readonly Curve[]): string {
  const results = curves.flatMap((curve) => curve.results);
  if (results.length === 0) return "No runs yet.";
  const relative = order.includes("perturbationRelative") ? ", relative to ‖x‖ and by itself," : "";
  return `Gradient norm ‖∇f(x)‖, the smallest step |η| along the gradient that flips the prediction, and the perturbation ‖δ‖ = |η|·‖∇f(x)‖${relative} against the input dimension d (${describeShared(results)}).`;
}

export function notesOf(order: readonly QuantityName[], curves: readonly Curve[]): string[] {
  const results = curves.flatMap((curve) => curve.results);
  if (results.length === 0) return [];
  const normalized = results.every(({ config }) => isNormalized(config));
  const runs = runsPerPoint(curves.map((curve) => pointsOf(curve.results, order[0]!)));
  const several = distinct(results, (row) => row.d).length > 1;
  return [
    runs.length === 0
      ? "No run has a positive mean to draw."
      : runs.every((n) => n === 1)
        ? "Each point is one run (one seed), the mean over test samples, so there are no error bars."
        : `Each point is the mean over ${range(runs)} runs (seeds) of the mean over test samples; bars are 95 % t-intervals over runs${runs.some((n) => n === 1) ? " (none where there is a single run)" : ""}, and an arrow means that the interval continues beyond the axis.`,
    ...(several
      ? [
          "Dashed green: the rates of the theory, √d, 1/d and 1/√d. Only their slope is a prediction: each is drawn through the geometric mean of all points in its panel.",
        ]
      : []),
    ...(normalized || !several
      ? []
      : ["‖δ‖ by itself has no such line, because the theorem is about inputs of norm 1 and these are raw pixels, whose norm grows with d."]),
    ...endOfTraining(results),
    samplesInWords(results),
    ...(curves.length > 1 ? ["Points of different curves are set a few pixels apart so that none hides another."] : []),
  ];
}

type Results = Curve["results"];

function endOfTraining(results: Results): string[] {
  const unfinished = results.filter(({ row }) => row.exitReason === "epochs").length;
  if (unfinished === 0) return [];
  const limits = distinct(
    results.map(({ config }) => ({ row: config.training })),
    ({ epochs }) => epochs,
  );
  return [
    `In ${count(unfinished)} of ${plural(results.length, "run")} training ended at its limit of ${range(limits)} ${limits.at(-1) === 1 ? "epoch" : "epochs"}, still inside the lazy ball${unfinished < results.length ? "; in the others it ended at the ball’s edge" : ""}.`,
  ];
}

function samplesInWords(results: Results): string {
  const total = (column: "flipped" | "neverFlipped" | "misclassified") => results.reduce((sum, { row }) => sum + row[column], 0);
  const [misclassified, never] = [total("misclassified"), total("neverFlipped")];
  const zero = results[0]!.config.measure.flips.misclassified === "zero";
  return `Of ${plural(total("flipped") + never + misclassified, "test sample")} over all runs, ${count(misclassified)} ${misclassified === 1 ? "was" : "were"} misclassified (${zero ? "they enter the means as distance 0, as in the authors’ code" : "left out of the means"}) and ${count(never)} ${never === 1 ? "was" : "were"} never flipped (left out of |η| and ‖δ‖).`;
}

/** "The flipping perturbation shrinks like d^−0.52 [−0.57, −0.46] at m = 1,000; the paper says d^−1/2". */
export function rateHeadline(name: QuantityName, curves: readonly Curve[]): string {
  const { subject, exponent } = quantities[name];
  const fits = curves.flatMap(({ label, results }) => {
    const points = pointsOf(results, name);
    const fit = fitPowerLaw(
      points.map(({ d }) => d),
      points.map(({ mean }) => mean),
    );
    return Number.isFinite(fit.exponent) ? [{ label, fit }] : [];
  });
  if (fits.length === 0) return `${subject} has no rate yet: that takes runs of two input dimensions.`;
  const steepest = Math.min(...fits.map(({ fit }) => fit.exponent));
  const flattest = Math.max(...fits.map(({ fit }) => fit.exponent));
  const goes = flattest < 0 ? "shrinks" : steepest > 0 ? "grows" : "changes";
  const [{ label, fit }] = fits as [(typeof fits)[number]];
  const measured =
    fits.length === 1
      ? `d^${fixed(fit.exponent)}${Number.isFinite(fit.interval.low) ? ` ${interval(fit.interval, fixed)}` : ""} at ${label}`
      : fixed(steepest) === fixed(flattest)
        ? `d^${fixed(steepest)} on ${fits.length === 2 ? "both" : `all ${count(fits.length)}`} curves`
        : `d^${fixed(steepest)} to d^${fixed(flattest)} (${count(fits.length)} curves)`;
  return `${subject} ${goes} with the input dimension like ${measured}; the paper says d^${fraction(exponent)}.`;
}
