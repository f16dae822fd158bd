import type { ElementType, Tensor } from "../tensor/tensor.ts";

/**
 * A dimension: a number, or a name for one that is only known when the graph runs. Two equal names are the
 * same number. Names that begin with "?" were made by inference and are not written to files.
 */
export type Dim = number | string;

/** Element type and shape of a value; `shape` is undefined if not even the rank is known. */
export interface TensorType {
  readonly element: ElementType;
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
  /** The elements of a small integer value as far as they are known, symbols included: what shapes are made of. */
  ints?: readonly Dim[];
}

export type Attribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "tensor"; readonly value: Tensor }
  | { readonly kind: "graph"; readonly value: Graph };

export type Attributes = Readonly<Record<string, Attribute>>;

export interface Node {
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
  readonly doc?: string;
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

const elements = new Map(Object.entries(onnxElement).map(([element, number]) => [number, element as ElementType]));
/** The element type of a number in a file; undefined for those that are not read (strings, complex numbers, ...). */
export const elementOf = (number: number): ElementType | undefined => elements.get(number);

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
  return `${type.element} ${type.shape ? `[${type.shape.map((dim) => (typeof dim === "string" && dim.startsWith("?") ? "?" : dim)).join(", ")}]` : "of unknown rank"}`;
}

/** The values outside a node that it reads: its inputs, and what its subgraphs capture. */
export function reads(node: Node): Value[] {
  const values = node.inputs.filter((value) => value !== undefined);
  for (const attribute of Object.values(node.attributes)) if (attribute.kind === "graph") values.push(...captures(attribute.value));
  return values;
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
