import { GraphBuilder, copyInitializer } from "../../graph/builder.ts";
import { type Graph, type Node, type TensorType, type Value, holds, reads, refined } from "../../graph/ir.ts";
import { fixedShape } from "../../graph/shape.ts";
import { checkMemory } from "../../runtime/memory.ts";
import { withSession } from "../../runtime/session.ts";
import { type Tensor, isFloat, sizeOf, tensorOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { FixedBatch } from "./fixed-batch.ts";

/** A graph for one sample: every shape in it is known, and whatever does not depend on the sample's values is a constant. */
export interface OneSample {
  readonly x: Value;
  readonly y: Value;
  /** The nodes between x and y, in order. */
  readonly nodes: readonly Node[];
  /** What of the file stood in the way of that and was rewritten. */
  readonly rewritten: readonly string[];
  /** The values of this graph, by those of the file. */
  readonly values: ReadonlyMap<Value, Value>;
}

export interface Specialization {
  readonly input: Value;
  /** Type of the input in the graph made. */
  readonly type: TensorType & { readonly shape: readonly number[] };
  /** The elements of the other inputs. */
  readonly given: ReadonlyMap<Value, Tensor>;
  readonly output: Value;
  /** For a file of a fixed number of samples: how many, and the values of the graph for all of them, by those of the file. */
  readonly fixed?: { readonly batch: number; readonly whole: ReadonlyMap<Value, Value> };
  /** The sample is repeated as often, and the first of the results is its own. */
  readonly copies?: number;
  /** What is added after `output`. */
  readonly finish?: (g: GraphBuilder, y: Value) => Value;
}

/** Writes the part of a graph that leads to `output` again for one sample. @throws SF_NETWORK where a shape stays unknown */
export async function specialize(graph: Graph, { input, type, given, output, fixed, copies, finish }: Specialization): Promise<OneSample> {
  const g = new GraphBuilder(graph.name);
  const rewritten = new Set<string>();
  const map = new Map<Value, Value>();
  const varies = new Set<Value>();
  const x = g.input(input.name, type);
  varies.add(x);
  const [, ...sizes]: readonly number[] = type.shape;
  const start = copies === undefined ? x : g.expand(x, [copies, ...sizes]);
  varies.add(start);
  map.set(input, start);
  const fit = fixed && new FixedBatch(fixed.batch, fixed.whole);
  for (const [value, tensor] of given) map.set(value, g.constant(tensor, value.name));
  for (const initializer of graph.initializers) map.set(initializer, copyInitializer(initializer, g));

  // Shapes that no rule tells are those that the engine computes.
  const unknown: Value[] = [];
  const holdsNumbers = ({ element }: TensorType) => element === "unknown" || holds(element);

  /** The constant that a value which does not vary is; computed by the engine where inference does not tell. */
  const folded = async (value: Value): Promise<Value> => {
    if (value.constant || varies.has(value)) return value;
    const known = value.ints;
    const shape = fixedShape(value.type.shape);
    if (holds(value.type.element) && known?.every((dim) => typeof dim === "number" && Math.abs(dim) < 2 ** 53) && shape && sizeOf(shape) === known.length)
      return g.constant(tensorOf(value.type.element, shape, known as readonly number[]), value.name);
    return g.constant(await evaluate(value, x), value.name);
  };

  const copy = async (nodes: readonly Node[], results: readonly Value[]): Promise<void> => {
    for (const node of needed(nodes, results)) {
      let inputs = node.inputs.map((value) => value && map.get(value));
      const missing = node.inputs.find((value, i) => value && !inputs[i]);
      if (missing) throw new SignflipError("SF_NETWORK", `${node.op} reads ${missing.name}, which is another input: give its value`, { usage: true });
      const free = captured(node);
      const isVaried = [...valuesRead(node, inputs), ...free.map((value) => map.get(value))].some((value) => value && varies.has(value));
      if (isVaried) {
        if (node.op === "Gather" && inputs[1] && varies.has(inputs[1]) && isFloat(inputs[1].type.element)) throw tokens();
        inputs = await Promise.all(inputs.map(async (value) => value && folded(value)));
        node.inputs.forEach((value, i) => value && map.set(value, inputs[i]!));
        for (const value of free) map.set(value, await folded(map.get(value) ?? value));
      }
      if (node.op === "If" && inputs[0] && !varies.has(inputs[0])) {
        // Which branch is taken is known.
        const taken = Number((await folded(inputs[0])).constant!.data[0]) ? "then_branch" : "else_branch";
        const branch = node.attributes[taken];
        if (branch?.kind === "graph") {
          for (const initializer of branch.value.initializers) map.set(initializer, copyInitializer(initializer, g));
          await copy(branch.value.nodes, branch.value.outputs);
          branch.value.outputs.forEach((value, i) => map.set(node.outputs[i]!, map.get(value)!));
          rewritten.add(`the branch of an If that is always taken stands in its place`);
          continue;
        }
      }
      if (fit && isVaried) {
        const fitted = fit.fit(g, node, inputs);
        if (fitted !== inputs) rewritten.add(`a batch of ${fixed.batch.toLocaleString("en")} that stood in the constants of ${node.op}`);
        inputs = [...fitted];
      }
      const attributes = Object.values(node.attributes).some(({ kind }) => kind === "graph") ? g.mapSubgraphs(node.attributes, map) : node.attributes;
      const outputs = g.op(node.op, inputs, attributes, node.outputs.length, node.name);
      node.outputs.forEach((before, i) => {
        const after = outputs[i]!;
        after.name = before.name;
        if (!fixed) after.type = refined(after.type, before.type);
        if (isVaried) varies.add(after);
        if (isVaried && node.op !== "If" && !fixedShape(after.type.shape) && holdsNumbers(before.type)) unknown.push(after);
        map.set(before, after);
      });
      for (const after of unknown.splice(0)) {
        const { element, shape } = await evaluate(after, x);
        after.type = { element, shape };
      }
      if (fit && isVaried) fit.note(node, inputs, outputs);
    }
  };
  await copy(graph.nodes, [output]);
  const end = copies === undefined ? map.get(output)! : g.slice(map.get(output)!, [0], [1], [0]);
  if (copies !== undefined) varies.add(end);
  const before = g.graph.nodes.length;
  const y = finish ? finish(g, end) : end;
  if (varies.has(end)) for (const node of g.graph.nodes.slice(before)) for (const value of node.outputs) varies.add(value);
  const nodes = needed(g.graph.nodes, [y]).filter((node) => node.outputs.some((value) => varies.has(value)));
  return { x, y, nodes, rewritten: [...rewritten], values: map };
}

const tokens = () =>
  new SignflipError("SF_NETWORK", "the attacked input holds indices into a table (Gather), as tokens are, so that it cannot be changed in small steps", {
    usage: true,
  });

/** Operators that read the shape or the type of an operand, and not its elements: how many operands are left. */
const elementsRead: Readonly<Record<string, number>> = { CastLike: 1, EyeLike: 0, Shape: 0, Size: 0 };

const valuesRead = <T>({ op }: Node, inputs: readonly T[]): readonly T[] => (Object.hasOwn(elementsRead, op) ? inputs.slice(0, elementsRead[op]) : inputs);

/** The nodes that values need, in order. */
export function needed(nodes: readonly Node[], values: readonly Value[]): Node[] {
  const wanted = new Set<Value>(values);
  const kept = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => wanted.has(output))) return false;
    for (const value of reads(node)) wanted.add(value);
    return true;
  });
  return kept.reverse();
}

