import { type ElementType, type Tensor, numbersOf, tensorOf } from "../tensor/tensor.ts";
import { SignflipError, internal } from "../util/errors.ts";
import {
  type Attribute,
  type Attributes,
  type Dim,
  type Graph,
  type Model,
  type Node,
  type TensorType,
  type Value,
  float,
  freshDim,
  int,
  ints,
  onnxElement,
  reads,
  showType,
} from "./ir.ts";
import { ruleOf } from "./ops/index.ts";
import type { Inferred } from "./ops/rule.ts";

/** A value, or a number that becomes a constant of the other operand's type. */
export type Operand = Value | number;

export interface LoopBody {
  /** The carried values of the next iteration, in the order of the state. */
  readonly state: readonly Value[];
  /** Another iteration only while this is true; without it, all of them. */
  readonly while?: Value;
  /** Values stacked over the iterations. */
  readonly scan?: readonly Value[];
}

/**
 * Writes a graph node by node; every method adds the ONNX operator of its name and returns its output. A
 * builder with a parent writes a subgraph (the body of a `Loop`, a branch of an `If`) and may read the parent's values.
 */
export class GraphBuilder {
  readonly graph: Graph;
  readonly #parent: GraphBuilder | undefined;
  readonly #constants = new Map<string, Value>();
  readonly #batches = new WeakMap<Value, Map<string, Dim>>();

  constructor(name: string, parent?: GraphBuilder) {
    this.graph = { name, inputs: [], initializers: [], nodes: [], outputs: [] };
    this.#parent = parent;
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
      ? `${tensor.element}[${tensor.shape.join()}]${numbersOf(tensor)
          .map((x) => (Object.is(x, -0) ? "-0" : x))
          .join()}`
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

  scalar(value: number, element: ElementType): Value {
    if (element === "float16")
      throw new SignflipError("SF_GRAPH", `graph ${this.graph.name} is float16: it can be run, but to add to it (a gradient, say) convert it to float32`);
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
    return this.scalar(operand, like.type.element);
  }

  /** Adds any operator: its outputs, with the types its rule infers (unknown where there is no rule). */
  op(op: string, inputs: readonly (Value | undefined)[], attributes: Attributes = {}, outputs = 1): Value[] {
    const rule = ruleOf(op);
    let inferred: readonly Inferred[] = [];
    if (rule) {
      inferred = rule.infer({
        op,
        types: inputs.map((input) => input?.type) as TensorType[],
        constants: inputs.map((input) => input?.constant),
        ints: inputs.map((input) => input?.ints),
        attributes,
        outputs,
      });
    }
    const values = Array.from({ length: outputs }, (_, i): Value => {
      const found = inferred[i] ?? { element: inputs[0]?.type.element ?? "float32", shape: undefined };
      const value: Value = { name: op.toLowerCase(), type: "type" in found ? found.type : found };
      if ("type" in found && found.ints) value.ints = found.ints;
      if ("type" in found && found.constant) value.constant = found.constant;
      return value;
    });
    this.append({ op, inputs, outputs: values, attributes });
    return values;
  }

  /** Adds a finished node. */
  append(node: Node): void {
    for (const value of node.outputs) value.producer = node;
    this.graph.nodes.push(node);
  }

  #one(op: string, inputs: readonly (Value | undefined)[], attributes?: Attributes): Value {
    return this.op(op, inputs, attributes)[0]!;
  }

