import type { Setting } from "./statement.ts";
import { exponentOf, rareAtMost } from "../tails.ts";

/**
 * What the share of m independent neurons, each counted with probability at most p, keeps to with probability ≥ 1 − γ:
 * p + min{ √(u/(2m)), √(2pu/m) + u/(3m) } with u = ln(1/γ).
 *
 * The first is Hoeffding's inequality; the second Bernstein's (`rareAtMost`), the smaller one where p is small. Each holds alone, and
 * which of them is smaller does not depend on the draw, so the smaller holds.
 */
export function shareAtMost(p: number, { m, gamma }: Pick<Setting, "m" | "gamma">): number {
  const u = exponentOf(gamma);
  return Math.min(p + Math.sqrt(u / (2 * m)), rareAtMost(m * p, u) / m);
}

/** The formula of `shareAtMost`, for a p written in symbols. */
export const shareFormula = (p: string): string => `p + min{√(u/(2m)), √(2pu/m) + u/(3m)}, u = ln(1/γ), p = ${p}`;
