import type { TensorProto } from "onnx-buf";
import { type Tensor, numbersOf, tensorOf } from "../tensor/tensor.ts";
import { SignflipError, internal } from "../util/errors.ts";
import { type Attributes, type Element, type Graph, type Node, type TensorType, type Value, holds, showType } from "./ir.ts";
import { ruleOf } from "./ops/index.ts";
import type { Inferred } from "./ops/rule.ts";

/** A value, or a number that becomes a constant of the other operand's type. */
export type Operand = Value | number;

/** What is known of the outputs of an operator without a rule. */
const unknownType: TensorType = { element: "unknown", shape: undefined };

/** The graph that is being written, its inputs, constants and nodes. */
export class NodeBuilder {
  readonly graph: Graph;
  readonly #parent: NodeBuilder | undefined;
  readonly #constants = new Map<string, Value>();

  constructor(name: string, parent?: NodeBuilder) {
    this.graph = { name, inputs: [], initializers: [], nodes: [], outputs: [] };
    this.#parent = parent;
  }

  /** Whether this is the body of a loop, a branch or the like. */
  get isSubgraph(): boolean {
    return this.#parent !== undefined;
  }

  input(name: string, type: TensorType): Value {
    if (this.graph.inputs.some((input) => input.name === name)) throw internal(`graph ${this.graph.name} has two inputs ${name}`);
    const value: Value = { name, type };
    this.graph.inputs.push(value);
    return value;
  }

  /** A constant kept in the outermost graph, so that no subgraph makes it anew; small equal ones without a name are shared. */
  constant(tensor: Tensor, name?: string): Value {
    if (this.#parent) return this.#parent.constant(tensor, name);
    const small = name === undefined && tensor.data.length <= 64;
    const key = small
      ? `${tensor.element}[${tensor.shape.join()}]${Array.from<number | bigint, string>(tensor.data as ArrayLike<number | bigint>, (x) => (Object.is(x, -0) ? "-0" : String(x))).join()}`
      : "";
    const known = small ? this.#constants.get(key) : undefined;
    if (known) return known;
    const value: Value = { name: name ?? "constant", type: { element: tensor.element, shape: tensor.shape }, constant: tensor };
    const integers = (tensor.element === "int64" || tensor.element === "int32") && tensor.shape.length <= 1 && tensor.data.length <= 64;
    if (integers) value.ints = numbersOf(tensor);
    this.graph.initializers.push(value);
    if (small) this.#constants.set(key, value);
    return value;
  }

  scalar(value: number, element: Element): Value {
    if (!holds(element)) throw new SignflipError("SF_GRAPH", `graph ${this.graph.name}: a number cannot be made ${showType({ element, shape: [] })}`);
    if (element === "float16")
      throw new SignflipError(
        "SF_GRAPH",
        `graph ${this.graph.name} is float16, which can be run but not extended (for example by a gradient); convert it to float32`,
      );
    return this.constant(tensorOf(element, [], [value]));
  }

  /** An int64 scalar. */
  int(value: number): Value {
    return this.scalar(value, "int64");
  }

  /** An int64 vector: axes, shapes, indices. */
  ints(values: readonly number[]): Value {
    return this.constant(tensorOf("int64", [values.length], values));
  }

  /** A number as a constant of the other operand's element type. */
  lift(operand: Operand, like: Operand): Value {
    if (typeof operand !== "number") return operand;
    if (typeof like === "number") throw internal("two numbers cannot be operands of one node");
    if (like.type.element === "unknown") return this.op("CastLike", [this.scalar(operand, "float32"), like])[0];
    return this.scalar(operand, like.type.element);
  }

  /** An initializer of a type that a `Tensor` does not hold, kept as a file has it. */
  opaque(proto: TensorProto, type: TensorType): Value {
    if (this.#parent) return this.#parent.opaque(proto, type);
    const value: Value = { name: proto.name || "constant", type, opaque: proto };
    this.graph.initializers.push(value);
    return value;
  }

  /** Adds any operator and returns its outputs, with the types its rule infers (unknown if there is no rule). */
  op(op: string, inputs: readonly (Value | undefined)[], attributes?: Attributes): [Value];
  op(op: string, inputs: readonly (Value | undefined)[], attributes: Attributes | undefined, outputs: number, name?: string): Value[];
  op(op: string, inputs: readonly (Value | undefined)[], attributes: Attributes = {}, outputs = 1, name?: string): Value[] {
    const rule = ruleOf(op);
    let inferred: readonly Inferred[] = [];
    if (rule) {
      inferred = rule.infer({
        op,
        types: inputs.map((input) => input?.type),
        constants: inputs.map((input) => input?.constant),
        ints: inputs.map((input) => input?.ints),
        attributes,
        outputs,
      });
    }
    const values = Array.from({ length: outputs }, (_, i): Value => {
      const found = inferred[i] ?? unknownType;
      const value: Value = { name: op.toLowerCase(), type: "type" in found ? found.type : found };
      if ("type" in found && found.ints) value.ints = found.ints;
      if ("type" in found && found.constant) value.constant = found.constant;
      return value;
    });
    this.append({ ...(name ? { name } : {}), op, inputs, outputs: values, attributes });
    return values;
  }

  /** Adds a finished node. */
  append(node: Node): void {
    for (const value of node.outputs) value.producer = node;
    this.graph.nodes.push(node);
  }
}
