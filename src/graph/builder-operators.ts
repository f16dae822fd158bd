import { NodeBuilder, type Operand } from "./builder-nodes.ts";
import { SignflipError } from "../util/errors.ts";
import { type Attributes, type Dim, type Element, type Value, elementNumber, float, freshDim, int, ints } from "./ir.ts";

/** A method for each common ONNX operator, of its name: it adds the node and returns its output. */
export class OperatorBuilder extends NodeBuilder {
  readonly #batches = new WeakMap<Value, Map<string, Dim>>();

  #one(op: string, inputs: readonly (Value | undefined)[], attributes?: Attributes): Value {
    return this.op(op, inputs, attributes)[0];
  }

  #two(op: string, a: Operand, b: Operand): Value {
    return this.#one(op, [this.lift(a, b), this.lift(b, a)]);
  }

  #reduce(op: string, x: Value, axes: readonly number[] | undefined, keep = true): Value {
    return this.#one(op, axes ? [x, this.ints(axes)] : [x], { keepdims: int(+keep) });
  }

  // Elementwise, with broadcasting.
  add(a: Operand, b: Operand): Value {
    return this.#two("Add", a, b);
  }
  sub(a: Operand, b: Operand): Value {
    return this.#two("Sub", a, b);
  }
  mul(a: Operand, b: Operand): Value {
    return this.#two("Mul", a, b);
  }
  div(a: Operand, b: Operand): Value {
    return this.#two("Div", a, b);
  }
  pow(a: Operand, b: Operand): Value {
    return this.#two("Pow", a, b);
  }
  max(a: Operand, b: Operand): Value {
    return this.#two("Max", a, b);
  }
  min(a: Operand, b: Operand): Value {
    return this.#two("Min", a, b);
  }
  equal(a: Operand, b: Operand): Value {
    return this.#two("Equal", a, b);
  }
  greater(a: Operand, b: Operand): Value {
    return this.#two("Greater", a, b);
  }
  greaterOrEqual(a: Operand, b: Operand): Value {
    return this.#two("GreaterOrEqual", a, b);
  }
  less(a: Operand, b: Operand): Value {
    return this.#two("Less", a, b);
  }
  lessOrEqual(a: Operand, b: Operand): Value {
    return this.#two("LessOrEqual", a, b);
  }
  and(a: Value, b: Value): Value {
    return this.#one("And", [a, b]);
  }
  or(a: Value, b: Value): Value {
    return this.#one("Or", [a, b]);
  }
  not(x: Value): Value {
    return this.#one("Not", [x]);
  }
  where(condition: Value, a: Operand, b: Operand): Value {
    return this.#one("Where", [condition, this.lift(a, b), this.lift(b, a)]);
  }

  // Elementwise, one operand.
  neg(x: Value): Value {
    return this.#one("Neg", [x]);
  }
  abs(x: Value): Value {
    return this.#one("Abs", [x]);
  }
  sign(x: Value): Value {
    return this.#one("Sign", [x]);
  }
  relu(x: Value): Value {
    return this.#one("Relu", [x]);
  }
  leakyRelu(x: Value, alpha = 0.01): Value {
    return this.#one("LeakyRelu", [x], { alpha: float(alpha) });
  }
  sigmoid(x: Value): Value {
    return this.#one("Sigmoid", [x]);
  }
  tanh(x: Value): Value {
    return this.#one("Tanh", [x]);
  }
  softplus(x: Value): Value {
    return this.#one("Softplus", [x]);
  }
  exp(x: Value): Value {
    return this.#one("Exp", [x]);
  }
  log(x: Value): Value {
    return this.#one("Log", [x]);
  }
  sqrt(x: Value): Value {
    return this.#one("Sqrt", [x]);
  }
  reciprocal(x: Value): Value {
    return this.#one("Reciprocal", [x]);
  }
  identity(x: Value): Value {
    return this.#one("Identity", [x]);
  }
  isNaN(x: Value): Value {
    return this.#one("IsNaN", [x]);
  }
  isInf(x: Value): Value {
    return this.#one("IsInf", [x]);
  }
  clip(x: Value, low?: Operand, high?: Operand): Value {
    return this.#one("Clip", [x, low === undefined ? undefined : this.lift(low, x), high === undefined ? undefined : this.lift(high, x)]);
  }
  cast(x: Value, element: Element): Value {
    if (x.type.element === element) return x;
    const to = elementNumber(element);
    if (to === undefined) throw new SignflipError("SF_GRAPH", `Cast: the element type that ${x.name} is to have is not known`);
    return this.#one("Cast", [x], { to: int(to) });
  }
  /** A value as the element type of another, which need not be known. */
  castLike(x: Value, like: Value): Value {
    if (like.type.element !== "unknown") return this.cast(x, like.type.element);
    return this.#one("CastLike", [x, like]);
  }

  // Products.
  matMul(a: Value, b: Value): Value {
    return this.#one("MatMul", [a, b]);
  }
  /** α·A'·B' + β·C, where ' transposes if asked. */
  gemm(a: Value, b: Value, options: { c?: Value | undefined; transA?: boolean; transB?: boolean; alpha?: number; beta?: number } = {}): Value {
    const { c, transA = false, transB = false, alpha = 1, beta = 1 } = options;
    return this.#one("Gemm", c ? [a, b, c] : [a, b], { transA: int(+transA), transB: int(+transB), alpha: float(alpha), beta: float(beta) });
  }

  // Reductions. Without axes, over all of them; `keep` keeps them with size 1.
  reduceSum(x: Value, axes?: readonly number[], keep?: boolean): Value {
    return this.#reduce("ReduceSum", x, axes, keep);
  }
  reduceMean(x: Value, axes?: readonly number[], keep?: boolean): Value {
    return this.#reduce("ReduceMean", x, axes, keep);
  }
  reduceMax(x: Value, axes?: readonly number[], keep?: boolean): Value {
    return this.#reduce("ReduceMax", x, axes, keep);
  }
  reduceMin(x: Value, axes?: readonly number[], keep?: boolean): Value {
    return this.#reduce("ReduceMin", x, axes, keep);
  }
  reduceL1(x: Value, axes?: readonly number[], keep?: boolean): Value {
    return this.#reduce("ReduceL1", x, axes, keep);
  }
  reduceL2(x: Value, axes?: readonly number[], keep?: boolean): Value {
    return this.#reduce("ReduceL2", x, axes, keep);
  }
  reduceSumSquare(x: Value, axes?: readonly number[], keep?: boolean): Value {
    return this.#reduce("ReduceSumSquare", x, axes, keep);
  }
  softmax(x: Value, axis = -1): Value {
    return this.#one("Softmax", [x], { axis: int(axis) });
  }
  logSoftmax(x: Value, axis = -1): Value {
    return this.#one("LogSoftmax", [x], { axis: int(axis) });
  }
  argMax(x: Value, axis: number, keep = true): Value {
    return this.#one("ArgMax", [x], { axis: int(axis), keepdims: int(+keep) });
  }

  // Shapes.
  shape(x: Value): Value {
    return this.#one("Shape", [x]);
  }
  /** The number of elements, as a scalar of a type. */
  count(x: Value, element: Element): Value {
    return this.cast(this.#one("Size", [x]), element);
  }
  /** The elements of x in another shape. In one of numbers, 0 keeps a dimension of x and −1 is what is left; in a value, 0 is no elements. */
  reshape(x: Value, shape: Value | readonly number[]): Value {
    return "length" in shape ? this.#one("Reshape", [x, this.ints(shape)]) : this.#one("Reshape", [x, shape], { allowzero: int(1) });
  }
  flatten(x: Value, axis = 1): Value {
    return this.#one("Flatten", [x], { axis: int(axis) });
  }
  transpose(x: Value, perm?: readonly number[]): Value {
    return this.#one("Transpose", [x], perm ? { perm: ints(perm) } : {});
  }
  squeeze(x: Value, axes?: readonly number[]): Value {
    return this.#one("Squeeze", axes ? [x, this.ints(axes)] : [x]);
  }
  unsqueeze(x: Value, axes: readonly number[]): Value {
    return this.#one("Unsqueeze", [x, this.ints(axes)]);
  }
  expand(x: Value, shape: Value | readonly number[]): Value {
    return this.#one("Expand", [x, "length" in shape ? this.ints(shape) : shape]);
  }
  concat(values: readonly Value[], axis: number): Value {
    return this.#one("Concat", values, { axis: int(axis) });
  }
  /** Elements `starts` up to `ends` (not included) along axes; bounds beyond the end are cut to it. */
  slice(x: Value, starts: Value | readonly number[], ends: Value | readonly number[], axes: readonly number[], steps?: readonly number[]): Value {
    const bound = (b: Value | readonly number[]) => ("length" in b ? this.ints(b) : b);
    return this.#one("Slice", [x, bound(starts), bound(ends), this.ints(axes), ...(steps ? [this.ints(steps)] : [])]);
  }
  gather(x: Value, indices: Value, axis = 0): Value {
    return this.#one("Gather", [x, indices], { axis: int(axis) });
  }

  /** Zeros in the shape of a value, whatever that is when the graph runs. */
  zerosLike(x: Value): Value {
    return this.#one("Expand", [this.lift(0, x), this.shape(x)]);
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
}
