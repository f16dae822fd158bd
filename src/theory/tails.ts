/**
 * u = ln(k/γ): k events that each fail with probability e^−u fail with probability γ in all. Infinite at γ = 0. As a difference of
 * logarithms, since k/γ overflows where γ is denormal.
 */
export const exponentOf = (gamma: number, events = 1): number => Math.log(events) - Math.log(gamma);

/**
 * A bound that the number of independent events with this mean (or less) exceeds with probability at most e^−u: mean + √(2u·mean) + u/3, by
 * Bernstein's inequality (Boucheron, Lugosi, Massart 2013, Theorem 2.10, with variance ≤ mean and c = 1/3). Its excess over the mean is
 * smaller than that of Hoeffding's inequality, √(mu/2) for m events, if the events are rare.
 */
export const rareAtMost = (mean: number, u: number): number => (u === Infinity ? Infinity : mean + Math.sqrt(2 * u * mean) + u / 3);
