import type { Dataset } from "../data/dataset.ts";
import { buildGraph } from "../graph/builder.ts";
import { gradient } from "../graph/gradient.ts";
import type { Model } from "../graph/ir.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import { rowsPerRun } from "../model/two-layer/predict.ts";
import { forward, parameterInputs, parameters } from "../model/two-layer/two-layer.ts";
import type { EngineOptions } from "../runtime/engine.ts";
import { dataOf, withSession } from "../runtime/session.ts";
import type { FloatType } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";
import { timed } from "../util/timing.ts";
import { summarize } from "../util/statistics.ts";
import { rayCrossing } from "./crossing.ts";
import { type FlipSamples, type FlipSummary, type MisclassifiedConvention, flipStatus } from "./flip-row.ts";

export interface FlipOptions extends EngineOptions {
  /** How misclassified samples enter the means: as distance 0 (the authors' code, the default) or not at all. */
  readonly misclassified?: MisclassifiedConvention;
}

/** The means, and every sample they are taken over. */
export interface Flips extends FlipSummary {
  readonly samples: FlipSamples;
}

/**
 * Inputs: x `[n, d]`, the parameters. Outputs: f `[n, 1]`, z `[n, m]`, the norm of ∇f(x) `[n, 1]`, and p `[n, m]`, the
 * change of z per unit of length along the ray u = −sign(f) ∇f/‖∇f‖ (all 0 where ∇f is 0).
 */
export function rayGraph(network: Pick<TwoLayerNetwork, "d" | "m" | "bias">, element: FloatType = "float32"): Model {
  return buildGraph("rays", (g) => {
    const x = g.input("x", { element, shape: ["n", network.d] });
    const weights = parameterInputs(g, network, element);
    const { f, z } = forward(g, x, weights, network.m);
    const [slope] = gradient(g, g.reduceSum(f), [x]);
    const norm = g.reduceL2(slope!, [1]);
    const toZero = g.where(g.greater(f, 0), -1, g.scalar(1, element));
    const u = g.mul(slope!, g.div(toZero, g.where(g.greater(norm, 0), norm, 1)));
    return { f, z, norm, p: g.gemm(u, weights.W, { transB: true }) };
  });
}

/**
 * For every sample the smallest step along its own gradient that changes the network's sign (Sect. 5.1), exact:
 * the first crossing on the piecewise-linear ray, however far away.
 * @throws SF_DIVERGED where the network's outputs are not finite.
 */
export function measureFlips(network: TwoLayerNetwork, data: Dataset, options: FlipOptions = {}): Promise<Flips> {
  return timed("measuring flips", () => measure(network, data, options));
}

async function measure(network: TwoLayerNetwork, data: Dataset, options: FlipOptions): Promise<Flips> {
  const { misclassified = "zero", ...engine } = options;
  const { d, m } = network;
  const { n, x, y } = data;
  if (data.d !== d) throw new SignflipError("SF_NETWORK", `flips: the network has ${d} inputs, and ${data.name} has ${data.d}`);
  const fields = () => new Float64Array(n);
  const samples = {
    output: fields(),
    gradientNorm: fields(),
    step: fields(),
    perturbation: fields(),
    perturbationRelative: fields(),
    status: new Uint8Array(n),
  };
  const firstCrossing = rayCrossing(network.outer, network.outerBias);
  await withSession(rayGraph(network), engine, async (session) => {
    const rows = rowsPerRun(m, n, 2 ** 22);
    for (let from = 0; from < n; from += rows) {
      const count = Math.min(rows, n - from);
      const out = await session.run({ ...parameters(network), x: { element: "float32", shape: [count, d], data: x.subarray(from * d, (from + count) * d) } });
      const [f, z, norm, p] = [dataOf(out, "f", "float32"), dataOf(out, "z", "float32"), dataOf(out, "norm", "float32"), dataOf(out, "p", "float32")];
      for (let i = 0; i < count; i++) {
        const k = from + i;
        const output = f[i]!;
        const steepness = norm[i]!;
        if (!Number.isFinite(output) || !Number.isFinite(steepness))
          throw new SignflipError("SF_DIVERGED", `flips: sample ${k} of ${data.name} has output ${output} and gradient norm ${steepness}`);
        samples.output[k] = output;
        samples.gradientNorm[k] = steepness;
        const size = norm2(x, k * d, d);
        samples.perturbationRelative[k] = size === 0 ? NaN : 0;
        if (!(output * y[k]! > 0)) {
          samples.status[k] = flipStatus.misclassified;
          continue;
        }
        const distance = firstCrossing(z, p, i * m, Math.abs(output) / steepness);
        const never = distance === Infinity;
        if (never) samples.status[k] = flipStatus.neverFlipped;
        samples.perturbation[k] = never ? NaN : distance;
        samples.step[k] = never ? NaN : distance / steepness;
        samples.perturbationRelative[k] = never || size === 0 ? NaN : distance / size;
      }
    }
  });
  return { samples, ...summarizeFlips(samples, misclassified) };
}

function norm2(x: Float32Array, at: number, d: number): number {
  let sum = 0;
  for (let i = at; i < at + d; i++) sum += x[i]! ** 2;
  return Math.sqrt(sum);
}

/**
 * Means over samples. One that is never flipped has no distance and is only counted; its gradient norm is in the mean.
 * One that is all zero (small images of MNIST are) has no ‖δ‖/‖x‖, and that mean is over the others.
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
