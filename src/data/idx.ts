import { SignflipError } from "../util/errors.ts";

/** The images of one IDX file: `n` images of `rows` × `columns` grey values 0 … 255, row-major, not copied. */
export interface IdxImages {
  readonly n: number;
  readonly rows: number;
  readonly columns: number;
  readonly pixels: Uint8Array;
}

/**
 * An IDX image file (LeCun, Cortes and Burges, "The MNIST database"): four big-endian 32-bit words (2051, n,
 * rows, columns), then n × rows × columns bytes. `name` is what errors call the file.
 * @throws SF_DATA when the bytes are anything else, or there are no images.
 */
export function parseImages(bytes: Uint8Array, name: string): IdxImages {
  const [n, rows, columns] = header(bytes, name, { magic: 2051, what: "image", words: 4 }) as [number, number, number];
  if (rows < 1 || columns < 1) throw bad(name, `images of at least 1×1`, `${rows}×${columns}`);
  return { n, rows, columns, pixels: body(bytes, name, 16, n * rows * columns, `${n} images of ${rows}×${columns}`) };
}

/**
 * An IDX label file: two big-endian 32-bit words (2049, n), then one byte per label, not copied.
 * @throws SF_DATA when the bytes are anything else, or there are no labels.
 */
export function parseLabels(bytes: Uint8Array, name: string): Uint8Array {
  const [n] = header(bytes, name, { magic: 2049, what: "label", words: 2 }) as [number];
  return body(bytes, name, 8, n, `${n} labels`);
}

/**
 * The bytes themselves, or what they hold if they begin as gzip does (1f 8b).
 * @throws SF_DATA when they begin so and are not a whole gzip file.
 */
export async function gunzipIfNeeded(bytes: Uint8Array, name: string): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    throw new SignflipError("SF_DATA", `${name}: expected a complete gzip file (it begins like one); got a damaged or truncated one`, { cause });
  }
}

/** The words after the magic number; the first is the count, which must not be 0. */
function header(bytes: Uint8Array, name: string, { magic, what, words }: { magic: number; what: string; words: number }): number[] {
  if (bytes.length < 4 * words) throw bad(name, `an IDX ${what} file, which begins with ${4 * words} bytes of header`, count(bytes.length));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [found, ...rest] = Array.from({ length: words }, (_, i) => view.getUint32(4 * i));
  if (found !== magic) throw bad(name, `an IDX ${what} file, which begins with the number ${magic}`, `${found}`);
  if (rest[0] === 0) throw bad(name, `at least one ${what}`, "0");
  return rest;
}

function body(bytes: Uint8Array, name: string, start: number, length: number, holding: string): Uint8Array {
  if (bytes.length !== start + length) throw bad(name, `${count(start + length)} (a header and ${holding})`, count(bytes.length));
  return bytes.subarray(start);
}

function bad(name: string, expected: string, got: string): SignflipError {
  return new SignflipError("SF_DATA", `${name}: expected ${expected}; got ${got}`);
}

function count(bytes: number): string {
  return `${bytes.toLocaleString("en-US")} bytes`;
}
