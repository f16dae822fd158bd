/** What every benchmark measures and prints with. */
export const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};
export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
export const show = (value: number, digits = 3): string => value.toPrecision(digits);

let missed = 0;
/** A target in a word; one that is missed makes the benchmark fail. */
export const verdict = (met: boolean): string => {
  if (!met) missed++;
  return met ? "met" : "MISSED";
};
/** How many targets were missed so far. */
export const missedTargets = (): number => missed;
