import { SignflipError } from "../util/errors.ts";
import { engine } from "./engine.ts";

/**
 * Refuses work that does not fit into memory, before the system ends the process without an error.
 * @param what needs the memory; the error begins with it
 * @param bytes that are certainly needed at once
 * @throws SF_MEMORY
 */
export async function checkMemory(what: string, bytes: number): Promise<void> {
  const { memory = Infinity } = await engine();
  if (bytes > memory)
    throw new SignflipError("SF_MEMORY", `${what} need at least ${gibibytes(bytes)} of memory at once, and this machine has ${gibibytes(memory)}`);
}

export const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toLocaleString("en", { maximumSignificantDigits: 3 })} GiB`;
