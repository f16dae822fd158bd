/** The place of the largest of `count` values from `from` on, counted from there: the first of equal ones. */
export function argmax(values: ArrayLike<number>, from = 0, count = values.length): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[from + k]! > values[from + best]!) best = k;
  return best;
}

/** The same of every row, `[n]`. @param values `[n, columns]` */
export const argmaxOfRows = (values: ArrayLike<number>, columns: number): Int32Array =>
  Int32Array.from({ length: values.length / columns }, (_, i) => argmax(values, i * columns, columns));
