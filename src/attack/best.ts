import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/ir.ts";

/** The point of lowest margin found so far, as carried values of a loop. */
export interface Best {
  /** `[n, 1]` */
  readonly margin: Value;
  /** `[n, d]` */
  readonly delta: Value;
}

/** The start of a path: any point is better. */
export const noneYet = (g: GraphBuilder, eps: Value, delta: Value): Best => ({ margin: g.add(g.mul(eps, 0), Infinity), delta });

/** The better of what was best and a new point. A margin that is NaN is never better. */
export function betterOf(g: GraphBuilder, best: Best, margin: Value, delta: Value): Best {
  const better = g.less(margin, best.margin);
  return { margin: g.where(better, margin, best.margin), delta: g.where(better, delta, best.delta) };
}
