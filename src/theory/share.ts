import type { Setting } from "./statement.ts";

/**
 * What the share of m independent neurons, each counted with probability at most p, keeps to with probability ≥ 1 − γ:
 * p + min{ √(u/(2m)), √(2pu/m) + u/(3m) } with u = ln(1/γ).
 *
 * The first is Hoeffding's inequality; the second Bernstein's (Boucheron, Lugosi, Massart 2013, Theorem 2.10, with variance ≤ p
 * and c = 1/3), the smaller one where p is small. Each holds alone, and which of them is smaller does not depend
 * on the draw, so the smaller holds.
 */
export function shareAtMost(p: number, { m, gamma }: Pick<Setting, "m" | "gamma">): number {
  const u = Math.log(1 / gamma) / m;
  return p + Math.min(Math.sqrt(u / 2), Math.sqrt(2 * p * u) + u / 3);
}

/** The formula of `shareAtMost`, for a p written in symbols. */
export const shareFormula = (p: string): string => `p + min{√(u/(2m)), √(2pu/m) + u/(3m)}, u = ln(1/γ), p = ${p}`;
