import { tensorOf } from "../tensor/tensor.ts";
import { SignflipError, internal } from "../util/errors.ts";
import { type SameLength, mapTuple } from "../util/tuple.ts";
import type { GraphBuilder } from "./builder.ts";
import { type Node, type Value, capturedBy, carriesGradient, reads, showNode, showType } from "./ir.ts";
import { ruleOf } from "./ops/index.ts";
import { shapeOf } from "./ops/like.ts";
import type { OpRule } from "./ops/rule.ts";
import { onReals, standsForReals } from "./quantized.ts";
import { fixedShape, sameShape } from "./shape.ts";

/**
 * Adds to a graph the gradient of a scalar with respect to any of the values it depends on: inputs, weights,
 * carried values of a loop, anything in between.
 * @param y a value with one element
 * @returns one value per entry of `xs`, in its shape; zeros if y does not depend on it.
 * @throws SF_GRADIENT if the only way from y to x leads through an operator without a gradient.
 */
export function gradient<const Xs extends readonly Value[]>(g: GraphBuilder, y: Value, xs: Xs): SameLength<Xs, Value> {
  const { element } = y.type;
  const shape = fixedShape(y.type.shape);
  if (element === "unknown") refuseUnruled(dependents([y], xs), [y]);
  if ((element !== "float32" && element !== "float64") || !shape || shape.some((dim) => dim !== 1))
    throw new SignflipError(
      "SF_GRADIENT",
      `the gradient of ${y.name} was asked for, but it is ${showType(y.type)}, not a float32 or float64 scalar: see vectorJacobian`,
    );
  return vectorJacobian(g, [y], [g.constant(tensorOf(element, shape, [1]))], xs);
}

/**
 * The reverse walk: Σ_k dys[k]ᵀ ∂ys[k]/∂x for each x, added to the graph as nodes.
 * @param dys one value per entry of `ys`, in its shape.
 */
export function vectorJacobian<const Xs extends readonly Value[]>(g: GraphBuilder, ys: readonly Value[], dys: readonly Value[], xs: Xs): SameLength<Xs, Value> {
  const wanted = dependents(ys, xs);
  const gradients = new Map<Value, Value>();
  const accumulate = (value: Value, dy: Value) => {
    const sum = gradients.get(value);
    gradients.set(value, sum ? g.add(sum, dy) : dy);
  };
  ys.forEach((y, k) => {
    if (wanted.values.has(y)) accumulate(y, dys[k]!);
  });
  for (const node of wanted.nodes.toReversed()) {
    const dys = node.outputs.map((output) => gradients.get(output));
    if (dys.every((value) => value === undefined)) continue;
    const rule = ruleOf(node.op) ?? unruled(node);
    if ("none" in rule.vjp) {
      if (rule.vjp.none === "stop") continue;
      throw new SignflipError("SF_GRADIENT", `no gradient through ${showNode(node)}: ${rule.vjp.because}`);
    }
    try {
      const captured = capturedBy(node).filter((value) => wanted.values.has(value));
      const dx = rule.vjp(g, {
        ...onReals(g, node, wanted.values),
        dys,
        wanted: node.inputs.map((input) => input !== undefined && wanted.values.has(input)),
        captured,
        jacobian: vectorJacobian,
      });
      [...node.inputs, ...captured].forEach((input, i) => {
        if (input && dx[i] && wanted.values.has(input)) accumulate(input, rule.broadcasts ? unbroadcast(g, dx[i], input) : dx[i]);
      });
    } catch (cause) {
      refuseUnruled(wanted, ys);
      throw atNode(node, cause);
    }
  }
  return mapTuple(xs, (x) => gradients.get(x) ?? g.zerosLike(x));
}

/** An operator without a rule stands in the way. */
function unruled(node: Node): OpRule {
  throw new SignflipError(
    "SF_GRADIENT",
    `no gradient through ${showNode(node)}: this program has no rule for ${node.op}; write it with operators that have one, or use what needs no gradient`,
  );
}

/** What no rule tells about a value is why another rule fails: the operator that lacks one is named first. @throws SF_GRADIENT if a gradient would reach one */
function refuseUnruled({ values, nodes }: Between, ys: readonly Value[]): void {
  const reached = new Set(ys);
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => reached.has(output))) continue;
    const { vjp } = ruleOf(node.op) ?? unruled(node);
    if (!("none" in vjp)) for (const input of node.inputs) if (input && values.has(input)) reached.add(input);
  }
}

/** An error with the name that a file gives the node. */
function atNode({ name }: Node, cause: unknown): unknown {
  if (!name || !(cause instanceof SignflipError)) return cause;
  return new SignflipError(cause.code, `${cause.message} (node ${name})`, { cause });
}

interface Between {
  readonly values: ReadonlySet<Value>;
  readonly nodes: readonly Node[];
}

/** The values between xs and ys, and their nodes in an order in which each comes after all it reads. */
function dependents(ys: readonly Value[], xs: readonly Value[]): Between {
  const values = new Set<Value>(xs);
  const nodes: Node[] = [];
  const done = new Set<Node>();
  const stack = ys.map((y) => ({ node: y.producer, entered: false }));
  while (stack.length > 0) {
    const top = stack.pop()!;
    const { node } = top;
    if (!node || (done.has(node) && !top.entered)) continue;
    if (!top.entered) {
      done.add(node);
      stack.push({ node, entered: true });
      for (const value of reads(node)) if (value.producer && !done.has(value.producer)) stack.push({ node: value.producer, entered: false });
      continue;
    }
    if (!reads(node).some((value) => values.has(value))) continue;
    nodes.push(node);
    for (const [i, output] of node.outputs.entries()) if (carriesGradient(output.type.element) || standsForReals(node, output, i, values)) values.add(output);
  }
  return { values, nodes };
}

/**
 * Undoes broadcasting, here and nowhere else: sums a gradient back to the shape of the operand it belongs to.
 * Where the shapes are only known when the graph runs, every axis on which the operand has size 1 is summed
 * (which changes nothing where the gradient has size 1 there as well).
 */
function unbroadcast(g: GraphBuilder, dy: Value, like: Value): Value {
  const from = dy.type.shape;
  const to = like.type.shape;
  if (sameShape(from, to)) return dy;
  if (!from || !to)
    throw new SignflipError("SF_GRADIENT", `the rank of ${from ? like.name : dy.name} is not known; give the graph's inputs shapes with a known rank`);
  const lead = from.length - to.length;
  if (lead < 0) throw internal(`a gradient of rank ${from.length} for an operand of rank ${to.length}`);
  const axes: number[] = [];
  let certain = true;
  from.forEach((dim, axis) => {
    const own = axis < lead ? 1 : to[axis - lead]!;
    if (axis < lead || (own === 1 && dim !== 1)) axes.push(axis);
    else if (own !== dim) certain &&= typeof own === "number" && own !== 1;
  });
  if (certain) {
    const summed = axes.length > 0 ? g.reduceSum(dy, axes) : dy;
    return lead > 0 ? g.reshape(summed, shapeOf(g, like)) : summed;
  }
  const shape = g.shape(like);
  const padded = lead > 0 ? g.concat([g.ints(Array.from({ length: lead }, () => 1)), shape], 0) : shape;
  const ones = g.squeeze(g.op("NonZero", [g.equal(padded, 1)])[0], [0]);
  const [summed] = g.op("ReduceSum", [dy, ones], { keepdims: { kind: "int", value: 1 }, noop_with_empty_axes: { kind: "int", value: 1 } });
  return g.reshape(summed, shape);
}
