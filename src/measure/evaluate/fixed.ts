import { ensemble } from "../../attack/ensemble.ts";
import { smallest } from "../../attack/search/smallest.ts";
import { pointsAt } from "../../data/points.ts";
import { type Standing, keep } from "./standing.ts";

/** What reports call the attacks of a fixed budget. */
export const ensembleName = "ensemble";

/**
 * Tries to break what still stands within ε by the ensemble of attacks of a fixed budget. What it breaks is then brought nearer to the sample by the first
 * search, which begins at the point found.
 */
export async function fixedBudget(standing: Standing, eps: number, right: readonly number[]): Promise<void> {
  const { model, plan, samples, block, d, engine, signal, attacks } = standing;
  const { norm, seed, target, box, attacks: searches } = plan;
  const places = right.filter((i) => (samples[i]!.distance ?? Infinity) > eps);
  if (places.length === 0) return;
  const began = performance.now();
  const common = { norm, seed, ...(target === undefined ? {} : { target }), ...(box ? { box } : {}), signal, ...engine };
  const points = pointsAt(block, places, d);
  const found = await ensemble(model, points, { ...common, eps });
  const broken = places.flatMap((_, k) => (found.samples.success[k] ? [k] : []));
  const tally = { name: ensembleName, tried: places.length, changed: 0, closest: 0, forward: 0, backward: 0, seconds: 0 };
  const count = (i: number, forward: number, backward: number) => {
    for (const to of [samples[i]!, tally]) [to.forward, to.backward] = [to.forward + forward, to.backward + backward];
  };
  for (const [k, i] of places.entries()) {
    count(i, found.samples.forward[k]!, found.samples.backward[k]!);
    samples[i]!.unconfirmed += found.samples.unconfirmed[k]!;
    if (!broken.includes(k)) continue;
    const point = found.points.subarray(k * d, (k + 1) * d);
    if (await keep(standing, i, { attack: ensembleName, point, distance: found.samples[norm][k]!, prediction: found.samples.predictionAfter[k]! }))
      tally.changed++;
  }
  if (broken.length > 0) {
    const start = pointsAt({ x: found.points, y: points.y }, broken, d).x;
    const nearer = await smallest(standing.oracle, pointsAt(points, broken, d), { ...common, attack: searches[0]!, start });
    for (const [j, k] of broken.entries()) {
      count(places[k]!, nearer.samples.forward[j]!, nearer.samples.backward[j]!);
      if (!nearer.samples.success[j]) continue;
      const point = nearer.points.subarray(j * d, (j + 1) * d);
      await keep(standing, places[k]!, {
        attack: ensembleName,
        point,
        distance: nearer.samples.distance[j]!,
        prediction: nearer.samples.adversarialPrediction[j]!,
      });
    }
  }
  attacks.push({ ...tally, seconds: (performance.now() - began) / 1000 });
}
