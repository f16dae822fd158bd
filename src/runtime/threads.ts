import type { Dim, Graph, Model, Node, Value } from "../graph/ir.ts";

/**
 * The largest number of threads with which a graph computes, bit for bit, what one thread computes. `Session` never uses more, so that no
 * result depends on the machine's cores or on the number of threads requested.
 *
 * Measured with ONNX Runtime 1.30 on x64, and in agreement with the source of its matrix product. A product `[M, K]·[K, N]` with
 * N > M is divided among threads by columns, 16 at a time; one with N ≤ M by rows. A thread sums over K in panels, and panels are
 * longer if a thread has fewer columns: 128 terms for 65 columns or more, 256 for 33 to 64, 512 for 17 to 32, otherwise 1,024. Different panels
 * round differently. So threads change nothing while each has 65 columns or more, or where K ≤ 128 is a single panel.
 */
export function steadyThreads({ graph }: Model): number {
  return Math.min(...nodesOf(graph).map((node) => rules[node.op]?.(node) ?? Infinity));
}

/** What divides its work by whole results, as sums along an axis do, has no rule here: any number of threads gives the same bits. */
const rules: Readonly<Record<string, (node: Node) => number>> = {
  ConvTranspose: ofTransposed,
  Gemm: ofProduct,
  LRN: () => 1,
  Log: ofVectors,
  MatMul: ofProduct,
  Softplus: ofVectors,
};

/** Columns that a thread is given at a time, and the fewest of these blocks with more than 64 columns. */
const columnsAtATime = 16;
const blocksPerThread = 5;
const shortestPanel = 128;

function ofProduct({ inputs, outputs, attributes }: Node): number {
  const isTransposed = (name: string) => attributes[name]?.kind === "int" && attributes[name].value === 1;
  const inner = sizeAt(inputs[0]!, isTransposed("transA") ? -2 : -1);
  return ofMatrices(sizeAt(outputs[0]!, -2), inner, sizeAt(outputs[0]!, -1), isTransposed("transB"));
}

/** The product that a transposed convolution is computed by: kernels × positions of the input, over the input's channels of a group. */
function ofTransposed({ inputs, attributes }: Node): number {
  const [positions, [channels, ...kernel]] = [inputs[0]!.type.shape?.slice(2) ?? [], inputs[1]!.type.shape ?? []];
  const group = attributes["group"]?.kind === "int" ? attributes["group"].value : 1;
  const total = (dims: readonly Dim[]) => (dims.every((dim) => typeof dim === "number") ? dims.reduce((a, b) => a * b, 1) : undefined);
  return ofMatrices(total(kernel), typeof channels === "number" ? channels / group : undefined, total(positions), false);
}

/** A product of `rows` by `inner` and `inner` by `columns`. */
function ofMatrices(rows: Dim | undefined, inner: Dim | undefined, columns: Dim | undefined, transposedRight: boolean): number {
  if (typeof inner === "number" && inner <= shortestPanel) return Infinity;
  if (typeof columns !== "number") return 1;
  // A matrix times a vector has a kernel of its own, which sums differently in the last rows of a block.
  if (columns === 1) return transposedRight ? Infinity : 1;
  // The same holds for a single row.
  if (typeof rows === "number" && rows >= columns) return Math.max(1, Math.floor(rows / 2));
  const blocks = Math.ceil(columns / columnsAtATime);
  // A single block is not divided by columns, and for rows to be divided, there must be as many as columns.
  if (blocks === 1) return Math.max(1, Math.floor(columns / 2));
  return Math.max(1, Math.floor(blocks / blocksPerThread));
}

/**
 * Computed several numbers at once, with another formula for those that are left over at the end of a thread's part. Arrays of
 * 12,665 numbers are not divided, arrays of 50,001 are. A size that is only known when the graph runs is taken for a batch's.
 */
function ofVectors({ outputs }: Node): number {
  const size = outputs[0]!.type.shape?.reduce<number>((product, dim) => product * (typeof dim === "number" ? dim : 512), 1);
  return size !== undefined && size <= 12_665 ? Infinity : 1;
}

const sizeAt = ({ type }: Value, axis: number): Dim | undefined => type.shape?.at(axis);

/** All nodes, those of loops and branches included. */
function nodesOf({ nodes }: Graph): Node[] {
  const inside = (node: Node) => Object.values(node.attributes).flatMap((attribute) => (attribute.kind === "graph" ? nodesOf(attribute.value) : []));
  return nodes.flatMap((node) => [node, ...inside(node)]);
}