  #two(op: string, a: Operand, b: Operand): Value {
    return this.#one(op, [this.lift(a, b), this.lift(b, a)]);
  }

  // Elementwise, with broadcasting.
  add = (a: Operand, b: Operand): Value => this.#two("Add", a, b);
  sub = (a: Operand, b: Operand): Value => this.#two("Sub", a, b);
  mul = (a: Operand, b: Operand): Value => this.#two("Mul", a, b);
  div = (a: Operand, b: Operand): Value => this.#two("Div", a, b);
  pow = (a: Operand, b: Operand): Value => this.#two("Pow", a, b);
  max = (a: Operand, b: Operand): Value => this.#two("Max", a, b);
  min = (a: Operand, b: Operand): Value => this.#two("Min", a, b);
  equal = (a: Operand, b: Operand): Value => this.#two("Equal", a, b);
  greater = (a: Operand, b: Operand): Value => this.#two("Greater", a, b);
  greaterOrEqual = (a: Operand, b: Operand): Value => this.#two("GreaterOrEqual", a, b);
  less = (a: Operand, b: Operand): Value => this.#two("Less", a, b);
  lessOrEqual = (a: Operand, b: Operand): Value => this.#two("LessOrEqual", a, b);
  and = (a: Value, b: Value): Value => this.#one("And", [a, b]);
  or = (a: Value, b: Value): Value => this.#one("Or", [a, b]);
  not = (x: Value): Value => this.#one("Not", [x]);
  where = (condition: Value, a: Operand, b: Operand): Value => this.#one("Where", [condition, this.lift(a, b), this.lift(b, a)]);

  // Elementwise, one operand.
  neg = (x: Value): Value => this.#one("Neg", [x]);
  abs = (x: Value): Value => this.#one("Abs", [x]);
  sign = (x: Value): Value => this.#one("Sign", [x]);
  relu = (x: Value): Value => this.#one("Relu", [x]);
  leakyRelu = (x: Value, alpha = 0.01): Value => this.#one("LeakyRelu", [x], { alpha: float(alpha) });
  sigmoid = (x: Value): Value => this.#one("Sigmoid", [x]);
  tanh = (x: Value): Value => this.#one("Tanh", [x]);
  softplus = (x: Value): Value => this.#one("Softplus", [x]);
  exp = (x: Value): Value => this.#one("Exp", [x]);
  log = (x: Value): Value => this.#one("Log", [x]);
  sqrt = (x: Value): Value => this.#one("Sqrt", [x]);
  reciprocal = (x: Value): Value => this.#one("Reciprocal", [x]);
  identity = (x: Value): Value => this.#one("Identity", [x]);
  isNaN = (x: Value): Value => this.#one("IsNaN", [x]);
  isInf = (x: Value): Value => this.#one("IsInf", [x]);
  clip = (x: Value, low?: Operand, high?: Operand): Value =>
    this.#one("Clip", [x, low === undefined ? undefined : this.lift(low, x), high === undefined ? undefined : this.lift(high, x)]);
  cast(x: Value, element: ElementType): Value {
    return x.type.element === element ? x : this.#one("Cast", [x], { to: int(onnxElement[element]) });
  }

  // Products.
  matMul = (a: Value, b: Value): Value => this.#one("MatMul", [a, b]);
  /** α·A'·B' + β·C, where ' transposes if asked. */
  gemm(a: Value, b: Value, options: { c?: Value | undefined; transA?: boolean; transB?: boolean; alpha?: number; beta?: number } = {}): Value {
    const { c, transA = false, transB = false, alpha = 1, beta = 1 } = options;
    return this.#one("Gemm", c ? [a, b, c] : [a, b], { transA: int(+transA), transB: int(+transB), alpha: float(alpha), beta: float(beta) });
  }

  // Reductions. Without axes, over all of them; `keep` keeps them with size 1.
  #reduce =
    (op: string) =>
    (x: Value, axes?: readonly number[], keep = true): Value =>
      this.#one(op, axes ? [x, this.ints(axes)] : [x], { keepdims: int(+keep) });
  reduceSum = this.#reduce("ReduceSum");
  reduceMean = this.#reduce("ReduceMean");
  reduceMax = this.#reduce("ReduceMax");
  reduceMin = this.#reduce("ReduceMin");
  reduceL1 = this.#reduce("ReduceL1");
  reduceL2 = this.#reduce("ReduceL2");
  reduceSumSquare = this.#reduce("ReduceSumSquare");
  softmax = (x: Value, axis = -1): Value => this.#one("Softmax", [x], { axis: int(axis) });
  logSoftmax = (x: Value, axis = -1): Value => this.#one("LogSoftmax", [x], { axis: int(axis) });
  argMax = (x: Value, axis: number, keep = true): Value => this.#one("ArgMax", [x], { axis: int(axis), keepdims: int(+keep) });

  // Shapes.
  shape = (x: Value): Value => this.#one("Shape", [x]);
  /** The number of elements, as a scalar of a type. */
  count = (x: Value, element: ElementType): Value => this.cast(this.#one("Size", [x]), element);
  reshape = (x: Value, shape: Value | readonly number[]): Value => this.#one("Reshape", [x, "length" in shape ? this.ints(shape) : shape]);
  flatten = (x: Value, axis = 1): Value => this.#one("Flatten", [x], { axis: int(axis) });
  transpose = (x: Value, perm?: readonly number[]): Value => this.#one("Transpose", [x], perm ? { perm: ints(perm) } : {});
  squeeze = (x: Value, axes?: readonly number[]): Value => this.#one("Squeeze", axes ? [x, this.ints(axes)] : [x]);
  unsqueeze = (x: Value, axes: readonly number[]): Value => this.#one("Unsqueeze", [x, this.ints(axes)]);
  expand = (x: Value, shape: Value | readonly number[]): Value => this.#one("Expand", [x, "length" in shape ? this.ints(shape) : shape]);
  concat = (values: readonly Value[], axis: number): Value => this.#one("Concat", values, { axis: int(axis) });
  /** Elements `starts` up to `ends` (not included) along axes; bounds beyond the end are cut to it. */
  slice(x: Value, starts: Value | readonly number[], ends: Value | readonly number[], axes: readonly number[], steps?: readonly number[]): Value {
    const bound = (b: Value | readonly number[]) => ("length" in b ? this.ints(b) : b);
    return this.#one("Slice", [x, bound(starts), bound(ends), this.ints(axes), ...(steps ? [this.ints(steps)] : [])]);
  }
  gather = (x: Value, indices: Value, axis = 0): Value => this.#one("Gather", [x, indices], { axis: int(axis) });

  /** Zeros in the shape of a value, whatever that is when the graph runs. */
  zerosLike(x: Value): Value {
    return this.#one("Expand", [this.scalar(0, x.type.element), this.shape(x)]);
  }

  /**
   * Rows `index·size` to `(index + 1)·size` of a matrix; the last batch may be shorter. The same batch of two
   * matrices of one length gets the same symbol, so that no broadcasting between them has to be allowed for.
   */
  rows(x: Value, index: Value, size: number): Value {
    const [length, ...rest] = x.type.shape ?? [];
    const batches = this.#batches.get(index) ?? new Map<string, Dim>();
    this.#batches.set(index, batches);
    const batch = batches.get(`${size} of ${length}`) ?? freshDim();
    batches.set(`${size} of ${length}`, batch);
    const start = this.reshape(this.mul(index, size), [1]);
    const rows = this.slice(x, start, this.add(start, size), [0]);
    if (length !== undefined) rows.type = { element: x.type.element, shape: [batch, ...rest] };
    return rows;
  }

  /** ONNX `Loop`: at most `trips` iterations over carried values. */
  loop(
    trips: Operand,
    state: readonly Value[],
    body: (b: GraphBuilder, state: readonly Value[], iteration: Value) => LoopBody,
  ): { state: Value[]; scan: Value[] } {
    const b = new GraphBuilder(`${this.graph.name}-loop`, this);
    const iteration = b.input("iteration", { element: "int64", shape: [] });
    const before = b.input("continue", { element: "bool", shape: [] });
    const carried = state.map((value, i) => b.input(`state_${i}`, value.type));
    const next = body(b, carried, iteration);
    if (next.state.length !== state.length) throw internal(`loop in ${this.graph.name}: ${state.length} carried values in, ${next.state.length} out`);
    next.state.forEach((value, i) => {
      const was = state[i]!.type;
      if (value.type.element !== was.element || (value.type.shape && was.shape && value.type.shape.length !== was.shape.length))
        throw new SignflipError(
          "SF_GRAPH",
          `loop in ${this.graph.name}: carried value ${i} is ${showType(was)} before an iteration and ${showType(value.type)} after it`,
        );
    });
    const scan = next.scan ?? [];
    b.finish([next.while ?? before, ...next.state, ...scan]);
    const limit = typeof trips === "number" ? this.int(trips) : trips;
    const outputs = this.op("Loop", [limit, this.scalar(1, "bool"), ...state], { body: { kind: "graph", value: b.graph } }, state.length + scan.length);
    return { state: outputs.slice(0, state.length), scan: outputs.slice(state.length) };
  }

  /** ONNX `If`: one of two branches, each giving the same number of values of the same types. */
  if(condition: Value, then: (b: GraphBuilder) => readonly Value[], otherwise: (b: GraphBuilder) => readonly Value[]): Value[] {
    const branch = (name: string, build: (b: GraphBuilder) => readonly Value[]) => {
      const b = new GraphBuilder(`${this.graph.name}-${name}`, this);
      b.finish(build(b));
      return b.graph;
    };
    const thenBranch = branch("then", then);
    const elseBranch = branch("else", otherwise);
    return this.op(
      "If",
      [condition],
      { then_branch: { kind: "graph", value: thenBranch }, else_branch: { kind: "graph", value: elseBranch } },
      thenBranch.outputs.length,
    );
  }

  /**
   * Copies the nodes of another model's graph into this one, its inputs replaced by values of this graph.
   * @returns its outputs, by name.
   */
  inline(model: Model, inputs: Readonly<Record<string, Value>>): Record<string, Value> {
    const map = new Map<Value, Value>();
    const { graph } = model;
    for (const input of graph.inputs) {
      const given = inputs[input.name];
      if (!given) throw new SignflipError("SF_GRAPH", `graph ${graph.name}: input ${input.name} is missing`);
      map.set(input, given);
    }
    for (const initializer of graph.initializers) map.set(initializer, this.constant(initializer.constant!, initializer.name));
    copyNodes(graph, this, map);
    return Object.fromEntries(graph.outputs.map((output) => [output.name, map.get(output)!]));
  }

  /**
   * Declares the outputs. ONNX wants each computed in this graph and once: others pass through an `Identity`.
   * What no output needs (the parts of a gradient nobody asked for, say) is left out: an engine would compute it.
   */
  finish(outputs: readonly Value[], names?: readonly string[]): void {
    const own = new Set(this.graph.nodes.flatMap((node) => node.outputs));
    outputs.forEach((value, i) => {
      const output = own.has(value) && !this.graph.outputs.includes(value) ? value : this.identity(value);
      if (names) output.name = names[i]!;
      if (names && this.graph.inputs.some(({ name }) => name === output.name))
        throw internal(`graph ${this.graph.name}: ${output.name} is the name of an input and an output`);
      this.graph.outputs.push(output);
    });
    const needed = new Set<Value>(this.graph.outputs);
    const kept = this.graph.nodes.toReversed().filter((node) => {
      if (!node.outputs.some((output) => needed.has(output))) return false;
      for (const value of reads(node)) needed.add(value);
      return true;
    });
    this.graph.nodes.splice(0, Infinity, ...kept.reverse());
    const initializers = this.graph.initializers.filter((initializer) => needed.has(initializer));
    this.graph.initializers.splice(0, Infinity, ...initializers);
  }
}

