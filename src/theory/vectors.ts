/** row·v in float64, for the row that begins at `at`. Four sums at once: the additions need not wait for each other. */
export function dot(rows: Float32Array, at: number, v: ArrayLike<number>): number {
  const d = v.length;
  const whole = d - (d % 4);
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    s0 += rows[at + i]! * v[i]!;
    s1 += rows[at + i + 1]! * v[i + 1]!;
    s2 += rows[at + i + 2]! * v[i + 2]!;
    s3 += rows[at + i + 3]! * v[i + 3]!;
  }
  for (let i = whole; i < d; i++) s0 += rows[at + i]! * v[i]!;
  return s0 + s1 + (s2 + s3);
}

/** v ← v + t·row, for the row that begins at `at`. */
export function addTo(v: Float64Array, rows: Float32Array, at: number, t: number): void {
  for (let i = 0; i < v.length; i++) v[i]! += t * rows[at + i]!;
}

/** W v, `[m]`. @param rows W, `[m, d]` */
export function productsWith(rows: Float32Array, v: ArrayLike<number>, m: number): Float64Array {
  const all = new Float64Array(m);
  for (let s = 0; s < m; s++) all[s] = dot(rows, s * v.length, v);
  return all;
}

export function norm(v: ArrayLike<number>): number {
  let square = 0;
  for (let i = 0; i < v.length; i++) square += v[i]! ** 2;
  return Math.sqrt(square);
}

/** v scaled in place to a length; as it is where it is 0. */
export function scaleTo(v: Float64Array, length: number): Float64Array {
  const size = norm(v);
  if (size > 0) for (let i = 0; i < v.length; i++) v[i]! *= length / size;
  return v;
}

export function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
