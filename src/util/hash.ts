import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { internal } from "./errors.ts";

const utf8 = new TextEncoder();

/**
 * SHA-256 as 64 hexadecimal digits of all parts one after the other; strings count as UTF-8. Parts are not
 * delimited (`"ab", "c"` equals `"a", "bc"`): where that matters, begin with a part that gives the lengths.
 * Synchronous, the same in browser and Node; 50 MB took 0.4 s to 0.5 s (2 cores, Node 20).
 */
export function sha256Hex(...parts: readonly (Uint8Array | string)[]): string {
  const hash = sha256.create();
  for (const part of parts) hash.update(typeof part === "string" ? utf8.encode(part) : part);
  return bytesToHex(hash.digest());
}

/**
 * JSON with sorted keys and no spaces, so that equal values give equal text. Takes null, booleans, strings,
 * finite numbers (−0 becomes 0), arrays and plain objects; anything else (undefined, NaN, functions, dates,
 * typed arrays, …) would be lost or mangled by JSON and is an internal error that names the path.
 */
export function canonicalJson(value: unknown): string {
  return write(value, "value");
}

function write(value: unknown, path: string): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${Array.from(value, (item, i) => write(item, `${path}[${i}]`)).join(",")}]`;
  if (isPlain(value)) {
    const members = Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${write(value[key], `${path}.${key}`)}`);
    return `{${members.join(",")}}`;
  }
  throw internal(`canonicalJson: ${path} is ${typeof value === "object" ? "not a plain object" : String(value)}`);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
