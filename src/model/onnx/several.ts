import type { Graph } from "../../graph/ir.ts";
import { numbersOf, sizeOf, tensorOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { random } from "../../util/random.ts";
import { type OneSample, type Specialization, evaluated, specialize } from "./specialize.ts";
import { largestDifference } from "./verify.ts";

/** How the graph of one sample is made of one for a fixed number of them. */
export type OfSeveral = Pick<Specialization, "fixed" | "copies">;

/**
 * Whether a graph is for a fixed number of samples, the first axis of its input, and how it is then written for one.
 * It is so if its scores have as many rows and each row follows its own sample alone, which is tried. What is written for one sample has to
 * give the scores that the sample has among others; where it cannot be written so, the sample is repeated as often as the graph needs it.
 * @param told the user says that the first axis counts samples
 * @returns undefined for a graph of a single sample
 */
export async function ofSeveral(graph: Graph, specialization: Omit<Specialization, keyof OfSeveral | "finish">, told = false): Promise<OfSeveral | undefined> {
  const { type } = specialization;
  const [batch, ...rest] = type.shape as [number, ...number[]];
  const whole = await orUndefined(() => specialize(graph, specialization));
  if (whole?.y.type.shape?.[0] !== batch) return undefined;
  const size = sizeOf(rest);
  const draw = random(0, "several");
  const points = Array.from({ length: batch * size }, () => draw.uniform());
  const others = Array.from({ length: 3 }, () => points.map((one, i) => (i < size ? draw.uniform() : one)));
  const [scores, ...changed] = (await scoresOf(whole, [points, ...others])) as [number[], ...number[][]];
  const width = scores.length / batch;
  // A vector of scores may be that of one sample, too: then each score has to follow its row.
  const follows = whole.y.type.shape.length > 1 || changed.some((one) => !isClose(one.slice(0, width), scores.slice(0, width)));
  if (!told && !(follows && changed.every((one) => isClose(one.slice(width), scores.slice(width))))) return undefined;

  const fixed = { batch, whole: whole.values };
  const keepsScores = await orUndefined(async () => {
    const one = await specialize(graph, { ...specialization, type: { ...type, shape: [1, ...rest] }, fixed });
    const ends = [0, batch - 1];
    const alone = await scoresOf(
      one,
      ends.map((row) => points.slice(row * size, (row + 1) * size)),
    );
    return ends.every((row, i) => isClose(alone[i]!, scores.slice(row * width, (row + 1) * width)));
  });
  return keepsScores ? { fixed } : { copies: batch };
}

const isClose = (a: readonly number[], b: readonly number[]) => largestDifference(a, b) < 1e-4;

async function scoresOf({ x, y }: OneSample, inputs: readonly (readonly number[])[]): Promise<number[][]> {
  const { element, shape } = x.type;
  const feeds = inputs.map((data) => tensorOf(element === "float64" ? element : "float32", shape as number[], data));
  return (await evaluated(y, x, feeds)).map((scores) => [...numbersOf(scores)]);
}

/** What a function gives; undefined where the graph cannot be written or run so. */
async function orUndefined<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof SignflipError) return undefined;
    throw error;
  }
}
