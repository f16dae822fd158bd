import { SignflipError } from "../util/errors.ts";

/** The most that one file may unpack to: 8 GB. More would not fit into the arrays of JavaScript engines. */
export const mostBytes = 2 ** 33;

/** The most pixels that one picture may have; a small file can claim billions. */
export const mostPixels = 2 ** 27;

export function tooLarge(what: string, bytes: number): SignflipError {
  return new SignflipError("SF_MEMORY", `${what} would take ${(bytes / 2 ** 30).toFixed(1)} GB; the most is ${mostBytes / 2 ** 30} GB`);
}