function copyNodes(from: Graph, to: GraphBuilder, map: Map<Value, Value>): void {
  for (const node of from.nodes) {
    const inputs = node.inputs.map((input) => input && (map.get(input) ?? input));
    const attributes = Object.fromEntries(
      Object.entries(node.attributes).map(([name, attribute]) => [name, attribute.kind === "graph" ? copyGraph(attribute.value, to, map) : attribute]),
    );
    const outputs = to.op(node.op, inputs, attributes, node.outputs.length);
    node.outputs.forEach((output, i) => {
      outputs[i]!.name = output.name;
      if (!outputs[i]!.type.shape) outputs[i]!.type = output.type;
      map.set(output, outputs[i]!);
    });
  }
}

function copyGraph(graph: Graph, parent: GraphBuilder, outer: ReadonlyMap<Value, Value>): Attribute {
  const b = new GraphBuilder(graph.name, parent);
  const map = new Map(outer);
  for (const input of graph.inputs) map.set(input, b.input(input.name, input.type));
  for (const initializer of graph.initializers) map.set(initializer, b.constant(initializer.constant!, initializer.name));
  copyNodes(graph, b, map);
  b.finish(graph.outputs.map((output) => map.get(output) ?? output));
  return { kind: "graph", value: b.graph };
}

/** Builds a whole graph; the names of the record returned are the names of its outputs. */
export function buildGraph(name: string, build: (g: GraphBuilder) => Readonly<Record<string, Value>>, metadata: Readonly<Record<string, string>> = {}): Model {
  const g = new GraphBuilder(name);
  const outputs = build(g);
  g.finish(Object.values(outputs), Object.keys(outputs));
  return { graph: g.graph, metadata };
}
