import { SignflipError } from "../../util/errors.ts";
import { intOf, stringOf } from "../attributes.ts";
import { type Value, freshDim } from "../ir.ts";
import { composed } from "./composed.ts";
import { rankOf } from "./like.ts";
import { type GraphBuilder, defineOp } from "./rule.ts";
import { sizeAt } from "./window.ts";

/** Elements of an image that count for a position along one axis, with their weights; both in the shape of the positions. */
interface Tap {
  readonly index: Value;
  readonly weight: Value;
}

const sum = (g: GraphBuilder, values: readonly Value[]) => values.reduce((a, b) => g.add(a, b));

/** A position mirrored at both ends of a range as often as it lies outside: a wave of triangles. */
function mirrored(g: GraphBuilder, x: Value, low: Value | number, high: Value): Value {
  const range = g.sub(high, low);
  const period = g.max(g.mul(range, 2), 1e-30);
  const from = g.sub(x, low);
  const left = g.sub(from, g.mul(g.op("Floor", [g.div(from, period)])[0], period));
  return g.add(g.sub(range, g.abs(g.sub(left, range))), low);
}

/** The weights of four neighbors in cubic interpolation with a = −0.75, at a part t of the way from the second to the third. */
function cubicWeights(g: GraphBuilder, t: Value): Value[] {
  const a = -0.75;
  const inner = (s: Value) => g.add(g.mul(g.mul(g.sub(g.mul(s, a + 2), a + 3), s), s), 1);
  const outer = (s: Value) => g.sub(g.mul(g.add(g.mul(g.sub(g.mul(s, a), 5 * a), s), 8 * a), s), 4 * a);
  const rest = g.sub(1, t);
  return [outer(g.add(t, 1)), inner(t), inner(rest), outer(g.add(rest, 1))];
}

interface Sampling {
  readonly mode: string;
  readonly padding: string;
  readonly aligned: boolean;
}

/** What counts along one axis of `size` elements for coordinates from −1 to 1. */
function tapsAlong(g: GraphBuilder, coordinate: Value, size: Value, { mode, padding, aligned }: Sampling): Tap[] {
  const length = g.cast(size, coordinate.type.element);
  const last = g.sub(length, 1);
  const half = g.div(g.add(coordinate, 1), 2);
  const [low, high] = aligned ? [0, last] : [-0.5, g.sub(length, 0.5)];
  const place = aligned ? g.mul(half, last) : g.sub(g.mul(half, length), 0.5);
  const exact = mode === "nearest" ? g.op("Round", [place])[0] : place;
  const inside =
    padding === "border" && mode !== "cubic"
      ? g.max(g.min(exact, last), 0)
      : padding === "reflection"
        ? g.where(g.or(g.less(exact, low), g.greater(exact, high)), mirrored(g, exact, low, high), exact)
        : exact;
  const floor = g.op(mode === "nearest" ? "Round" : "Floor", [inside])[0];
  const part = g.sub(inside, floor);
  const weights = mode === "nearest" ? [undefined] : mode === "cubic" ? cubicWeights(g, part) : [g.sub(1, part), part];
  return weights.map((given, i) => {
    const at = g.add(floor, mode === "cubic" ? i - 1 : i);
    const weight = given ?? g.add(g.mul(at, 0), 1);
    const isIn = g.and(g.greaterOrEqual(at, 0), g.lessOrEqual(at, last));
    const kept = padding === "reflection" ? g.where(isIn, at, g.op("Round", [mirrored(g, at, low, high)])[0]) : at;
    const index = g.cast(g.max(g.min(kept, last), 0), "int64");
    return { index, weight: padding === "zeros" ? g.where(isIn, weight, 0) : weight };
  });
}

/**
 * y[n, c, p] = Σ w(g[n, p], s)·x[n, c, s]: x sampled at coordinates from −1 to 1, the last axis of the grid first; the weights are products of one along each
 * axis, for the nearest element, the two or the four (cubic) around.  The gradient is that of these sums, with respect to the grid as well.
 */
