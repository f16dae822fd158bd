import { runTogether } from "../attack/search/desk.ts";
import { dualSize, steepest } from "../attack/search/geometry.ts";
import { firstCrossing } from "../attack/search/line.ts";
import { sampleOf } from "../attack/search/sample.ts";
import { oracleOf } from "../attack/oracle/index.ts";
import { marginsOf } from "../attack/oracle/oracle.ts";
import { checkFinite } from "../attack/samples.ts";
import { type Points, signOf } from "../data/points.ts";
import { type Classifier, type GradientRay, dimensionOf } from "../model/classifier.ts";
import type { EngineOptions } from "../runtime/engine.ts";
import { random } from "../util/random.ts";

/** A ray whose first crossing was looked for on a grid, and then narrowed. */
export interface BracketedRay extends GradientRay {
  /** Distance of the places that were asked about around the crossing, in l2: two crossings that lie closer are not told apart. NaN where there is none. */
  readonly resolution: number;
}

/** Places on the ray that are asked about up to twice the linear estimate. */
const cells = 64;

/**
 * Visits the gradient ray of every point of any classifier, in order, like `visitRays` of models that know their crossings: the first one is
 * bracketed on a grid and narrowed to a relative 1e-7. It is looked for up to 8,192 times as far as the score's linear part asks for. With three or more classes, f is
 * the margin of the point's own class. Only rays of points that are right are followed; for the others the crossing is at Infinity.
 * @throws SF_DIVERGED where a score or gradient is not finite
 */
export async function visitBracketedRays(
  classifier: Classifier,
  { x, y }: Points,
  visit: (i: number, ray: BracketedRay) => void,
  engine: EngineOptions = {},
): Promise<void> {
  const { classes, name } = classifier;
  const n = y.length;
  const d = dimensionOf(classifier);
  const free = { low: new Float64Array(d).fill(-Infinity), high: new Float64Array(d).fill(Infinity) };
  const oracle = oracleOf(classifier, engine);
  const rays: BracketedRay[] = [];
  try {
    const logits = await oracle.logits(x);
    checkFinite(logits, `flips: a score of ${name}`, classes);
    const margins = marginsOf(logits, y, classes);
    const stream = random(0, "flips", "rays");
    await runTogether(
      oracle,
      n,
      128,
      async (i, ask) => {
        const row = x.subarray(i * d, (i + 1) * d);
        const own = logits.subarray(i * classes, (i + 1) * classes);
        const { gradient } = await ask.margin(row, y[i]!);
        checkFinite(gradient, `flips: the gradient of ${name}`, d, i);
        const steepness = dualSize("l2", gradient);
        const f = classes === 2 ? signOf(y[i]!) * margins[i]! : margins[i]!;
        const { inputShape, channelAxis } = oracle;
        const known = { x: row, label: y[i]!, target: undefined, logits: own, classes, inputShape, channelAxis };
        const { sample } = sampleOf({ ...known, norm: "l2", limits: free, random: stream, ask });
        const direction = steepest("l2", gradient);
        const at = (t: number) => sample.x.map((value, j) => value + t * direction[j]!);
        const crossing =
          sample.margin > 0 ? await firstCrossing(sample, at, { estimate: sample.margin / steepness, cells, crossed: (margin) => margin <= 0 }) : undefined;
        rays[i] = { f, steepness, firstCrossing: () => crossing?.after ?? Infinity, resolution: crossing?.resolution ?? NaN };
      },
      () => {},
    );
  } finally {
    await oracle.dispose();
  }
  rays.forEach((ray, i) => visit(i, ray));
}
