import { expect } from "vitest";
import { GraphBuilder } from "../../src/graph/builder.ts";
import { vectorJacobian } from "../../src/graph/gradient.ts";
import type { Dim, Model, TensorType, Value } from "../../src/graph/ir.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { type Session, withSession } from "../../src/runtime/session.ts";
import { type Tensor, isFloat, numbersOf, sizeOf, tensorOf } from "../../src/tensor/tensor.ts";
import { random } from "../../src/util/random.ts";

useNodeEngine();

export type Feeds = Readonly<Record<string, Tensor>>;

/** Runs a model once, on one thread. */
export function run(model: Model, feeds: Feeds = {}): Promise<Record<string, Tensor>> {
  return withSession(model, { threads: 1 }, (session) => session.run(feeds));
}

/** A shape with its symbols replaced by numbers. */
export function fix(shape: readonly Dim[], sizes: Readonly<Record<string, number>>): number[] {
  return shape.map((dim) => (typeof dim === "number" ? dim : sizes[dim]!));
}

/** What is differentiated: a graph from inputs to outputs. Outputs that are not floating point are left alone. */
export interface Differentiable {
  readonly inputs: Readonly<Record<string, TensorType>>;
  readonly build: (g: GraphBuilder, inputs: Readonly<Record<string, Value>>) => Value | readonly Value[];
}

/**
 * The outputs of a graph as `y0, y1, …` and its vector-Jacobian product with `dy0, dy1, …`, which become inputs,
 * as `d` and the name of each floating-point input.
 */
export function withGradient({ inputs, build }: Differentiable): Model {
  const g = new GraphBuilder("case");
  const values = Object.fromEntries(Object.entries(inputs).map(([name, type]) => [name, g.input(name, type)]));
  const built = build(g, values);
  const outputs = (Array.isArray(built) ? (built as readonly Value[]) : [built as Value]).filter((y) => isFloat(y.type.element));
  const dys = outputs.map((y, k) => g.input(`dy${k}`, y.type));
  const xs = Object.values(values).filter((x) => isFloat(x.type.element));
  const dxs = vectorJacobian(g, outputs, dys, xs);
  for (const [i, x] of xs.entries()) expect(dxs[i]!.type.element, `element type of d${x.name}`).toBe(x.type.element);
  g.finish([...outputs, ...dxs], [...outputs.map((_, k) => `y${k}`), ...xs.map((x) => `d${x.name}`)]);
  return { graph: g.graph, metadata: {} };
}

export interface Precision {
  /** The step of the central difference. */
  readonly step: number;
  /** The largest difference allowed, relative to the gradient where that is above 1. */
  readonly tolerance: number;
}
export const precise: Precision = { step: 1e-5, tolerance: 1e-6 };
/** For operators without a float64 kernel. */
export const coarse: Precision = { step: 4e-3, tolerance: 4e-3 };

/** Large inputs are checked at this many elements, drawn at random. */
const sampled = 48;

/** Compares the gradients of a `withGradient` model with central differences, at the point fed. */
export async function checkGradient(session: Session, model: Model, feeds: Feeds, precision: Precision, seed = 0): Promise<void> {
  const draw = random(seed, "dy");
  const outputs = model.graph.outputs.map(({ name }) => name).filter((name) => /^y\d+$/.test(name));
  // The shapes of the outputs are whatever they turn out to be; a first run with any dy of the right shape needs them.
  const shapes = await outputShapes(model, outputs, feeds);
  const dys = Object.fromEntries(
    shapes.map((shape, k) => [
      `dy${k}`,
      tensorOf(
        elementOf(model, `dy${k}`) as "float32" | "float64",
        shape,
        Array.from({ length: sizeOf(shape) }, () => draw.normal()),
      ),
    ]),
  );
  const evaluate = async (at: Feeds) => {
    const result = await session.run({ ...at, ...dys });
    return { result, sum: outputs.reduce((sum, name, k) => sum + dot(result[name]!, dys[`dy${k}`]!), 0) };
  };
  const { result } = await evaluate(feeds);
  for (const [name, point] of Object.entries(feeds)) {
    if (!isFloat(point.element)) continue;
    const analytic = result[`d${name}`]!;
    expect(analytic.shape, `shape of d${name}`).toEqual(point.shape);
    const values = numbersOf(point);
    const places = values.length <= sampled ? values.keys() : draw.permutation(values.length).subarray(0, sampled);
    for (const i of places) {
      const x = values[i]!;
      const at = async (value: number) => {
        const data = point.data.slice() as Float64Array;
        data[i] = value;
        return { x: data[i]!, y: (await evaluate({ ...feeds, [name]: { ...point, data } as Tensor })).sum };
      };
      const [above, below] = [await at(x + precision.step), await at(x - precision.step)];
      const numeric = (above.y - below.y) / (above.x - below.x);
      const got = Number(analytic.data[i]);
      const error = Math.abs(got - numeric) / Math.max(1, Math.abs(numeric));
      if (!(error <= precision.tolerance))
        expect.fail(
          `d${name}[${i}] at ${name} = [${values.slice(0, 50).join(", ")}] of shape [${point.shape.join(", ")}]: the rule says ${got}, central differences ${numeric}`,
        );
    }
  }
}

function elementOf(model: Model, input: string) {
  return model.graph.inputs.find(({ name }) => name === input)!.type.element;
}

/** The shapes of outputs at some feeds: those inferred, or, where symbols are left, those of a run of the graph without its gradient. */
async function outputShapes(model: Model, outputs: readonly string[], feeds: Feeds): Promise<readonly (readonly number[])[]> {
  const types = outputs.map((_, k) => model.graph.inputs.find(({ name }) => name === `dy${k}`)!.type);
  const sizes: Record<string, number> = {};
  for (const { name, type } of model.graph.inputs)
    type.shape?.forEach((dim, axis) => typeof dim === "string" && feeds[name] && (sizes[dim] = feeds[name].shape[axis]!));
  if (types.every(({ shape }) => shape?.every((dim) => typeof dim === "number" || dim in sizes))) return types.map(({ shape }) => fix(shape!, sizes));
  const forward: Model = { ...model, graph: { ...model.graph, inputs: model.graph.inputs.filter(({ name }) => name in feeds), ...upTo(model, outputs) } };
  const result = await run(forward, feeds);
  return outputs.map((name) => result[name]!.shape);
}

/** The part of a graph that its first outputs need. */
function upTo(model: Model, names: readonly string[]): { nodes: Model["graph"]["nodes"]; outputs: Value[] } {
  const outputs = model.graph.outputs.filter(({ name }) => names.includes(name));
  const needed = new Set<Value>(outputs);
  const nodes = model.graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((value) => needed.has(value))) return false;
    for (const value of node.inputs) if (value) needed.add(value);
    return true;
  });
  return { nodes: nodes.reverse(), outputs };
}

function dot(a: Tensor, b: Tensor): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Number(a.data[i]) * Number(b.data[i]);
  return sum;
}

/** How the numbers of an input are drawn. */
export type Draw = "any" | "positive" | "distinct";

export function drawTensor(element: "float32" | "float64", shape: readonly number[], how: Draw, seed: number): Tensor {
  const stream = random(seed, "input");
  const size = sizeOf(shape);
  if (how === "distinct")
    return tensorOf(
      element,
      shape,
      Array.from(stream.permutation(size), (i) => (i - size / 2 + 0.3) * 0.4),
    );
  return tensorOf(
    element,
    shape,
    Array.from({ length: size }, () => (how === "positive" ? 0.3 + 2 * stream.uniform() : 4 * stream.uniform() - 2)),
  );
}
