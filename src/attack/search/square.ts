import { field, positive, whole } from "../../util/field.ts";
import { dualSize, project } from "./geometry.ts";
import { findByNoise } from "./noise.ts";
import { approach } from "./refine.ts";
import { defineSearch } from "./rule.ts";
import type { Decisions } from "./sample.ts";
import { plus } from "./vector.ts";

/**
 * The Square attack (Andriushchenko et al. 2020, Algorithms 1 to 3): random search with square windows of the image that grow smaller; a change stays where
 * it lowers the margin. By its nature it has a fixed budget ε: it is `within`, if that is given, and the search is as published. Without it the budget is a little
 * less than the nearest distance so far, and is lowered whenever the search succeeds. For inputs without two spatial axes, windows are stretches of numbers.
 */
export const square = defineSearch({
  summary: "scores alone: random changes of square windows, kept where they lower the margin, in a ball that shrinks with each success",
  norms: ["linf", "l2"],
  access: "scores",
  options: {
    steps: field({ description: "random changes", ...whole(1, 1_000_000), default: 1000 }),
    window: field({ description: "share of the image in the first windows, from 0 to 1", ...positive(1), default: 0.3 }),
    shrink: field({ description: "budget after a success, as a share of the nearest distance", ...positive(1), default: 0.97 }),
    directions: field({ description: "random directions in which the first adversarial point is looked for", ...whole(1, 100_000), default: 25 }),
  },
  points: ({ directions }) => directions,
  async search(sample, { steps, window, shrink, directions }) {
    const { x, norm, random, within } = sample;
    if (within === undefined) {
      await findByNoise(sample, directions);
      if (!sample.best) return;
      await approach(sample, 1e-3);
    }
    const grid = gridOf(sample);
    // A little less than the budget, because points are rounded to float32.
    let eps = within === undefined ? shrink * sample.best!.distance : (1 - 1e-6) * within;
    const stripes = Array.from({ length: grid.channels * grid.columns }, () => random.sign());
    const fit = (delta: Float64Array) => project(norm, delta, eps);
    const first = Float64Array.from(x, (_, j) => stripes[grid.channel[j]! * grid.columns + grid.column[j]!]!);
    let delta = fit(norm === "l2" ? first.map((sign) => (sign * eps) / Math.sqrt(x.length)) : first.map((sign) => sign * eps));
    const marginOf = async (change: Float64Array) => (await sample.score([plus(x, change)]))[0]!;
    let margin = await marginOf(delta);
    for (let step = 0; step < steps; step++) {
      const side = window * 2 ** -halvings(step / steps);
      const next = norm === "linf" ? signed(delta, grid, side, eps, random) : moved(delta, grid, side, eps, random);
      const there = await marginOf(next);
      if (!(there < margin)) continue;
      [delta, margin] = [next, there];
      if (margin >= 0 || within !== undefined) continue;
      await approach(sample, 1e-2);
      const shorter: number = shrink * sample.best!.distance;
      delta = fit(delta.map((value) => (value * shorter) / eps));
      eps = shorter;
      margin = await marginOf(delta);
    }
  },
});

/** How often the window's area has been halved after this share of the steps (the authors' schedule). */
const halvings = (share: number) => [0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8].filter((mark) => share > mark).length;

interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  /** Of every number of an input, `[d]`. */
  readonly row: Int32Array;
  readonly column: Int32Array;
  readonly channel: Int32Array;
}

/** An image's rows, columns and channels; a vector is one row. */
function gridOf({ inputShape, channelAxis = 0, x }: Decisions): Grid {
  const isImage = inputShape.length === 3;
  const spatial = isImage ? inputShape.filter((_, axis) => axis !== channelAxis) : [1, x.length];
  const [rows, columns] = [spatial[0]!, spatial[1]!];
  const channels = x.length / (rows * columns);
  const inner = isImage ? inputShape.slice(channelAxis + 1).reduce((size, dim) => size * dim, 1) : 1;
  const channel = Int32Array.from(x, (_, j) => (isImage ? Math.floor(j / inner) % channels : 0));
  const place = Int32Array.from(x, (_, j) => (isImage ? Math.floor(j / (inner * channels)) * inner + (j % inner) : j));
  return { rows, columns, channels, channel, row: place.map((at) => Math.floor(at / columns)), column: place.map((at) => at % columns) };
}

interface Window {
  has(j: number): boolean;
  /** How far a number is from the middle, from 0 (the middle) to 1 (the corner). */
  depth(j: number): number;
}

function windowOf({ rows, columns, row, column }: Grid, area: number, random: Decisions["random"]): Window {
  const side = rows === 1 ? area * columns : Math.sqrt(area * rows * columns);
  const [height, width] = [Math.max(1, Math.min(rows, Math.round(side))), Math.max(1, Math.min(columns, Math.round(side)))];
  const [top, left] = [random.integer(rows - height + 1), random.integer(columns - width + 1)];
  return {
    has: (j) => row[j]! >= top && row[j]! < top + height && column[j]! >= left && column[j]! < left + width,
    depth: (j) => Math.max(Math.abs(row[j]! - top - (height - 1) / 2) / (height / 2), Math.abs(column[j]! - left - (width - 1) / 2) / (width / 2)),
  };
}

/** linf: a window takes ±ε in each channel. */
function signed(delta: Float64Array, grid: Grid, area: number, eps: number, random: Decisions["random"]): Float64Array {
  const window = windowOf(grid, area, random);
  const signs = Array.from({ length: grid.channels }, () => random.sign());
  const next = delta.slice();
  for (let j = 0; j < next.length; j++) if (window.has(j)) next[j] = signs[grid.channel[j]!]! * eps;
  return next;
}

/** l2: a window gives what it has of the budget to another, in which a bump of random sign is added to what is there. */
function moved(delta: Float64Array, grid: Grid, area: number, eps: number, random: Decisions["random"]): Float64Array {
  const [to, from] = [windowOf(grid, area, random), windowOf(grid, area, random)];
  const signs = Array.from({ length: grid.channels }, () => random.sign());
  const outside = delta.map((value, j) => (to.has(j) || from.has(j) ? 0 : value));
  const own =
    dualSize(
      "l2",
      delta.filter((_, j) => to.has(j)),
    ) || 1;
  const bump = delta.map((value, j) => (to.has(j) ? value / own + (signs[grid.channel[j]!]! * (1 - 0.9 * to.depth(j))) / Math.sqrt(delta.length * area) : 0));
  const left = Math.sqrt(Math.max(0, eps ** 2 - dualSize("l2", outside) ** 2));
  const size = dualSize("l2", bump) || 1;
  return outside.map((value, j) => value + (bump[j]! * left) / size);
}
