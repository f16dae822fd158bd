import { type TensorProto, TensorProto_DataLocation as DataLocation } from "onnx-buf";
import { SignflipError } from "../../util/errors.ts";

/**
 * Reads bytes of a file that a model keeps its weights in.
 * @param location its path, relative to the model's folder. It never leads out of it by its words; a reader takes care of links.
 * @returns exactly `length` bytes from `offset` on
 */
export type ExternalData = (location: string, offset: number, length: number) => Uint8Array;

export const isExternal = ({ dataLocation }: TensorProto): boolean => dataLocation === DataLocation.EXTERNAL;

/** The bytes of a tensor that is kept in another file. @throws SF_ONNX where they may not be read, or are not as many as there should be */
export function externalBytes(proto: TensorProto, what: string, expected: number, external: ExternalData | undefined): Uint8Array {
  const fail = (why: string): never => {
    throw new SignflipError("SF_ONNX", `${what} ${why}`);
  };
  const entries = new Map(proto.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get("location") ?? "";
  if (!external) return fail("is kept in another file: save the model with its data inside, or give a reader of external data");
  if (leadsOut(location)) fail(`is kept in ${JSON.stringify(location)}: only files within the model's folder are read`);
  const offset = Number(entries.get("offset") ?? 0);
  const length = Number(entries.get("length") ?? expected);
  if (!Number.isSafeInteger(offset) || offset < 0) fail(`has its data from byte ${entries.get("offset")} on`);
  if (length !== expected) fail(`needs ${expected} bytes, and its file is to give ${entries.get("length")}`);
  const bytes = external(location, offset, expected);
  if (bytes.length !== expected) fail(`needs ${expected} bytes, and ${location} has ${bytes.length} from byte ${offset} on`);
  return bytes;
}

/** Whether a path is absolute, has a drive or goes up: in any system's way of writing it. */
function leadsOut(location: string): boolean {
  return location === "" || location.includes("\0") || /^([\\/]|[a-z]:)/i.test(location) || location.split(/[\\/]/).includes("..");
}
