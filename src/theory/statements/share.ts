import type { Setting } from "./statement.ts";
import { exponentOf, rareAtMost } from "../tails.ts";

/**
 * With probability ≥ 1 − γ, an upper bound on the share of m independent neurons that count, if each counts with probability at most p:
 * p + min{ √(u/(2m)), √(2pu/m) + u/(3m) } with u = ln(1/γ).
 *
 * The first is Hoeffding's inequality, the second Bernstein's (`rareAtMost`), which is smaller if p is small. Each holds by itself, and
 * which of them is smaller does not depend on the draw, so the smaller one holds.
 */
export function shareAtMost(p: number, { m, gamma }: Pick<Setting, "m" | "gamma">): number {
  const u = exponentOf(gamma);
  return Math.min(p + Math.sqrt(u / (2 * m)), rareAtMost(m * p, u) / m);
}

/** The formula of `shareAtMost`, for a p written in symbols. */
export const shareFormula = (p: string): string => `p + min{√(u/(2m)), √(2pu/m) + u/(3m)}, u = ln(1/γ), p = ${p}`;
