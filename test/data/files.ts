import fc from "fast-check";
import { SignflipError } from "../../src/util/errors.ts";

/** An IDX file in memory: the words big-endian, then the bytes. */
export function idx(words: readonly number[], bytes: Iterable<number> = []): Uint8Array {
  const file = new Uint8Array([...words.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]), ...bytes]);
  return file;
}

/** IDX images: n of rows × columns, with the pixels given or all 1 … 255 in turn. */
export function imageFile(n: number, rows: number, columns: number, pixels?: readonly number[]): Uint8Array {
  return idx([2051, n, rows, columns], pixels ?? Array.from({ length: n * rows * columns }, (_, i) => 1 + (i % 255)));
}

export function labelFile(labels: readonly number[]): Uint8Array {
  return idx([2049, labels.length], labels);
}

/** What a call throws, which must be a SignflipError with a message of one line; undefined if it throws nothing. */
export function errorOf(call: () => unknown): SignflipError | undefined {
  try {
    call();
  } catch (error) {
    return oneLine(error);
  }
  return undefined;
}

export async function rejectionOf(promise: Promise<unknown>): Promise<SignflipError | undefined> {
  return promise.then(
    () => undefined,
    (error) => oneLine(error),
  );
}

function oneLine(error: unknown): SignflipError {
  if (!(error instanceof SignflipError)) throw new Error(`expected a SignflipError; got ${String(error)}`, { cause: error });
  if (error.message.includes("\n")) throw new Error(`expected a message of one line; got ${error.message}`);
  return error;
}

/** Small IDX image files with what they hold. */
export const imageFiles = fc
  .record({ n: fc.integer({ min: 1, max: 3 }), rows: fc.integer({ min: 1, max: 5 }), columns: fc.integer({ min: 1, max: 5 }) })
  .chain((shape) => {
    const area = shape.n * shape.rows * shape.columns;
    return fc
      .uint8Array({ minLength: area, maxLength: area })
      .map((pixels) => ({ ...shape, pixels, file: imageFile(shape.n, shape.rows, shape.columns, [...pixels]) }));
  });