export const GridSample = defineOp({
  operands: ["x", "grid"],
  infer: ({ types: [x, grid] }) => [
    { element: x.element, shape: x.shape && grid.shape && [x.shape[0]!, x.shape[1] ?? freshDim(), ...grid.shape.slice(1, -1)] },
  ],
  vjp: composed((g, { inputs: [x, grid], attributes }) => {
    const axes = Array.from({ length: rankOf("GridSample", x) - 2 }, (_, i) => i);
    const sampling = {
      mode: stringOf(attributes, "mode", "linear"),
      padding: stringOf(attributes, "padding_mode", "zeros"),
      aligned: intOf(attributes, "align_corners", 0) !== 0,
    };
    const rank = rankOf("GridSample", grid);
    const sizes = axes.map((axis) => sizeAt(g, x, axis + 2));
    const taps = axes.map((axis) => {
      const at = axes.length - 1 - axis;
      return tapsAlong(g, g.squeeze(g.slice(grid, [at], [at + 1], [-1]), [-1]), g.squeeze(sizes[axis]!, [0]), sampling);
    });
    // All pixels of all samples in one table, a row each.
    const pixels = sizes.reduce((a, b) => g.mul(a, b));
    const [n, channels] = [sizeAt(g, x, 0), sizeAt(g, x, 1)];
    const table = g.reshape(g.transpose(x, [0, ...axes.map((axis) => axis + 2), 1]), g.concat([g.mul(n, pixels), channels], 0));
    const start = g.mul(g.op("Range", [g.int(0), g.squeeze(n, [0]), g.int(1)])[0], pixels);
    const first = g.unsqueeze(
      start,
      axes.map((_, i) => i + 1),
    );
    const corners = taps.reduce<{ index: Value; weight: Value | undefined }[]>(
      (before, along, axis) =>
        before.flatMap(({ index, weight }) =>
          along.map((tap) => ({ index: g.add(g.mul(index, sizes[axis]!), tap.index), weight: weight ? g.mul(weight, tap.weight) : tap.weight })),
        ),
      [{ index: g.int(0), weight: undefined }],
    );
    const parts = corners.map(({ index, weight }) => g.mul(g.gather(table, g.add(index, first)), g.castLike(g.unsqueeze(weight!, [-1]), x)));
    return [g.transpose(sum(g, parts), [0, rank - 1, ...axes.map((axis) => axis + 1)])];
  }),
});

/** y[n, p] = θ[n]·(p, 1), for the places p of a grid from −1 to 1.  dθ[n] = Σ_p dy[n, p]·(p, 1)ᵀ, where p is what the operator makes of the identity. */
export const AffineGrid = defineOp({
  operands: ["theta", "size"],
  infer: ({ types: [theta], ints: [, size] }) => [{ element: theta.element, shape: size && [size[0]!, ...size.slice(2), size.length - 2] }],
  vjp: (g, { inputs: [theta, size], dy, attributes }) => {
    const d = rankOf("AffineGrid", dy) - 2;
    if (!(d === 2 || d === 3)) throw new SignflipError("SF_GRADIENT", "no gradient through AffineGrid: it is for images and volumes alone");
    const unit = Array.from({ length: d * (d + 1) }, (_, i) => +(i % (d + 1) === Math.floor(i / (d + 1))));
    const one = g.cast(g.reshape(g.ints(unit), [1, d, d + 1]), theta.type.element);
    const all = g.concat([g.ints([1]), g.slice(size, [1], [d + 2], [0])], 0);
    const places = g.flatten(g.op("AffineGrid", [one, all], attributes)[0], d + 1);
    const ones = g.add(g.mul(g.slice(places, [0], [1], [1]), 0), 1);
    const rows = g.reshape(dy, g.concat([sizeAt(g, dy, 0), g.slice(g.shape(places), [0], [1], [0]), g.ints([d])], 0));
    return [g.matMul(g.transpose(rows, [0, 2, 1]), g.concat([places, ones], 1))];
  },
});
