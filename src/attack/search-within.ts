import { pointsAt } from "../data/points.ts";
import type { EngineOptions } from "../runtime/engine.ts";
import { sizeOf } from "../tensor/tensor.ts";
import type { CommonConfig } from "./config.ts";
import { type Perturbed, nothingFound } from "./findings.ts";
import type { AttackInput, ScoreInput } from "./prepare.ts";
import { checkFinite, checkSamples, targetsOf } from "./samples.ts";
import { type Score, scoreOf } from "./score.ts";
import { scoresFrom } from "./function-path.ts";
import type { Attackable } from "./oracle/index.ts";
import type { SearchName } from "./search/index.ts";
import type { SearchConfig } from "./search/config.ts";
import { smallest, withOracle } from "./search/smallest.ts";

export type SearchWithinConfig = Omit<CommonConfig, "targeted" | "stopAtSuccess"> & {
  readonly attack: SearchName;
  readonly signal: AbortSignal | undefined;
};

/**
 * A search for the smallest perturbation as an attack of a fixed budget: it ends with the first point within it.
 * @param places the samples to search; what is found has the order of these
 */
export async function searchWithin(
  model: Attackable,
  { x, y, eps, target }: AttackInput & { readonly eps: readonly number[] },
  places: readonly number[],
  config: SearchWithinConfig,
): Promise<Perturbed> {
  return await withOracle(model, config, async (oracle) => {
    const d = sizeOf(oracle.inputShape);
    const own = pointsAt({ x, y }, places, d);
    const aims = target === undefined ? undefined : places.map((i) => (typeof target === "number" ? target : target[i]!));
    const { points, samples } = await smallest(oracle, own, { ...config, target: aims, within: places.map((i) => eps[i]!) } as SearchConfig);
    const found = nothingFound(own.x, places.length);
    // A search asks in other places than the attacks before it: it does not settle that there is no gradient.
    found.zeroGradient.fill(1);
    found.forward.set(samples.forward);
    found.backward.set(samples.backward);
    const hits = Array.from(places.keys()).filter((k) => samples.distance[k]! > 0 && samples.distance[k]! <= eps[places[k]!]!);
    const reached = new Float32Array(hits.length * d);
    hits.forEach((k, at) => reached.set(points.subarray(k * d, (k + 1) * d), at * d));
    found.points.set(points);
    const scores = scoresFrom(await oracle.logits(reached), oracle.classes).data;
    const score = scoreOf(scores, pick(own.y, hits), oracle.classes, aims && pick(aims, hits));
    hits.forEach((k, at) => {
      found.forward[k]!++;
      [found.margin[k], found.loss[k], found.prediction[k]] = [score.margin[at]!, score.loss[at]!, score.prediction[at]!];
    });
    return found;
  });
}

/** How a model without a gradient does on samples. */
export const scoreAt = (model: Attackable, { x, y, target }: ScoreInput, config: EngineOptions): Promise<Score> =>
  withOracle(model, config, async (oracle) => {
    checkSamples(oracle, { x, y }, undefined);
    const logits = await oracle.logits(x);
    checkFinite(logits, `attack ensemble: a score of ${oracle.name}`, oracle.classes);
    const targets = target === undefined ? undefined : targetsOf(target, oracle, y.length);
    return scoreOf(scoresFrom(logits, oracle.classes).data, y, oracle.classes, targets);
  });

const pick = (values: ArrayLike<number>, places: readonly number[]): number[] => places.map((k) => values[k]!);
