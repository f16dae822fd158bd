import { unzipSync, type UnzipFileInfo } from "fflate";
import { SignflipError } from "../util/errors.ts";
import { mostBytes, tooLarge } from "./limits.ts";
import { type NpyArray, parseNpy } from "./npy.ts";

/** The names of the arrays of a `.npz` file (a zip archive of `.npy` files), without the ending. @throws SF_DATA where it is no such file */
export function npzNames(bytes: Uint8Array, name: string): string[] {
  return entries(bytes, name).map((entry) => entry.name.slice(0, -4));
}

/**
 * Some of the arrays of a `.npz` file. Nothing else is unpacked.
 * @throws SF_DATA where an array is damaged, SF_MEMORY where one would be larger than 8 GB unpacked
 */
export function readNpz<K extends string>(bytes: Uint8Array, name: string, wanted: readonly K[]): Record<K, NpyArray> {
  const large = entries(bytes, name).find((entry) => wanted.some((key) => entry.name === `${key}.npy`) && entry.originalSize > mostBytes);
  if (large) throw tooLarge(`${name}: ${large.name}`, large.originalSize);
  // A byte of deflate gives 1,032 at most: what claims more would only take memory.
  const liar = entries(bytes, name).find((entry) => entry.originalSize > 1032 * entry.size + 1032);
  if (liar) throw new SignflipError("SF_DATA", `${name}: ${liar.name} claims ${liar.originalSize} bytes, more than its ${liar.size} can unpack to`);
  const files = opened(bytes, name, (entry) => wanted.some((key) => entry.name === `${key}.npy`));
  return Object.fromEntries(wanted.map((key) => [key, parseNpy(files[`${key}.npy`]!, `${name}: ${key}.npy`)])) as Record<K, NpyArray>;
}

function entries(bytes: Uint8Array, name: string): UnzipFileInfo[] {
  const found: UnzipFileInfo[] = [];
  opened(bytes, name, (entry) => {
    if (entry.name.endsWith(".npy")) found.push(entry);
    return false;
  });
  if (found.length === 0) throw new SignflipError("SF_DATA", `${name}: expected arrays (.npy files in a zip archive); got none`);
  return found;
}

function opened(bytes: Uint8Array, name: string, filter: (entry: UnzipFileInfo) => boolean): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter });
  } catch (cause) {
    throw new SignflipError("SF_DATA", `${name}: expected a complete .npz file (a zip archive); got a damaged or other one`, { cause });
  }
}
