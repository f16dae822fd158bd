import { internal } from "../util/errors.ts";

/** The array that holds the elements of each type. `bool` is one byte per element, as ONNX Runtime has it. */
export interface ElementArrays {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
  bool: Uint8Array;
}

export type ElementType = keyof ElementArrays;
export type FloatType = "float32" | "float64";

export const arrayTypes: {
  readonly [E in ElementType]: { new (length: number): ElementArrays[E]; readonly BYTES_PER_ELEMENT: number; readonly name: string };
} = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

/** A typed array with a shape, row-major. The data is shared, never copied. */
export interface Tensor<E extends ElementType = ElementType> {
  readonly element: E;
  readonly shape: readonly number[];
  readonly data: ElementArrays[E];
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

export function tensor<E extends ElementType>(element: E, shape: readonly number[], data: ElementArrays[E]): Tensor<E> {
  if (data.length !== sizeOf(shape)) throw internal(`tensor of shape [${shape.join(", ")}] given ${data.length} elements`);
  return { element, shape, data };
}

export function isFloat(element: string): element is "float32" | "float64" | "float16" {
  return element === "float32" || element === "float64" || element === "float16";
}

/** A tensor from plain numbers or bigints; elements of 64-bit integers become bigints (numbers beyond them the largest or smallest), all others numbers. */
export function tensorOf<E extends ElementType>(element: E, shape: readonly number[], values: Iterable<number | bigint>): Tensor<E> {
  const data = new arrayTypes[element](sizeOf(shape));
  const i = fill(data, values);
  if (i !== data.length) throw internal(`tensorOf: shape [${shape.join(", ")}] given ${i} values`);
  return tensor(element, shape, data);
}

/** Writes values into an array from its beginning. @returns how many there were */
function fill(data: ElementArrays[ElementType], values: Iterable<number | bigint>): number {
  let i = 0;
  if (data instanceof BigInt64Array) for (const value of values) data[i++] = within(value, -(2n ** 63n), 2n ** 63n - 1n);
  else if (data instanceof BigUint64Array) for (const value of values) data[i++] = within(value, 0n, 2n ** 64n - 1n);
  else for (const value of values) data[i++] = Number(value);
  return i;
}

/** A number as a 64-bit integer: 2^63, which is what the largest one rounds to, is the largest one again. */
function within(value: number | bigint, low: bigint, high: bigint): bigint {
  const integer = BigInt(value);
  return integer > high ? high : integer < low ? low : integer;
}

/** The elements as plain numbers. */
export function numbersOf(t: Tensor): number[] {
  return Array.from(t.data as ArrayLike<number | bigint>, Number);
}
