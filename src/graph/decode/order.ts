import type { GraphProto, NodeProto } from "onnx-buf";
import { SignflipError } from "../../util/errors.ts";

/**
 * Nodes in an order in which each comes after all it reads, the file's own where that is one (engines sort as well).
 * @throws SF_ONNX that names a node of a cycle, or a value that two nodes compute
 */
export function inOrder(nodes: readonly NodeProto[]): readonly NodeProto[] {
  const makers = new Map<string, number>();
  for (const [i, { output }] of nodes.entries()) {
    for (const name of output) {
      if (name === "") continue;
      if (makers.has(name))
        throw new SignflipError("SF_ONNX", `${name} is computed twice, by ${inWords(nodes[makers.get(name)!]!)} and by ${inWords(nodes[i]!)}`);
      makers.set(name, i);
    }
  }
  const needs = nodes.map((node) => [...readsOf(node)].map((name) => makers.get(name)).filter((i) => i !== undefined));
  if (needs.every((before, i) => before.every((j) => j < i))) return nodes;
  const waiting = needs.map((before) => before.length);
  const readers = nodes.map((): number[] => []);
  needs.forEach((before, i) => before.forEach((j) => readers[j]!.push(i)));
  const ready = nodes.flatMap((_, i) => (waiting[i] === 0 ? [i] : []));
  // The list grows while it is walked.
  for (const i of ready) for (const reader of readers[i]!) if (--waiting[reader]! === 0) ready.push(reader);
  if (ready.length < nodes.length) {
    const stuck = cycleFrom(
      waiting.findIndex((count) => count > 0),
      needs,
      waiting,
    );
    throw new SignflipError("SF_ONNX", `nodes form a cycle: ${inWords(nodes[stuck]!)} reads what is computed from its own output`);
  }
  return ready.map((i) => nodes[i]!);
}

/** A node that stands in a cycle: what waits for ever leads to one, backward. */
function cycleFrom(start: number, needs: readonly (readonly number[])[], waiting: readonly number[]): number {
  const seen = new Set<number>();
  let at = start;
  while (!seen.has(at)) {
    seen.add(at);
    at = needs[at]!.find((before) => waiting[before]! > 0)!;
  }
  return at;
}

export const inWords = ({ opType, name, output }: NodeProto): string => `${opType}${name ? ` (node ${name})` : output[0] ? ` (its output ${output[0]})` : ""}`;

/** The names that a node reads, those that its subgraphs take from around them included. */
function readsOf(node: NodeProto): Set<string> {
  const names = new Set(node.input.filter((name) => name !== ""));
  for (const { g, graphs } of node.attribute) for (const graph of g ? [g, ...graphs] : graphs) for (const name of freeNames(graph)) names.add(name);
  return names;
}

function freeNames(graph: GraphProto): string[] {
  const own = new Set([...graph.input.map(({ name }) => name), ...graph.initializer.map(({ name }) => name), ...graph.node.flatMap(({ output }) => output)]);
  const read = new Set([...graph.node.flatMap((node) => [...readsOf(node)]), ...graph.output.map(({ name }) => name)]);
  return [...read].filter((name) => !own.has(name));
}
