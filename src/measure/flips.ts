import { type Points, checkPoints, signOf } from "../data/points.ts";
import { type Classifier, dimensionOf } from "../model/classifier.ts";
import { classifierOf } from "../model/index.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import type { EngineOptions } from "../runtime/engine.ts";
import { SignflipError } from "../util/errors.ts";
import { timed } from "../util/timing.ts";
import { summarize } from "../util/statistics.ts";
import { type FlipSamples, type FlipSummary, type MisclassifiedConvention, flipStatus } from "./flip-row.ts";

export interface FlipOptions extends EngineOptions {
  /** How misclassified samples enter the means: as distance 0 (as in the authors' code; the default) or not at all. */
  readonly misclassified?: MisclassifiedConvention;
}

/** The means, and all samples behind them. */
export interface Flips extends FlipSummary {
  readonly samples: FlipSamples;
}

/**
 * For every sample, the smallest step along its own gradient that changes the sign of the model (Sect. 5.1). It is exact: the first crossing on
 * the ray, however far away.
 * @param model the two-layer network, or a classifier that has `visitRays`
 * @throws SF_NETWORK, SF_OPTION (usage) if model and points do not fit together; SF_DIVERGED if the model's outputs are not finite.
 */
export function measureFlips(model: Classifier | TwoLayerNetwork, points: Points, options: FlipOptions = {}): Promise<Flips> {
  return timed("measuring flips", () => measure(model, points, options));
}

async function measure(model: Classifier | TwoLayerNetwork, points: Points, options: FlipOptions): Promise<Flips> {
  const { misclassified = "zero", ...engine } = options;
  const classifier = classifierOf(model);
  if (!classifier.visitRays)
    throw new SignflipError("SF_NETWORK", `flips: ${classifier.name} cannot compute the exact first crossing along a ray; measure it with an attack instead`, {
      usage: true,
    });
  checkPoints("flips", classifier, points);
  const { x, y } = points;
  const n = y.length;
  const d = dimensionOf(classifier);
  const fields = () => new Float64Array(n);
  const samples = {
    output: fields(),
    gradientNorm: fields(),
    step: fields(),
    perturbation: fields(),
    perturbationRelative: fields(),
    status: new Uint8Array(n),
  };
  const sizes = norms(x, n, d);
  await classifier.visitRays(
    x,
    (i, { f, steepness, firstCrossing }) => {
      samples.output[i] = f;
      samples.gradientNorm[i] = steepness;
      const size = sizes[i]!;
      samples.perturbationRelative[i] = size === 0 ? NaN : 0;
      if (!(f * signOf(y[i]!) > 0)) {
        samples.status[i] = flipStatus.misclassified;
        return;
      }
      const distance = firstCrossing();
      const never = distance === Infinity;
      if (never) samples.status[i] = flipStatus.neverFlipped;
      samples.perturbation[i] = never ? NaN : distance;
      samples.step[i] = never ? NaN : distance / steepness;
      samples.perturbationRelative[i] = never || size === 0 ? NaN : distance / size;
    },
    engine,
  );
  return { samples, ...summarizeFlips(samples, misclassified) };
}

/**
 * ‖x‖ of every row. Four rows at a time: each sum is in the order of its row, and a processor adds four of them while one waits for its last
 * addition.
 */
function norms(x: Float32Array, n: number, d: number): Float64Array {
  const sizes = new Float64Array(n);
  let row = 0;
  for (; row + 4 <= n; row += 4) {
    const at = row * d;
    let [a, b, c, e] = [0, 0, 0, 0];
    for (let j = at; j < at + d; j++) {
      a += x[j]! * x[j]!;
      b += x[j + d]! * x[j + d]!;
      c += x[j + 2 * d]! * x[j + 2 * d]!;
      e += x[j + 3 * d]! * x[j + 3 * d]!;
    }
    sizes.set([Math.sqrt(a), Math.sqrt(b), Math.sqrt(c), Math.sqrt(e)], row);
  }
  for (; row < n; row++) {
    let sum = 0;
    for (let j = row * d; j < (row + 1) * d; j++) sum += x[j]! * x[j]!;
    sizes[row] = Math.sqrt(sum);
  }
  return sizes;
}

/**
 * Means over samples. A sample that never flips has no distance and is only counted; its gradient norm is in the mean.
 * A sample that is all zero (some small images of MNIST are) has no ‖δ‖/‖x‖, and that mean is over the others.
 */
export function summarizeFlips(samples: FlipSamples, misclassified: MisclassifiedConvention): FlipSummary {
  const count = (status: number) => samples.status.reduce((sum, value) => sum + +(value === status), 0);
  const counts = (status: number) => status === flipStatus.flipped || (misclassified === "zero" && status === flipStatus.misclassified);
  const distances = (values: Float64Array, exists = (_: number) => true) => summarize(values.filter((value, i) => counts(samples.status[i]!) && exists(value)));
  return {
    gradientNorm: summarize(
      misclassified === "zero" ? samples.gradientNorm : samples.gradientNorm.filter((_, i) => samples.status[i] !== flipStatus.misclassified),
    ),
    step: distances(samples.step),
    perturbation: distances(samples.perturbation),
    perturbationRelative: distances(samples.perturbationRelative, (value) => !Number.isNaN(value)),
    flipped: count(flipStatus.flipped),
    neverFlipped: count(flipStatus.neverFlipped),
    misclassified: count(flipStatus.misclassified),
  };
}
