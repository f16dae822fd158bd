import { at, flatBox } from "../../data/box.ts";
import type { Classifier } from "../../model/classifier.ts";
import { argmaxOfRows } from "../../tensor/argmax.ts";
import { SignflipError } from "../../util/errors.ts";
import { random } from "../../util/random.ts";
import { checkClasses, checkQuantity } from "./gradient-graph.ts";
import { type SaliencyMethodName, saliencyMethodNames, saliencyMethods } from "./index.ts";
import type { Completeness, SaliencyMethod } from "./method.ts";
import type { Quantity } from "./quantity.ts";
import type { Slopable } from "./slopes.ts";

/** What to explain, and how. */
export interface SaliencyOptions {
  /** Default "integrated-gradients". */
  readonly method?: SaliencyMethodName | undefined;
  /** The class that is explained: one for all samples, or one for each. Default: the class that the model gives. */
  readonly class?: number | ArrayLike<number> | undefined;
  /** What of the class is explained. Default "logit". */
  readonly of?: Quantity | undefined;
  /** Integrated gradients: where the way begins, in raw units: one number, or an input `[…inputShape]`. Default 0, or the nearest value that inputs may take. */
  readonly baseline?: number | ArrayLike<number> | undefined;
  /** Integrated gradients: points on the way to begin with. Default 50. */
  readonly steps?: number | undefined;
  /** Integrated gradients: the share of value(x) − value(baseline) by which the sum may be wrong. Default 0.01. */
  readonly tolerance?: number | undefined;
  /** Integrated gradients: points on the way at most. Default 4,050. */
  readonly mostSteps?: number | undefined;
  /** SmoothGrad: noisy copies. Default 50. */
  readonly samples?: number | undefined;
  /** SmoothGrad: the noise's standard deviation, as a share of the range of the sample's values. Default 0.15. */
  readonly noise?: number | undefined;
  /** SmoothGrad: the seed of its noise. Default 0. */
  readonly seed?: number | undefined;
}

/** What was found for one sample. */
export interface SalientSample {
  readonly class: number;
  /** What was explained: the logit, margin, loss or probability of the class. */
  readonly value: number;
  /** How the attributions add up: integrated gradients only. */
  readonly completeness?: Completeness;
}

/** How much each number of each input speaks for a class (above 0) or against it. */
export interface Saliency {
  readonly method: SaliencyMethodName;
  readonly of: Quantity;
  /** `[n, …inputShape]` */
  readonly attributions: Float32Array;
  /** `[n]` */
  readonly samples: readonly SalientSample[];
}

/**
 * Explains predictions by what the model's value depends on.
 * @param x `[n, …inputShape]` in raw units
 * @throws SF_OPTION (usage), SF_FEED where options or inputs do not fit; SF_GRADIENT where an operator has no gradient; SF_DIVERGED where a gradient is not finite
 */
export async function explain(source: Slopable, x: Float32Array, options: SaliencyOptions): Promise<Saliency> {
  const { method = "integrated-gradients", of = "logit", seed = 0 } = options;
  const { model, d } = source;
  checkQuantity(of);
  const { rule, chosen } = settings(method, options);
  const classes = await classesOf(source, x, options.class);
  const baseline = baselineOf(model, d, options.baseline);
  const n = classes.length;
  const attributions = new Float32Array(n * d);
  const samples: SalientSample[] = [];
  for (let i = 0; i < n; i++) {
    const own = classes[i]!;
    const slopes = (points: Float32Array) => source.slopes(points, new Int32Array(points.length / d).fill(own), of);
    const found = await rule.attribute({ x: x.subarray(i * d, (i + 1) * d), baseline, slopes, random: random(seed, "saliency", String(i)) }, chosen);
    const wrong = found.attributions.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw new SignflipError("SF_DIVERGED", `saliency: an attribution is ${wrong} for sample ${i}`);
    attributions.set(found.attributions, i * d);
    const { value, completeness } = found;
    samples.push({ class: own, value, ...(completeness ? { completeness } : {}) });
  }
  return { method, of, attributions, samples };
}

/** Its own options, checked. An option of another method is an error, since it would change nothing. */
function settings(method: SaliencyMethodName, options: SaliencyOptions) {
  const fail = (why: string) => new SignflipError("SF_OPTION", `saliency: ${why}`, { usage: true });
  if (!saliencyMethodNames.includes(method)) throw fail(`method must be one of ${saliencyMethodNames.join(", ")}; got ${String(method)}`);
  const rule: SaliencyMethod<any> = saliencyMethods[method];
  const own = Object.keys(rule.defaults);
  const takesBaseline = method === "integrated-gradients";
  for (const name of ["steps", "tolerance", "mostSteps", "samples", "noise", "baseline"] as const) {
    const value = options[name];
    if (value === undefined || (name === "baseline" && takesBaseline)) continue;
    if (!own.includes(name))
      throw fail(`${name} is not an option of ${method} (its options are ${[...own, ...(takesBaseline ? ["baseline"] : [])].join(", ") || "none"})`);
    const isCount = name === "steps" || name === "mostSteps" || name === "samples";
    if (isCount ? !(Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1e6) : !(Number(value) >= 0 && Number(value) <= 1e6))
      throw fail(`${name} must be ${isCount ? "a whole number from 1 to 1,000,000" : "a number from 0 to 1,000,000"}; got ${String(value)}`);
  }
  const chosen: Record<string, number> = Object.fromEntries(
    Object.entries<number>(rule.defaults).map(([name, usual]) => [name, Number(options[name as "steps"] ?? usual)]),
  );
  return { rule, chosen };
}

/** The class of every sample: those asked for, or the model's. */
export async function classesOf({ model, d, logits }: Slopable, x: Float32Array, chosen: number | ArrayLike<number> | undefined): Promise<ArrayLike<number>> {
  if (chosen === undefined) return predictedClasses(model, await logits(x));
  const n = x.length / d;
  const classes = typeof chosen === "number" ? Array.from({ length: n }, () => chosen) : chosen;
  if (classes === null || classes.length !== n)
    throw new SignflipError("SF_OPTION", `saliency: expected one class for all samples, or one for each of the ${n}; got ${String(classes?.length)}`, {
      usage: true,
    });
  checkClasses(model, classes);
  return classes;
}

/** The class of the largest logit, the first of equal ones; of one logit, class 1 from 0 on. */
export function predictedClasses({ output, classes }: Classifier, logits: Float32Array): Int32Array {
  if (output === "logit") return Int32Array.from(logits, (f) => +(f >= 0));
  return argmaxOfRows(logits, classes);
}

function baselineOf(model: Classifier, d: number, given: number | ArrayLike<number> | undefined): Float32Array {
  const fail = (why: string) =>
    new SignflipError("SF_OPTION", `saliency: the baseline must be a finite number, or an input of ${d} of them; got ${why}`, { usage: true });
  if (given === undefined) {
    const box = model.domain && flatBox(model.domain, model, "saliency: the domain");
    return Float32Array.from({ length: d }, (_, j) => (box ? Math.min(at(box.high, j), Math.max(at(box.low, j), 0)) : 0));
  }
  const baseline = typeof given === "number" ? new Float32Array(d).fill(given) : Float32Array.from(given);
  if (baseline.length !== d) throw fail(`${baseline.length} numbers`);
  const wrong = baseline.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw fail(String(wrong));
  return baseline;
}
