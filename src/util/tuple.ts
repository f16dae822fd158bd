/** A list of the same length as another: where that is a tuple, a tuple. */
export type SameLength<Xs extends readonly unknown[], Y> = { -readonly [K in keyof Xs]: Y };

/** `map` that keeps what TypeScript's own forgets: how many there are. */
export function mapTuple<const Xs extends readonly unknown[], Y>(xs: Xs, to: (x: Xs[number], i: number) => Y): SameLength<Xs, Y> {
  return xs.map(to) as SameLength<Xs, Y>;
}
