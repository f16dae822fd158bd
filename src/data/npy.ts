import { sizeOf } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";

/** An array of NumPy, row-major. Numbers that no smaller array takes exactly are float64; int64 beyond 2^53 is refused. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Int32Array | Float32Array | Float64Array | readonly string[];
}

/** "\x93NUMPY". */
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** An element type: its bytes and how one is read. */
interface Element {
  readonly size: number;
  make(length: number): Uint8Array | Int32Array | Float32Array | Float64Array | string[];
  read(view: DataView, at: number, isLittle: boolean): number | string;
}

/**
 * A `.npy` file (NumPy Enhancement Proposal 1; versions 1 to 3 of the format): booleans, integers, float16, float32, float64 and text of
 * fixed length, in either order of bytes and of axes.
 * @throws SF_DATA where the bytes are anything else: structured types, complex numbers, and Python objects, which are never unpickled
 */
export function parseNpy(bytes: Uint8Array, name: string): NpyArray {
  const fail = (expected: string, got: string) => new SignflipError("SF_DATA", `${name}: expected ${expected}; got ${got}`);
  if (!magic.every((byte, i) => bytes[i] === byte)) throw fail("an .npy file, which begins with \\x93NUMPY", `${bytes.length} bytes that do not`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6] ?? 0;
  if (!(major >= 1 && major <= 3)) throw fail("version 1, 2 or 3 of the .npy format", String(major));
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) throw fail("a complete header", `${bytes.length} bytes`);
  const end = start + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > bytes.length || end > 1e6) throw fail("a complete header", `${bytes.length} bytes`);
  const header = new TextDecoder().decode(bytes.subarray(start, end));
  const descr = /'descr':\s*(?:'([^']*)'|(\[))/.exec(header);
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const axes = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (!descr || order === undefined || axes === undefined) throw fail("a header with descr, fortran_order and shape", header.trim().slice(0, 60));
  if (descr[2] !== undefined) throw fail("an array of numbers or text", "a structured array");
  const type = descr[1]!;
  if (type.slice(1).startsWith("O")) throw fail("an array of numbers or text", "Python objects, which are not read (save with a plain dtype)");
  const element = elementOf(type);
  if (element === undefined) throw fail("booleans, integers, real numbers or text", `the type ${type}`);
  const shape = axes.split(",").flatMap((dim) => (dim.trim() === "" ? [] : [parseInt(dim, 10)]));
  const length = sizeOf(shape);
  if (!Number.isSafeInteger(length) || bytes.length - end !== length * element.size)
    throw fail(`${length * element.size} bytes of data for the shape [${shape.join(", ")}] of ${type}`, `${bytes.length - end}`);

  const data = element.make(length);
  const isLittle = type[0] !== ">";
  const place = order === "True" && shape.length > 1 ? fortranPlaces(shape) : undefined;
  for (let i = 0; i < length; i++) data[place ? place(i) : i] = element.read(view, end + i * element.size, isLittle);
  if (data instanceof Float64Array && type[1] !== "f") {
    const inexact = data.findIndex((value) => !Number.isSafeInteger(value));
    if (inexact >= 0) throw fail("integers up to 2^53", String(data[inexact]));
  }
  return { shape, data };
}

/** Where the i-th element of a column-major array lies in the row-major one. */
function fortranPlaces(shape: readonly number[]): (i: number) => number {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  return (i) => {
    let place = 0;
    let rest = i;
    for (let axis = 0; axis < shape.length; axis++) {
      place += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return place;
  };
}

const real32 = { make: (n: number) => new Float32Array(n) };
const real64 = { make: (n: number) => new Float64Array(n) };
const int32 = { make: (n: number) => new Int32Array(n) };

/** Without the sign for the order of bytes. Booleans are numbers here, not bytes of a picture. */
const elements: Readonly<Record<string, Element>> = {
  b1: { size: 1, ...int32, read: (view, at) => view.getUint8(at) },
  u1: { size: 1, make: (n) => new Uint8Array(n), read: (view, at) => view.getUint8(at) },
  i1: { size: 1, ...int32, read: (view, at) => view.getInt8(at) },
  u2: { size: 2, ...int32, read: (view, at, little) => view.getUint16(at, little) },
  i2: { size: 2, ...int32, read: (view, at, little) => view.getInt16(at, little) },
  u4: { size: 4, ...real64, read: (view, at, little) => view.getUint32(at, little) },
  i4: { size: 4, ...int32, read: (view, at, little) => view.getInt32(at, little) },
  u8: { size: 8, ...real64, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  i8: { size: 8, ...real64, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  f2: { size: 2, ...real32, read: (view, at, little) => halfToNumber(view.getUint16(at, little)) },
  f4: { size: 4, ...real32, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { size: 8, ...real64, read: (view, at, little) => view.getFloat64(at, little) },
};

function elementOf(type: string): Element | undefined {
  const kind = type.slice(1);
  const length = Number(kind.slice(1));
  if (kind.startsWith("U") && length >= 1)
    return {
      size: 4 * length,
      make: (n) => Array.from({ length: n }, () => ""),
      read: (view, at, little) => text(length, (i) => view.getUint32(at + 4 * i, little)),
    };
  if (kind.startsWith("S") && length >= 1)
    return { size: length, make: (n) => Array.from({ length: n }, () => ""), read: (view, at) => text(length, (i) => view.getUint8(at + i)) };
  return /^[<>|=]$/.test(type[0] ?? "") ? elements[kind] : undefined;
}

/** Text of fixed length, filled up with zeros. What is no code point becomes U+FFFD. */
function text(length: number, codeAt: (i: number) => number): string {
  const codes = Array.from({ length }, (_, i) => codeAt(i));
  const used = codes.findLastIndex((code) => code !== 0) + 1;
  return String.fromCodePoint(...codes.slice(0, used).map((code) => (code <= 0x10ffff ? code : 0xfffd)));
}

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

const written = new Map<Function, string>([
  [Uint8Array, "|u1"],
  [Int32Array, "<i4"],
  [Float32Array, "<f4"],
  [Float64Array, "<f8"],
]);

/** The bytes of a `.npy` file (version 1.0, little-endian, row-major), which `numpy.load` reads. */
export function writeNpy(data: Uint8Array | Int32Array | Float32Array | Float64Array, shape: readonly number[]): Uint8Array {
  if (data.length !== sizeOf(shape))
    throw new SignflipError("SF_OPTION", `an array of shape [${shape.join(", ")}] cannot have ${data.length} numbers`, { usage: true });
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const descr = written.get(data.constructor)!;
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${axes}), }`;
  // The data begin at a multiple of 64 bytes, and the header ends with a line feed.
  const padded = `${dictionary.padEnd(64 * Math.ceil((dictionary.length + 11) / 64) - 11)}\n`;
  const out = new Uint8Array(10 + padded.length + data.byteLength);
  out.set([...magic, 1, 0, padded.length & 255, padded.length >> 8]);
  out.set(new TextEncoder().encode(padded), 10);
  const view = new DataView(out.buffer, 10 + padded.length);
  if (data instanceof Uint8Array) out.set(data, 10 + padded.length);
  else if (data instanceof Int32Array) data.forEach((value, i) => view.setInt32(4 * i, value, true));
  else if (data instanceof Float32Array) data.forEach((value, i) => view.setFloat32(4 * i, value, true));
  else data.forEach((value, i) => view.setFloat64(8 * i, value, true));
  return out;
}
