import type { Setting } from "./statement.ts";
import { exponentOf } from "../tails.ts";

/** The widths that Theorem 3.1, Corollary 3.2 and Lemma 4.4 speak about. */
export interface WidthWindow {
  /** max{d^2.4, C_2 ln(1/γ)}; infinite at γ = 0. */
  readonly low: number;
  /** C_3 exp(d^0.24); Infinity where it is beyond a float64. */
  readonly high: number;
  /** Whether a whole width lies between them. */
  readonly open: boolean;
}

/**
 * max{d^2.4, C_2 ln(1/γ)} ≤ m ≤ C_3 exp(d^0.24) (Theorem 3.1), with the exponents and constants of the setting.
 *
 * With the default constants it is empty from d = 2 up to about 2.9 million (see `windowOpensAt`): d^2.4 outgrows exp(d^0.24) for
 * all dimensions in use. At d = 1 the inequality holds by accident (1 ≤ m ≤ e); nothing of W_0 is orthogonal to x
 * there, which is what the proof rests on, so the window counts as empty.
 */
export function widthWindow({ d, gamma, constants }: Omit<Setting, "m" | "c0">): WidthWindow {
  const { c2, c3, lowerExponent, upperExponent } = constants;
  const low = Math.max(d ** lowerExponent, gamma < 1 ? c2 * exponentOf(gamma) : 0);
  const high = c3 * Math.exp(d ** upperExponent);
  return { low, high, open: d > 1 && low < Infinity && Math.ceil(low) <= high };
}

/** Whether the theorem says anything about a network of this size: m lies in the window, and γ is below 1. */
export const inWindow = (setting: Setting): boolean => {
  const { low, high, open } = widthWindow(setting);
  return setting.gamma < 1 && open && setting.m >= low && setting.m <= high;
};

/** The first width in the window; Infinity if it is empty. (Beyond its upper end the theorem says nothing again.) */
export const windowFrom = (setting: Omit<Setting, "m">): number => {
  const { low, open } = widthWindow(setting);
  return setting.gamma < 1 && open ? Math.max(1, Math.ceil(low)) : Infinity;
};

/**
 * The smallest dimension from which the window stays open, to a part in 10^6; Infinity if there is none up to d = 10^30.
 * Its lower end grows like a power of d and its upper end faster than any, so there is a last dimension at which it is empty: found
 * from above, by bisecting ln d between a dimension at which it is empty and one after which it is not.
 */
export function windowOpensAt(setting: Omit<Setting, "m" | "c0" | "d">): number {
  // In logarithms, since exp(d^0.24) overflows: 2.4 ln d, or ln(C_2 ln(1/γ)), against ln C_3 + d^0.24.
  const { c2, c3, lowerExponent, upperExponent } = setting.constants;
  const other = setting.gamma < 1 ? Math.log(c2 * exponentOf(setting.gamma)) : -Infinity;
  const gap = (logD: number) => Math.log(c3) + Math.exp(upperExponent * logD) - Math.max(lowerExponent * logD, other);
  const end = Math.log(1e30);
  if (!(gap(end) >= 0)) return Infinity;
  // ln C_3 + e^{0.24 y} − 2.4 y is convex in y = ln d: from the end down to its lowest point it crosses 0 at most once.
  let low = Math.max(Math.log(2), Math.min(end, Math.log(lowerExponent / upperExponent) / upperExponent));
  if (gap(low) >= 0) low = Math.log(2);
  if (gap(low) >= 0) return 2;
  let high = end;
  while (high - low > 1e-7) {
    const middle = (low + high) / 2;
    if (gap(middle) >= 0) high = middle;
    else low = middle;
  }
  return Math.ceil(Math.exp(high));
}
