import { type Points } from "../../src/data/points.ts";
import { random } from "../../src/util/random.ts";

/** Images `[1, 8, 8]` of three classes with noise: a horizontal bar, a vertical bar, a diagonal, each somewhere. */
export function bars(n: number, seed: number): Points {
  const stream = random(seed, "test", "bars");
  const x = new Float32Array(n * 64);
  const y = Array.from({ length: n }, (_, i) => i % 3);
  y.forEach((label, i) => {
    const at = stream.integer(8);
    for (let j = 0; j < 64; j++) x[i * 64 + j] = 0.3 * stream.uniform();
    for (let k = 0; k < 8; k++) {
      const [row, column] = label === 0 ? [at, k] : label === 1 ? [k, at] : [k, (k + at) % 8];
      x[i * 64 + row * 8 + column] = 1 - 0.3 * stream.uniform();
    }
  });
  return { x, y };
}

/**
 * Two classes, told apart by one number that is right nine times out of ten and hard to move, and by twenty that together are always right and easy to move
 * (Tsipras et al. 2019, Sect. 2.1).
 */
export function fragile(n: number, seed: number): Points {
  const stream = random(seed, "test", "fragile");
  const y = Array.from({ length: n }, () => (stream.sign() > 0 ? 1 : 0));
  const x = Float32Array.from(
    y.flatMap((label) => {
      const sign = 2 * label - 1;
      return [stream.uniform() < 0.9 ? sign : -sign, ...Array.from({ length: 20 }, () => 0.4 * sign + 0.4 * stream.normal())];
    }),
  );
  return { x, y };
}
