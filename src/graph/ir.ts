import type { AttributeProto, TensorProto } from "onnx-buf";
import type { ElementType, Tensor } from "../tensor/tensor.ts";

/**
 * A dimension: a number, or a name for one that is only known when the graph runs. Two equal names are the
 * same number. Names that begin with "?" were made by inference and are not written to files.
 */
export type Dim = number | string;

/**
 * The element type of a value: one that a `Tensor` can hold, one that only passes through, or "unknown", for what an operator without a
 * rule computes. Unknown agrees with every type, and a gradient goes through it. "none" is that of a value which is no tensor (a sequence, say).
 */
export type Element = ElementType | OpaqueElement | "unknown" | "none";

/** Element type and shape of a value; `shape` is undefined if not even the rank is known. */
export interface TensorType {
  readonly element: Element;
  readonly shape: readonly Dim[] | undefined;
}

/** An edge of the graph: produced once, by a node, an input or an initializer, and read anywhere after. */
export interface Value {
  /** A suggestion: names are made unique when the graph is written. Those of inputs and outputs are kept. */
  name: string;
  type: TensorType;
  /** The node that computes it; absent for inputs and initializers. */
  producer?: Node;
  /** The elements, where they are fixed in the graph. */
  constant?: Tensor;
  /** An initializer of a type that a `Tensor` does not hold, as the file has it. */
  opaque?: TensorProto;
  /**
   * The elements of a small integer value as far as they are known, symbols included: what shapes are made of. Numbers
   * that JavaScript cannot hold are rounded, which is enough for "to the end": whoever needs all their digits takes them from `constant`.
   */
  ints?: readonly Dim[];
}

/** Integers are numbers; `exact` has those that JavaScript would round, as the file has them. */
export type Attribute =
  | { readonly kind: "int"; readonly value: number; readonly exact?: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[]; readonly exact?: readonly bigint[] }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "tensor"; readonly value: Tensor }
  | { readonly kind: "graph"; readonly value: Graph }
  /** What only the engine reads (strings in a tensor, types), as the file has it. */
  | { readonly kind: "opaque"; readonly value: AttributeProto };

export type Attributes = Readonly<Record<string, Attribute>>;

export interface Node {
  /** Its name in the file that it was read from, for errors. */
  readonly name?: string;
  /** The operator's name; "domain::Name" where the domain is not ONNX's own. */
  readonly op: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
}

/** Nodes in an order in which each comes after all it reads. A subgraph may read the values of those around it. */
export interface Graph {
  name: string;
  readonly inputs: Value[];
  readonly initializers: Value[];
  readonly nodes: Node[];
  readonly outputs: Value[];
}

/** A whole model, at our one opset: files of other opsets are brought to it when they are read. */
export interface Model {
  readonly graph: Graph;
  readonly metadata: Readonly<Record<string, string>>;
  /** Versions of the operator sets other than ONNX's own; 1 for those left out. */
  readonly domains?: Readonly<Record<string, number>>;
  readonly doc?: string;
  /** What the file says of itself, where the model comes from one. */
  readonly origin?: { readonly opset: number; readonly irVersion: number; readonly producer: string };
}

/**
 * The opset that every graph in memory and every file we write is in; operators of newer ones stand beside those of this one,
 * and a file with such an operator says the opset that has it (see `opset.ts`).
 */
export const opset = 21;
/** The version of the file format that goes with it. */
export const irVersion = 10;

/** ONNX's numbers for element types (onnx.proto, TensorProto.DataType). */
export const onnxElement: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
};

/** Those of the types that the engine knows and a `Tensor` does not hold. */
const opaqueElement = {
  string: 8,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
  float8e4m3fn: 17,
  float8e4m3fnuz: 18,
  float8e5m2: 19,
  float8e5m2fnuz: 20,
  uint4: 21,
  int4: 22,
  float4e2m1: 23,
  float8e8m0: 24,
  uint2: 25,
  int2: 26,
} as const;
export type OpaqueElement = keyof typeof opaqueElement;

const numbers: Readonly<Record<string, number>> = { ...onnxElement, ...opaqueElement };
const elements = new Map(Object.entries(numbers).map(([element, number]) => [number, element as ElementType | OpaqueElement]));

