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

export function isFloat(element: ElementType): boolean {
  return element === "float32" || element === "float64" || element === "float16";
}

/** A tensor from plain numbers; int64 elements become bigints. */
export function tensorOf<E extends ElementType>(element: E, shape: readonly number[], values: Iterable<number>): Tensor<E> {
  const data = new arrayTypes[element](sizeOf(shape));
  let i = 0;
  const wide = element === "int64" || element === "uint64";
  for (const value of values) (data as unknown as (number | bigint)[])[i++] = wide ? BigInt(value) : value;
  if (i !== data.length) throw internal(`tensorOf: shape [${shape.join(", ")}] given ${i} values`);
  return tensor(element, shape, data);
}

/** The elements as plain numbers. */
export function numbersOf(t: Tensor): number[] {
  return Array.from(t.data as ArrayLike<number | bigint>, Number);
}
