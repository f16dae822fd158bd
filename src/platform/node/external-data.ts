import { closeSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import type { ExternalData } from "../../graph/decode.ts";
import { SignflipError } from "../../util/errors.ts";

/**
 * Reads the weights that a model keeps in other files. They must be in the model's folder or below, also where links lead.
 * @param path the model's own file
 */
export function externalDataOf(path: string): ExternalData {
  return (location, offset, length) => {
    const fail = (why: string, cause?: unknown): never => {
      throw new SignflipError("SF_FILE", `${location}, where the model keeps weights, ${why}`, { cause });
    };
    let file: number | undefined;
    try {
      const folder = realpathSync(dirname(path));
      const real = realpathSync(join(folder, location));
      const inside = relative(folder, real);
      if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) fail("leads out of the model's folder");
      // Before it is opened: a pipe would wait for somebody to write.
      const status = statSync(real);
      if (!status.isFile()) fail("is not a file");
      file = openSync(real, "r");
      if (status.size < offset + length) fail(`has ${status.size} bytes, and ${length} from byte ${offset} on are needed`);
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length;) {
        const count = readSync(file, bytes, at, Math.min(length - at, 2 ** 30), offset + at);
        if (count === 0) fail("ended while it was read");
        at += count;
      }
      return bytes;
    } catch (cause) {
      if (cause instanceof SignflipError) throw cause;
      return fail(`cannot be read (${cause instanceof Error && "code" in cause ? String(cause.code) : String(cause)})`, cause);
    } finally {
      if (file !== undefined) closeSync(file);
    }
  };
}