/** What a node's subgraphs read from around them. */
function captured(node: Node): Value[] {
  const own = new Set(node.inputs);
  return reads(node).filter((value) => !own.has(value));
}

/** The elements of a value, where all elements of the input x are 0.5. */
async function evaluate(value: Value, x: Value): Promise<Tensor> {
  const [result] = await evaluated(value, x, [half(x.type)]);
  return result!;
}

/** The elements of a value for each of several values of the input x, in one session. */
export async function evaluated(value: Value, x: Value, feeds: readonly Tensor[]): Promise<Tensor[]> {
  const nodes: Node[] = [];
  const initializers = new Set<Value>();
  const seen = new Set<Node>();
  let isFed = false;
  const visit = (one: Value): void => {
    const { producer } = one;
    if (one === x) isFed = true;
    else if (!producer) initializers.add(one);
    if (!producer) return;
    if (seen.has(producer)) return;
    seen.add(producer);
    for (const read of reads(producer)) visit(read);
    nodes.push(producer);
  };
  visit(value);
  for (const { outputs } of nodes) for (const { name, type } of outputs) await checkMemory(`the elements of ${name}`, 4 * sizeOf(fixedShape(type.shape) ?? []));
  const result: Value = { name: x.name === "value" ? "result" : "value", type: value.type };
  const graph: Graph = {
    name: `the values of ${value.name}`,
    inputs: isFed ? [x] : [],
    initializers: [...initializers],
    nodes: [...nodes, { op: "Identity", inputs: [value], outputs: [result], attributes: {} }],
    outputs: [result],
  };
  return withSession({ graph, metadata: {} }, { threads: 1 }, async (session) => {
    const results: Tensor[] = [];
    for (const feed of feeds) results.push((await session.run(isFed ? { [x.name]: feed } : {}))[result.name]!);
    return results;
  });
}

function half({ element, shape }: TensorType): Tensor {
  const sizes = shape as readonly number[];
  return tensorOf(
    holds(element) ? element : "float32",
    sizes,
    Array.from({ length: sizeOf(sizes) }, () => 0.5),
  );
}
