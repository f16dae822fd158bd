import { SignflipError } from "../util/errors.ts";
import { random } from "../util/random.ts";
import { Dataset, type Split } from "./dataset.ts";
import { normalizeRows } from "./normalize.ts";

export interface SphereOptions {
  readonly d: number;
  /** Training points. Default 1000. */
  readonly n?: number;
  /** Test points. Default 1000. */
  readonly testN?: number;
  readonly seed?: number;
  /** "linear": class 1 if the inner product with a random direction is not negative, otherwise class 0; "random": fair coins. Default "linear". */
  readonly labels?: "random" | "linear";
}

/** Most float32 values one dataset may have: 8 GB. */
const most = 2 ** 31;

/**
 * Independent points, uniformly distributed on the unit sphere in R^d (normalized normals; Muller 1959). Points, labels and
 * the direction each have their own random stream. So a larger set extends a smaller one, and the points are the same whatever
 * the labels.
 * @throws SF_OPTION when an option is out of range (usage).
 */
export function sphere({ d, n = 1000, testN = 1000, seed = 0, labels = "linear" }: SphereOptions): Split {
  checkCount("d", d);
  checkCount("n", n);
  checkCount("testN", testN);
  if (labels !== "random" && labels !== "linear") throw usage(`labels must be "random" or "linear"; got ${JSON.stringify(labels)}`);
  const points = Math.max(n, testN);
  if (points * d > most) throw usage(`the sphere may have at most ${most} values; got ${points} points with d ${d}`);

  const name = `sphere d ${d}, ${labels} labels, seed ${seed}`;
  const teacher = random(seed, "sphere", "teacher").fillNormal(new Float32Array(d));
  const half = (part: "train" | "test", count: number): Dataset => {
    const x = random(seed, "sphere", part, "points").fillNormal(new Float32Array(count * d));
    normalizeRows(x, d, (row) => `point ${row} of the ${name}`);
    const coin = random(seed, "sphere", part, "labels");
    const y = Uint8Array.from({ length: count }, (_, i) => +(labels === "random" ? coin.sign() === 1 : isAhead(x, i * d, teacher)));
    return new Dataset({ name, x, y, inputShape: [d], classes: 2 });
  };
  return { train: half("train", n), test: half("test", testN) };
}

/** Whether the inner product of the teacher and the row that starts at `start` is at least 0. */
function isAhead(x: Float32Array, start: number, teacher: Float32Array): boolean {
  return teacher.reduce((total, t, j) => total + t * x[start + j]!, 0) >= 0;
}

function checkCount(option: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) throw usage(`${option} must be a whole number from 1; got ${String(value)}`);
}

function usage(message: string): SignflipError {
  return new SignflipError("SF_OPTION", message, { usage: true });
}
