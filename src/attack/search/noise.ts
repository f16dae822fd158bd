import { field, whole } from "../../util/field.ts";
import { distance } from "./geometry.ts";
import { defineSearch } from "./rule.ts";
import type { Decisions } from "./sample.ts";

/** Each length of noise is so many times the one before. */
const growth = 1.3;
const lengths = 40;

/**
 * Random directions, longer and longer until one of them leads to an adversarial point; the contract halves the way back. It shows how much more a
 * chosen perturbation does than noise, and gives searches without gradients their first point.
 */
export const noise = defineSearch({
  summary: "random directions, each as long as it takes: normal numbers in l2, uniform ones in linf",
  norms: ["l2", "linf"],
  access: "decisions",
  options: { directions: field({ description: "random directions", ...whole(1, 100_000), default: 50 }) },
  points: ({ directions }) => directions,
  search: (sample, { directions }) => findByNoise(sample, directions),
});

/** Looks for a first adversarial point in random directions. */
export async function findByNoise(sample: Decisions, directions: number): Promise<void> {
  const { x, random, norm } = sample;
  const ways = Array.from({ length: directions }, () => {
    const way = Float64Array.from(x, () => (norm === "linf" ? 2 * random.uniform() - 1 : random.normal()));
    const size = distance(norm, new Float64Array(x.length), way);
    return way.map((value) => value / size);
  });
  const longest = reach(sample);
  for (let k = lengths - 1; k >= 0; k--) {
    const length = longest * growth ** -k;
    const wrong = await sample.decide(ways.map((way) => x.map((value, j) => value + length * way[j]!)));
    if (wrong.includes(true)) return;
  }
}

/** The distance to the farthest corner of the box; without one ten times the sample's own size, or ten. */
function reach({ x, norm, limits: { low, high } }: Decisions): number {
  const corner = x.map((value, j) => (value - low[j]! > high[j]! - value ? low[j]! : high[j]!));
  const far = distance(norm, x, corner);
  return Number.isFinite(far) ? far : 10 * Math.max(1, distance(norm, new Float64Array(x.length), x));
}
