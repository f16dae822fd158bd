import type { TensorProto } from "onnx-buf";
import { fromFloat16, toFloat16 } from "../tensor/float16.ts";
import { type ElementType, type Tensor, numbersOf, tensorOf } from "../tensor/tensor.ts";
import { tensorAttribute } from "./attributes.ts";
import { GraphBuilder, copyInitializer } from "./builder.ts";
import { fromBfloat16 } from "./decode/tensor.ts";
import { type Attributes, type Element, type Graph, type Model, type Value, anyElementOf, elementNumber, holds, int, onnxElement, refined } from "./ir.ts";

/** Which floating-point types become which. */
export type FloatMap = Readonly<Partial<Record<ElementType | "bfloat16", ElementType>>>;

/** Attributes that hold the number of an element type. */
const typeAttributes = ["to", "dtype", "output_dtype"];

/** A tensor in another floating-point type. */
export function castTensor(tensor: Tensor, element: ElementType): Tensor {
  if (tensor.element === element) return tensor;
  const numbers = tensor.element === "float16" ? Array.from(tensor.data as Uint16Array, fromFloat16) : numbersOf(tensor);
  return tensorOf(element, tensor.shape, element === "float16" ? numbers.map(toFloat16) : numbers);
}

/** The same model in other floating-point types: inputs, weights, constants and casts. A float16 model becomes one that can be differentiated so. */
export function convertFloats(model: Model, map: FloatMap): Model {
  const g = new GraphBuilder(model.graph.name);
  convertInto(model.graph, g, map, new Map());
  return { ...model, graph: g.graph };
}

function convertInto(graph: Graph, g: GraphBuilder, map: FloatMap, outer: ReadonlyMap<Value, Value>): void {
  const values = new Map(outer);
  const to = <E extends Element>(element: E): E | ElementType => becoming(map, element) ?? element;
  for (const input of graph.inputs) values.set(input, g.input(input.name, { element: to(input.type.element), shape: input.type.shape }));
  for (const initializer of graph.initializers) {
    const { constant, name } = initializer;
    const numbers = constant ?? numbersIn(initializer.opaque, map);
    values.set(initializer, numbers ? g.constant(castTensor(numbers, to(numbers.element)), name) : copyInitializer(initializer, g));
  }
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((value) => value && (values.get(value) ?? value));
    // The engine takes the scales of a resizing in float32 alone.
    if (node.op === "Resize" && inputs[2]?.type.element === "float64") inputs[2] = g.cast(inputs[2], "float32");
    const outputs = g.op(node.op, inputs, converted(node.op, node.attributes, g, map, values), node.outputs.length, node.name);
    node.outputs.forEach((before, i) => {
      const after = outputs[i]!;
      after.name = before.name;
      after.type = refined(after.type, { element: to(before.type.element), shape: before.type.shape });
      values.set(before, after);
    });
  }
  g.finish(
    graph.outputs.map((value) => values.get(value) ?? value),
    graph.outputs.map(({ name }) => name),
  );
}

const becoming = (map: FloatMap, element: Element): ElementType | undefined => (holds(element) || element === "bfloat16" ? map[element] : undefined);

/** What a tensor of bfloat16 holds, if that becomes another type. */
const numbersIn = (proto: TensorProto | undefined, map: FloatMap): Tensor | undefined =>
  proto && map.bfloat16 && proto.dataType === elementNumber("bfloat16") ? fromBfloat16(proto) : undefined;

function converted(op: string, attributes: Attributes, g: GraphBuilder, map: FloatMap, values: ReadonlyMap<Value, Value>): Attributes {
  const result = { ...attributes };
  for (const [name, attribute] of Object.entries(attributes)) {
    if (attribute.kind === "tensor")
      result[name] = { kind: "tensor", value: castTensor(attribute.value, map[attribute.value.element] ?? attribute.value.element) };
    if (attribute.kind === "opaque") {
      const numbers = numbersIn(attribute.value.t, map);
      if (numbers) result[name] = { kind: "tensor", value: castTensor(numbers, map.bfloat16!) };
    }
    if (attribute.kind === "int" && typeAttributes.includes(name)) {
      const element = anyElementOf(Number(attribute.value));
      const becomes = element && becoming(map, element);
      if (becomes) result[name] = int(onnxElement[becomes]);
    }
    if (attribute.kind === "graph") {
      const b = new GraphBuilder(attribute.value.name, g);
      convertInto(attribute.value, b, map, values);
      result[name] = { kind: "graph", value: b.graph };
    }
  }
  const single = map.float32;
  if (single && op === "ConstantOfShape" && !tensorAttribute(attributes, "value")) result["value"] = { kind: "tensor", value: tensorOf(single, [1], [0]) };
  if (single && op === "Constant") {
    const { value_float: one, value_floats: several } = attributes;
    if (one?.kind === "float") return { value: { kind: "tensor", value: tensorOf(single, [], [one.value]) } };
    if (several?.kind === "floats") return { value: { kind: "tensor", value: tensorOf(single, [several.value.length], several.value) } };
  }
  return result;
}
