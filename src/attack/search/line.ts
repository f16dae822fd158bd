import type { Scores } from "./sample.ts";

/** The first change of the prediction on a ray from the sample, between two places that were asked about. */
export interface Crossing {
  /** The last place seen before it and the first one after it. */
  readonly before: number;
  readonly after: number;
  /** Distance of the places that were asked about where it was found: two crossings that lie closer are not told apart. */
  readonly resolution: number;
}

export interface LineOptions {
  /** Where a crossing is likely. The first window reaches to twice that place, each of the others four times as far. */
  readonly estimate: number;
  readonly cells?: number;
  readonly windows?: number;
  /** The bracket at the end, relative to the place. */
  readonly tolerance?: number;
  /** What counts as crossed. Default: the margin is below 0. */
  readonly crossed?: (margin: number) => boolean;
}

/**
 * Follows a ray from the sample until its margin changes sign: first on a grid, each window of it as one question, then in the first cell with a
 * change, by secants and halving.
 * @param at the point at a place of the ray; place 0 is the sample
 */
export async function firstCrossing(sample: Scores, at: (t: number) => Float64Array, options: LineOptions): Promise<Crossing | undefined> {
  const { estimate, cells = 32, windows = 7, tolerance = 1e-7, crossed = (margin) => margin < 0 } = options;
  if (!(estimate > 0 && estimate < Infinity)) return undefined;
  let [from, to] = [0, 2 * estimate];
  let before = sample.margin;
  for (let window = 0; window < windows; window++, [from, to] = [to, 4 * to]) {
    const places = Array.from({ length: cells }, (_, k) => from + ((k + 1) / cells) * (to - from));
    if (!Number.isFinite(to)) return undefined;
    const margins = await sample.score(places.map(at));
    const first = margins.findIndex(crossed);
    if (first >= 0) {
      const start = { t: first > 0 ? places[first - 1]! : from, margin: first > 0 ? margins[first - 1]! : before };
      const narrow = await bracket(sample, at, start, { t: places[first]!, margin: margins[first]! }, tolerance, crossed);
      return { before: narrow[0], after: narrow[1], resolution: (to - from) / cells };
    }
    before = margins.at(-1)!;
    if (sample.distance(at(4 * to)) === sample.distance(at(to))) return undefined; // the whole of the ray's end lies on the edge of the box
  }
  return undefined;
}

interface Place {
  readonly t: number;
  readonly margin: number;
}

/**
 * Narrows a bracket: each question is about the middle, the secant's zero and its two sides, so that a straight piece is done at once and any other
 * function at least halves the bracket.
 */
export async function bracket(
  sample: Scores,
  at: (t: number) => Float64Array,
  low: Place,
  high: Place,
  tolerance: number,
  crossed: (margin: number) => boolean = (margin) => margin < 0,
): Promise<[number, number]> {
  let [a, b] = [low, high];
  for (let round = 0; round < 40 && b.t - a.t > tolerance * b.t; round++) {
    const half = (tolerance * b.t) / 2;
    const share = a.margin / (a.margin - b.margin);
    const secant = a.t + (b.t - a.t) * (share > 0 && share < 1 ? share : 0.5);
    const places = [secant - 0.9 * half, secant + 0.9 * half, (a.t + b.t) / 2].filter((t) => t > a.t && t < b.t).sort((s, t) => s - t);
    if (places.length === 0) break;
    const margins = await sample.score(places.map(at));
    const first = margins.findIndex(crossed);
    const seen = places.map((t, k) => ({ t, margin: margins[k]! }));
    if (first >= 0) [a, b] = [first > 0 ? seen[first - 1]! : a, seen[first]!];
    else a = seen.at(-1)!;
  }
  return [a.t, b.t];
}
