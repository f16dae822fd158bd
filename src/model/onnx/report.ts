import type { Box } from "../../data/box.ts";
import { GraphBuilder } from "../../graph/builder.ts";
import { vectorJacobian } from "../../graph/gradient.ts";
import { type Dim, type Model, type Node, type TensorType, type Value, capturedBy, carriesGradient } from "../../graph/ir.ts";
import { standsForReals } from "../../graph/quantized.ts";
import { ruleOf } from "../../graph/ops/index.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { type Rewritten, addBatched } from "./batched.ts";
import type { Normalization } from "./normalization.ts";

/** An operator that a gradient cannot go through, the name of its node (or of its first output), and, where the operator has a rule, why not. */
export interface Unsupported {
  readonly op: string;
  readonly node: string;
  readonly why?: string;
}

/** An input or output of a file. */
export interface Port {
  readonly name: string;
  readonly element: string;
  /** Sizes; a name or null where one is open. Undefined where not even the rank is known. */
  readonly shape: readonly (number | string | null)[] | undefined;
}

/** Everything that is known of a file and of what it is taken for: plain data, as `signflip inspect --json` prints it. */
export interface ModelReport {
  readonly name: string;
  readonly bytes: number;
  readonly opset: number | undefined;
  readonly irVersion: number | undefined;
  readonly producer: string | undefined;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** The input that is attacked, and its shape without the batch. */
  readonly input: { readonly name: string; readonly shape: readonly number[]; readonly layout: string; readonly batch: "free" | "none" | number };
  /** Which value of the graph is taken as logits, and what follows it in the file. */
  readonly logits: { readonly output: string; readonly value: string; readonly activation: string; readonly cut: readonly string[]; readonly why: string };
  readonly scores: number;
  readonly classes: number;
  readonly classNames: readonly string[] | undefined;
  /** Whether one logit decides by its sign, or the largest or the smallest of several. */
  readonly decision: "sign" | "argmax" | "argmin";
  readonly bounds: Box | undefined;
  readonly preprocessing: { readonly mean: unknown; readonly std: unknown } | undefined;
  /** How the model itself normalizes its input, x becoming (x − mean)/std, with one number for all or one for each channel; undefined if it does not. */
  readonly normalization: Normalization | undefined;
  /** Every operator with how often it is there, in the file as it is read. */
  readonly ops: Readonly<Record<string, number>>;
  readonly parameters: number;
  /** Multiplications with an addition, for one sample. */
  readonly multiplyAdds: number;
  /** Numbers that a forward and a backward pass keep for each sample. */
  readonly numbersPerSample: number;
  /** Whether every operator between the attacked input and the logits has a rule for its gradient. */
  readonly supported: boolean;
  readonly unsupported: readonly Unsupported[];
  /** `zero` if the gradient is 0 everywhere, by operators such as Sign and Round; `none` if there is none. */
  readonly gradient: "exact" | "zero" | "none";
  readonly zeroGradient: readonly string[];
  readonly rewritten: readonly string[];
  /** The largest relative difference of scores between many samples at once and each by itself, and between our graph and the file. */
  readonly verified: { readonly samples: number; readonly batch: number; readonly file: number } | undefined;
  readonly assumptions: readonly string[];
}

export const portOf = ({ name, type }: { name: string; type: TensorType }): Port => ({
  name,
  element: type.element,
  shape: type.shape?.map((dim: Dim) => (typeof dim === "string" && dim.startsWith("?") ? null : dim)),
});

/** How often each operator stands in a graph and its subgraphs, in the order of their names. */
export function countOps({ graph }: Model): Record<string, number> {
  const counts = new Map<string, number>();
  const count = (nodes: readonly Node[]): void => {
    for (const { op, attributes } of nodes) {
      if (op !== "Constant") counts.set(op, (counts.get(op) ?? 0) + 1);
      for (const attribute of Object.values(attributes)) if (attribute.kind === "graph") count(attribute.value.nodes);
    }
  };
  count(graph.nodes);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The numbers a file holds as floating-point weights. */
export function countParameters({ graph }: Model): number {
  const held = [...graph.initializers, ...graph.nodes.flatMap(({ op, outputs }) => (op === "Constant" ? outputs : []))];
  return held.reduce((sum, { type: { element, shape } }) => sum + (element === "int64" || element === "bool" ? 0 : sizeOf((shape ?? []) as number[])), 0);
}

/** Which operators on the way have no gradient, and what the others make of it. */
export function gradientOf(
  nodes: readonly Node[],
  x: Value,
  y: Value,
  graph: Rewritten,
): Pick<ModelReport, "supported" | "unsupported" | "gradient" | "zeroGradient"> {
  const all = withNested(nodes);
  const unsupported = all.flatMap((node): Unsupported[] => {
    const rule = ruleOf(node.op);
    if (!rule) return [{ op: node.op, node: nameOf(node) }];
    return "none" in rule.vjp && rule.vjp.none === "error" ? [{ op: node.op, node: nameOf(node), why: rule.vjp.because }] : [];
  });
  const stops = nodes.filter((node) => {
    const vjp = ruleOf(node.op)?.vjp;
    return vjp !== undefined && "none" in vjp && vjp.none === "stop";
  });
  const zeroGradient = [...new Set(stops.map(({ op }) => op))];
  if (unsupported.length === 0) {
    const refused = refusedBy(graph);
    if (refused !== undefined) {
      const op = /through ((?:[\w.]+::)?\w+)/.exec(refused)?.[1] ?? "";
      const node = all.find((one) => one.op === op);
      unsupported.push({ op, node: node ? nameOf(node) : "", why: refused });
    }
  }
  const supported = unsupported.length === 0;
  return { supported, unsupported, gradient: !supported ? "none" : flows(nodes, x, y) ? "exact" : "zero", zeroGradient };
}

/** Nodes, and those of the subgraphs in them. */
const withNested = (nodes: readonly Node[]): Node[] =>
  nodes.flatMap((node) => [
    node,
    ...Object.values(node.attributes).flatMap((attribute) => (attribute.kind === "graph" ? withNested(attribute.value.nodes) : [])),
  ]);

const nameOf = (node: Node) => node.name || (node.outputs[0]?.name ?? "");

/** What the rules say when the gradient is really asked for: some depend on a node's attributes. */
function refusedBy(graph: Rewritten): string | undefined {
  try {
    const g = new GraphBuilder("gradient");
    const x = g.input("x", graph.model.graph.inputs[0]!.type);
    const y = addBatched(g, graph, x);
    vectorJacobian(g, [y], [g.input("dy", y.type)], [x]);
    return undefined;
  } catch (error) {
    if (error instanceof SignflipError) return error.message;
    throw error;
  }
}

/** Whether there is a way from x to y that no operator of zero gradient stands on. */
function flows(nodes: readonly Node[], x: Value, y: Value): boolean {
  const reached = new Set<Value>([x]);
  for (const node of nodes) {
    const vjp = ruleOf(node.op)?.vjp;
    if (!vjp || "none" in vjp) continue;
    // A choice lets nothing through: the first operand of Where and If.
    const inputs = [...node.inputs.slice(node.op === "Where" || node.op === "If" ? 1 : 0), ...capturedBy(node)];
    if (!inputs.some((value) => value && reached.has(value))) continue;
    for (const [i, value] of node.outputs.entries()) if (carriesGradient(value.type.element) || standsForReals(node, value, i, reached)) reached.add(value);
  }
  return reached.has(y);
}
