import { type Points, checkPoints, signOf } from "../data/points.ts";
import { type Classifier, type GradientRay, dimensionOf } from "../model/classifier.ts";
import { classifierOf } from "../model/index.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import type { EngineOptions } from "../runtime/engine.ts";
import { timed } from "../util/timing.ts";
import { summarize } from "../util/statistics.ts";
import { type BracketedRay, visitBracketedRays } from "./bracketed-rays.ts";
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
 * For every sample, the smallest step along its own gradient that changes the model's prediction (Sect. 5.1). For the two-layer network, and any
 * classifier that has `visitRays`, it is exact: the first crossing on the ray, however far away. For all others it is bracketed, and
 * `samples.resolution` tells how far apart the places were that were asked about. With three or more classes, `output` is the margin of a sample's own class.
 * @throws SF_NETWORK, SF_OPTION (usage) if model and points do not fit together; SF_GRADIENT if an operator has no gradient; SF_DIVERGED if the
 * model's outputs or gradients are not finite.
 */
export function measureFlips(model: Classifier | TwoLayerNetwork, points: Points, options: FlipOptions = {}): Promise<Flips> {
  return timed("measuring flips", () => measure(model, points, options));
}

async function measure(model: Classifier | TwoLayerNetwork, points: Points, options: FlipOptions): Promise<Flips> {
  const { misclassified = "zero", ...engine } = options;
  const classifier = classifierOf(model);
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
    ...(classifier.visitRays ? {} : { resolution: fields().fill(NaN) }),
  };
  const sizes = norms(x, n, d);
  const visit = (i: number, { f, steepness, firstCrossing, resolution = NaN }: GradientRay & Partial<BracketedRay>) => {
    samples.output[i] = f;
    samples.gradientNorm[i] = steepness;
    const size = sizes[i]!;
    samples.perturbationRelative[i] = size === 0 ? NaN : 0;
    if (!(classifier.classes === 2 ? f * signOf(y[i]!) > 0 : f > 0)) {
      samples.status[i] = flipStatus.misclassified;
      return;
    }
    const distance = firstCrossing();
    const never = distance === Infinity;
    if (never) samples.status[i] = flipStatus.neverFlipped;
    samples.perturbation[i] = never ? NaN : distance;
    samples.step[i] = never ? NaN : distance / steepness;
    samples.perturbationRelative[i] = never || size === 0 ? NaN : distance / size;
    if (samples.resolution) samples.resolution[i] = resolution;
  };
  if (classifier.visitRays) await classifier.visitRays(x, visit, engine);
  else await visitBracketedRays(classifier, points, visit, engine);
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
