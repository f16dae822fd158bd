import type { Rewritten } from "./batched.ts";
import { type FlatBox, at } from "../../data/box.ts";
import { withSession } from "../../runtime/session.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { random } from "../../util/random.ts";
import type { Activation, Head } from "./head.ts";

/** Points at random in the box, or with numbers from 0 to 1, `[n, …inputShape]`. */
export function randomPoints(inputShape: readonly number[], n: number, box: FlatBox | undefined, seed = 0): Float32Array {
  const d = sizeOf(inputShape);
  const stream = random(seed, "verify");
  return Float32Array.from({ length: n * d }, (_, i) => {
    const [low, high] = box ? [at(box.low, i % d), at(box.high, i % d)] : [0, 1];
    return low + stream.uniform() * (high - low);
  });
}

interface Scores {
  readonly alone: Float64Array;
  readonly together: Float64Array;
}

/** Scores of a graph of many samples, `[n, K]`: each by itself, and all at once if the graph takes several. One session: it holds a copy of the weights. */
export async function scoresOfGraph({ model, isAlone }: Rewritten, inputShape: readonly number[], x: Float32Array): Promise<Scores> {
  const d = sizeOf(inputShape);
  const element = model.graph.inputs[0]!.type.element;
  return withSession(model, {}, async (session) => {
    const run = async (rows: Float32Array) => {
      const data = element === "float64" ? Float64Array.from(rows) : rows;
      const tensor = element === "float64" ? ({ element, shape: [rows.length / d, ...inputShape], data } as const) : undefined;
      const { scores } = await session.run({ x: tensor ?? { element: "float32", shape: [rows.length / d, ...inputShape], data: rows } });
      return Float64Array.from(scores!.data as ArrayLike<number>);
    };
    const parts: number[] = [];
    for (let i = 0; i < x.length; i += d) parts.push(...(await run(x.subarray(i, i + d))));
    const alone = Float64Array.from(parts);
    return { alone, together: isAlone ? alone : await run(x) };
  });
}

/** What a file gives for logits, if it ends in such an activation. */
export function activated(logits: Float64Array, activation: Activation, isPair: boolean): Float64Array {
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  switch (activation) {
    case "none":
      return logits;
    case "sigmoid":
      return isPair ? Float64Array.of(1 - sigmoid(logits[0]!), sigmoid(logits[0]!)) : logits.map(sigmoid);
    case "hard-sigmoid":
      return logits;
    case "softmax":
    case "log-softmax": {
      const most = Math.max(...logits);
      const log = most + Math.log(logits.reduce((sum, z) => sum + Math.exp(z - most), 0));
      return logits.map((z) => (activation === "softmax" ? Math.exp(z - log) : z - log));
    }
  }
}

/** The largest difference between two lists of scores, relative to the largest score of a sample where that is above 1. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let scale = 1;
  for (let i = 0; i < a.length; i++) scale = Math.max(scale, Math.abs(b[i]!));
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Object.is(a[i], b[i]) || a[i] === b[i] ? 0 : Math.abs(a[i]! - b[i]!) / scale);
  return worst;
}

interface Compared {
  readonly graph: Rewritten;
  readonly inputShape: readonly number[];
  readonly x: Float32Array;
  readonly head: Head;
  readonly isLog: boolean;
  readonly isSmallest: boolean;
}
type Predict = (x: Float32Array) => Promise<readonly { readonly scores: Float64Array }[]>;

interface Comparison {
  readonly batch: number;
  readonly file: number;
  /** Not every score is NaN or infinite. */
  readonly areNumbers: boolean;
}

/** How far scores of samples together are from those of each alone, and those from what the file gives. */
export async function compare({ graph, inputShape, x, head, isLog, isSmallest }: Compared, predict: Predict): Promise<Comparison> {
  const n = x.length / sizeOf(inputShape);
  if (n === 0) return { batch: 0, file: 0, areNumbers: true };
  const { alone, together } = await scoresOfGraph(graph, inputShape, x);
  const width = alone.length / n;
  let file = 0;
  const said = await predict(x);
  said.forEach(({ scores }, i) => {
    const own = alone.slice(i * width, (i + 1) * width).map((score) => (isSmallest ? -score : isLog ? Math.exp(score) : score));
    // A label, or a choice among scores, cannot be compared with all of them.
    if (head.label === undefined && head.activation !== "hard-sigmoid" && !head.cut.includes("TopK"))
      file = Math.max(file, largestDifference(activated(own, head.activation, head.isPair), scores));
  });
  return { batch: largestDifference(together, alone), file, areNumbers: alone.some(Number.isFinite) };
}
