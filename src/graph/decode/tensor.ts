import type { SparseTensorProto, TensorProto, TypeProto } from "onnx-buf";
import { type ElementType, type Tensor, arrayTypes, numbersOf, sizeOf, tensorOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { type Dim, type Element, type TensorType, anyElementOf, elementOf, freshDim, holds } from "../ir.ts";
import { type ExternalData, externalBytes, isExternal } from "./external.ts";

/** Sparse tensors are written out up to this many elements, so that a small file cannot ask for all memory. */
const largestDense = 2 ** 28;

/** Bits per element of the types that only the engine reads; strings have no fixed number. */
const bits: Partial<Record<Element, number>> = { complex64: 64, complex128: 128, bfloat16: 16, uint4: 4, int4: 4, float4e2m1: 4, uint2: 2, int2: 2 };

const refuse = (why: string): never => {
  throw new SignflipError("SF_ONNX", why);
};

/** The type that a file gives a value; undefined where it gives none. */
export function decodeType(type: TypeProto | undefined, name: string): TensorType | undefined {
  if (!type || type.value.case === undefined) return undefined;
  if (type.value.case !== "tensorType") return { element: "none", shape: undefined };
  const { elemType, shape } = type.value.value;
  const element = elemType === 0 ? "unknown" : anyElementOf(elemType);
  if (!element) return refuse(`${name} has element type number ${elemType}, which is not supported`);
  return {
    element,
    shape: shape?.dim.map(({ value }) =>
      value.case === "dimValue" ? sizeIn(value.value, name) : value.case === "dimParam" ? symbolIn(value.value) : freshDim(),
    ),
  };
}

/** A size. A negative one is any size, to the engine as well. */
function sizeIn(size: bigint, name: string): Dim {
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) refuse(`${name} has a dimension of ${size}`);
  return size < 0n ? freshDim() : Number(size);
}

/** Names that begin as those made up here do would be taken for them. Exporters write "?" for "any", so they are not held equal. */
const symbolIn = (name: string): Dim => (name === "" || name.startsWith("?") ? freshDim() : name);

/** Whether only the engine reads the elements of a tensor. */
export function isOpaque({ dataType }: TensorProto): boolean {
  const element = anyElementOf(dataType);
  return element !== undefined && !holds(element);
}

function shapeIn(dims: readonly bigint[], what: string): number[] {
  if (dims.some((dim) => dim < 0n || dim > BigInt(Number.MAX_SAFE_INTEGER))) refuse(`${what} has shape [${dims.join(", ")}]`);
  return dims.map(Number);
}

/** A tensor that only the engine reads, with its data inside. */
export function decodeOpaque(proto: TensorProto, external: ExternalData | undefined): { proto: TensorProto; type: TensorType } {
  const what = proto.name || "a constant";
  const element = anyElementOf(proto.dataType)!;
  const type: TensorType = { element, shape: shapeIn(proto.dims, what) };
  if (!isExternal(proto)) return { proto, type };
  if (element === "string") refuse(`${what}: strings cannot be kept in another file`);
  const length = Math.ceil((sizeOf(shapeIn(proto.dims, what)) * (bits[element] ?? 8)) / 8);
  return { proto: { ...proto, rawData: Uint8Array.from(externalBytes(proto, what, length, external)), externalData: [], dataLocation: 0 }, type };
}

/** The numbers of a bfloat16 tensor, which are float32 without their last 16 bits. */
export function fromBfloat16(proto: TensorProto): Tensor<"float32"> {
  const shape = proto.dims.map(Number);
  const size = sizeOf(shape);
  const { rawData } = proto;
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  const isRaw = rawData.length > 0;
  const length = isRaw ? rawData.length / 2 : proto.int32Data.length;
  if (length !== size) refuse(`${proto.name || "a constant"}: expected ${size} bfloat16 numbers, got ${length}`);
  const bits = Uint32Array.from({ length: size }, (_, i) => (isRaw ? view.getUint16(2 * i, true) : proto.int32Data[i]!) << 16);
  return { element: "float32", shape, data: new Float32Array(bits.buffer) };
}

export function decodeTensor(proto: TensorProto, external?: ExternalData): Tensor {
  const what = proto.name || "a constant";
  const element = elementOf(proto.dataType);
  if (!element) return refuse(`${what} has element type number ${proto.dataType}, which is not supported`);
  const shape = shapeIn(proto.dims, what);
  const size = sizeOf(shape);
  // Lengths are compared before memory is taken: a damaged file may ask for any amount.
  if (isExternal(proto)) {
    const bytes = size * arrayTypes[element].BYTES_PER_ELEMENT;
    if (!Number.isSafeInteger(bytes)) return refuse(`${what} has shape [${shape.join(", ")}]`);
    return fromBytes(element, shape, externalBytes(proto, what, bytes, external));
  }
  if (proto.rawData.length > 0) {
    const bytes = size * arrayTypes[element].BYTES_PER_ELEMENT;
    if (proto.rawData.length !== bytes) refuse(`${what}: expected ${bytes} bytes for ${element} [${shape.join(", ")}], got ${proto.rawData.length}`);
    return fromBytes(element, shape, proto.rawData);
  }
  const source = typedData(proto, element);
  if (source.length !== size) refuse(`${what}: expected ${size} elements, got ${source.length}`);
  return tensorOf(element, shape, source);
}

function fromBytes(element: ElementType, shape: readonly number[], bytes: Uint8Array): Tensor {
  const data = new arrayTypes[element](sizeOf(shape));
  new Uint8Array(data.buffer).set(bytes);
  return { element, shape, data };
}

function typedData(proto: TensorProto, element: ElementType): readonly (number | bigint)[] {
  switch (element) {
    case "float32":
      return proto.floatData;
    case "float64":
      return proto.doubleData;
    case "int64":
      return proto.int64Data;
    case "uint32":
    case "uint64":
      return proto.uint64Data;
    default:
      return proto.int32Data;
  }
}

/** A sparse tensor, written out: its values stand at flat indices, or at one index per axis. */
export function decodeSparse({ values, indices, dims }: SparseTensorProto, external: ExternalData | undefined): Tensor {
  if (!values || !indices) return refuse("a sparse tensor lacks its values or indices");
  const what = values.name || "a sparse tensor";
  const shape = shapeIn(dims, what);
  const size = sizeOf(shape);
  if (!(size <= largestDense)) refuse(`${what} has shape [${shape.join(", ")}]: sparse tensors are read up to ${largestDense} elements`);
  const [given, at] = [decodeTensor(values, external), decodeTensor(indices, external)];
  const count = given.data.length;
  const flat = at.shape.length <= 1;
  const places = numbersOf(at);
  if (places.length !== count * (flat ? 1 : shape.length)) refuse(`${what}: ${count} values have ${places.length} indices`);
  const dense = tensorOf(
    given.element,
    shape,
    Array.from({ length: size }, () => 0),
  );
  for (let i = 0; i < count; i++) {
    const place = flat ? places[i]! : shape.reduce((sum, dim, axis) => sum * dim + within(places[i * shape.length + axis]!, dim, what), 0);
    dense.data[within(place, size, what)] = given.data[i]!;
  }
  return dense;
}

function within(index: number, size: number, what: string): number {
  if (!(index >= 0 && index < size)) refuse(`${what}: index ${index} is outside ${size}`);
  return index;
}