/** The element type of a number in a file; undefined for numbers that ONNX gives no meaning. */
export const anyElementOf = (number: number): ElementType | OpaqueElement | undefined => elements.get(number);

/** The same for the types that a `Tensor` can hold; undefined for all others (strings, bfloat16, …). */
export function elementOf(number: number): ElementType | undefined {
  const element = elements.get(number);
  return element !== undefined && holds(element) ? element : undefined;
}

/** ONNX's number for an element type; undefined where there is none to write. */
export const elementNumber = (element: Element): number | undefined => numbers[element];

/** Whether a `Tensor` can hold elements of a type. */
export const holds = (element: Element): element is ElementType => Object.hasOwn(onnxElement, element);

const discrete = new Set<Element>([
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "bool",
  "string",
  "uint4",
  "int4",
  "uint2",
  "int2",
]);

/** Whether a gradient may flow through values of a type: certainly not through integers, truth values and strings, else yes. */
export const carriesGradient = (element: Element): boolean => !discrete.has(element);

/** The type that two have that have to agree; undefined where they cannot. */
export const agreedElement = (a: Element, b: Element): Element | undefined => (a === b || b === "unknown" ? a : a === "unknown" ? b : undefined);

export const int = (value: number): Attribute => ({ kind: "int", value });
/** Attributes are float32 in files: rounded here, so that a rule computes with the number the engine sees. */
export const float = (value: number): Attribute => ({ kind: "float", value: Math.fround(value) });
export const ints = (value: readonly number[]): Attribute => ({ kind: "ints", value });
export const floats = (value: readonly number[]): Attribute => ({ kind: "floats", value: value.map(Math.fround) });
export const string = (value: string): Attribute => ({ kind: "string", value });

export const f32 = (shape: readonly Dim[]): TensorType => ({ element: "float32", shape });
export const f64 = (shape: readonly Dim[]): TensorType => ({ element: "float64", shape });
export const i64 = (shape: readonly Dim[]): TensorType => ({ element: "int64", shape });
export const bool = (shape: readonly Dim[]): TensorType => ({ element: "bool", shape });

let unknowns = 0;
/** A dimension nothing is known of. */
export function freshDim(): Dim {
  return `?${++unknowns}`;
}

export function showType(type: TensorType): string {
  if (type.element === "none") return "no tensor";
  return `${type.element === "unknown" ? "elements of unknown type" : type.element} ${type.shape ? `[${type.shape.map((dim) => (typeof dim === "string" && dim.startsWith("?") ? "?" : dim)).join(", ")}]` : "of unknown rank"}`;
}

/** A node in words: its operator and its name, or the first value that it computes where it has none. */
export const showNode = ({ op, name, outputs }: Node): string => (name ? `${op} (node ${name})` : outputs[0] ? `${op} (its output ${outputs[0].name})` : op);

/** What is known of a value, and what a file says of it where that is not. */
export const refined = (inferred: TensorType, told: TensorType): TensorType => ({
  element: inferred.element === "unknown" ? told.element : inferred.element,
  shape: inferred.shape ?? told.shape,
});

/** The values outside a node that it reads: its inputs, and what its subgraphs capture. */
export function reads(node: Node): Value[] {
  return [...node.inputs.filter((value) => value !== undefined), ...capturedBy(node)];
}

/** What a node's subgraphs read of the graphs around them, each value once. */
export function capturedBy({ attributes }: Node): Value[] {
  return [...new Set(Object.values(attributes).flatMap((attribute) => (attribute.kind === "graph" ? captures(attribute.value) : [])))];
}

/** The values a subgraph reads from the graphs around it. */
function captures(graph: Graph): Value[] {
  const own = new Set<Value>([...graph.inputs, ...graph.initializers]);
  const outer = new Set<Value>();
  for (const node of graph.nodes) {
    for (const value of reads(node)) if (!own.has(value)) outer.add(value);
    for (const value of node.outputs) own.add(value);
  }
  for (const value of graph.outputs) if (!own.has(value)) outer.add(value);
  return [...outer];
}
