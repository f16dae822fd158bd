import { Session, dataOf } from "../runtime/session.ts";
import type { EngineOptions } from "../runtime/engine.ts";
import type { ClassifierShape } from "../model/classifier.ts";
import { type Tensor, arrayTypes, sizeOf } from "../tensor/tensor.ts";
import { type PieceGraphs, type Plan, afterName, attackGraph, beforeName, pieceGraphs } from "./graph.ts";

/** Feeds with a row for each sample of a batch, and the weights, which have none. */
export interface Feeds {
  readonly rows: Readonly<Record<string, Tensor>>;
  readonly weights: Readonly<Record<string, Tensor>>;
}

/** What a path asks between steps. */
export interface Watch {
  /** Throws where the run is to stop. */
  check(): void;
  /** Whether a sample that is left alone in a batch is computed twice: the engine has another kernel for one row, which rounds differently. */
  readonly pair: boolean;
  /**
   * Samples that seem broken, by their rows, with the perturbations that do it, `[rows, d]`: those that are leave the batch.
   * @returns 1 for each that leaves
   */
  leave?(rows: readonly number[], delta: Float32Array): Promise<Uint8Array>;
}

/** What came of a path, for every row of the batch. */
export interface Found {
  /** `[n, d]`; 0 for those that left */
  readonly delta: Float32Array;
  /** 1 where any of the points looked at had a gradient. */
  readonly gradient: Uint8Array;
  /** 1 for samples that left on the way. */
  readonly left: Uint8Array;
  /** Passes through the model. */
  readonly forward: Uint32Array;
  readonly backward: Uint32Array;
}

/** A way to run the steps of an attack on one batch. */
export interface Path {
  run(feeds: Feeds, watch: Watch): Promise<Found>;
  dispose(): Promise<void>;
}

/** All steps in one run of the engine: the least work outside of the model, and nothing can happen in between. */
export async function wholePath(model: ClassifierShape, plan: Plan, engine: EngineOptions): Promise<Path> {
  const session = await Session.create(attackGraph(model, plan), engine);
  const [forward, backward] = passesOf(plan);
  return {
    async run({ rows, weights }) {
      const n = countOf(rows);
      const out = await session.run({ ...rows, ...weights });
      const gradient = Uint8Array.from(dataOf(out, "found", "float32"));
      return {
        delta: dataOf(out, "delta", "float32"),
        gradient,
        left: new Uint8Array(n),
        forward: new Uint32Array(n).fill(forward),
        backward: new Uint32Array(n).fill(backward),
      };
    },
    dispose: () => session.dispose(),
  };
}

/** Passes through the model in one run of an attack, each a forward and a backward count. */
export function passesOf({ rule, options }: Pick<Plan, "rule" | "options">): [forward: number, backward: number] {
  const steps = rule.steps(options);
  return [steps + +(rule.end !== undefined), steps];
}

export type StateTensors = Readonly<Record<string, Tensor>>;

/** The pieces of a path: its state goes in and out. */
export interface Pieces {
  readonly plan: Plan;
  begin(feeds: Feeds): Promise<StateTensors>;
  /** Takes `count` steps, of which the first is the path's step `first`. */
  steps(feeds: Feeds, state: StateTensors, first: number, count: number): Promise<StateTensors>;
  /** The perturbations at the end, `[n, d]`. */
  end(feeds: Feeds, state: StateTensors): Promise<Tensor>;
  dispose(): Promise<void>;
}

/** The pieces of an attack on a model that is a graph. */
export async function graphPieces(model: ClassifierShape, plan: Plan, keepsLowest: boolean, engine: EngineOptions): Promise<Pieces> {
  const { begin, steps, end, dispose } = await sessionsOf(pieceGraphs(model, plan, keepsLowest), engine);
  return {
    plan,
    begin: async ({ rows }) => stateAfter(await begin.run(rows)),
    steps: async ({ rows, weights }, state, first, count) =>
      stateAfter(await steps.run({ ...rows, ...weights, ...stateBefore(state), first: whole(first), count: whole(count) })),
    end: async ({ rows, weights }, state) => (end ? (await end.run({ ...rows, ...weights, ...stateBefore(state) }))["delta"]! : state["delta"]!),
    dispose,
  };
}

/** Sessions of all pieces, or none if one of them cannot be made. */
export async function sessionsOf(graphs: PieceGraphs, engine: EngineOptions) {
  const made: Session[] = [];
  const dispose = async () => void (await Promise.all(made.map((session) => session.dispose())));
  try {
    for (const graph of [graphs.begin, graphs.steps, ...(graphs.end ? [graphs.end] : [])]) made.push(await Session.create(graph, engine));
  } catch (cause) {
    await dispose();
    throw cause;
  }
  return { begin: made[0]!, steps: made[1]!, end: made[2], dispose };
}

export const stateAfter = (out: Readonly<Record<string, Tensor>>): StateTensors =>
  Object.fromEntries(Object.entries(out).map(([name, value]) => [name.slice(afterName("").length), value]));
export const stateBefore = (state: StateTensors): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(state).map(([name, value]) => [beforeName(name), value]));
export const whole = (value: number): Tensor => ({ element: "int64", shape: [], data: BigInt64Array.of(BigInt(value)) });

/** How long one run of the engine may take about, in ms, if nothing but the time decides. */
const patience = 500;
/** The most steps between two looks at which samples are broken. */
const mostSteps = 10;

/** Some steps at a time: between them samples leave, and the run can be stopped. Which rows share a batch changes no row's numbers. */
export function piecewisePath(pieces: Pieces): Path {
  const { plan } = pieces;
  const total = plan.rule.steps(plan.options);
  return {
    async run(feeds, watch) {
      const n = countOf(feeds.rows);
      const found = { gradient: new Uint8Array(n), left: new Uint8Array(n), forward: new Uint32Array(n), backward: new Uint32Array(n) };
      const delta = new Float32Array(n * plan.d);
      /** Positions to compute: those given, and a lone one twice. */
      const paired = (rows: readonly number[]) => (rows.length === 1 && watch.pair ? [rows[0]!, rows[0]!] : rows);
      let here = Array.from({ length: n }, (_, i) => i);
      let now = n === 1 && watch.pair ? { ...feeds, rows: rowsOf(feeds.rows, [0, 0]) } : feeds;
      let state = await pieces.begin(now);
      let many = 1;
      for (let first = 0, count = 1; first < total; first += many) {
        watch.check();
        const began = performance.now();
        many = Math.min(count, total - first);
        state = await pieces.steps(now, state, first, many);
        for (const i of here) [found.forward[i], found.backward[i]] = [found.forward[i]! + many, found.backward[i]! + many];
        const follows = numbers(state["found"]!);
        here.forEach((i, k) => (found.gradient[i] = follows[k]!));
        if (!watch.leave) {
          // The first step also warms the engine up.
          if (first > 0) count = Math.max(1, Math.min(total, Math.round((many * patience) / (performance.now() - began))));
          continue;
        }
        count = Math.min(mostSteps, 2 * count);
        const gone = await leaving(here, state, watch.leave.bind(watch), plan.d);
        if (gone.size === 0) continue;
        for (const k of gone) found.left[here[k]!] = 1;
        const kept = here.flatMap((_, k) => (gone.has(k) ? [] : [k]));
        here = kept.map((k) => here[k]!);
        if (here.length === 0) return { ...found, delta };
        state = rowsOf(state, paired(kept));
        now = { ...now, rows: rowsOf(now.rows, paired(kept)) };
      }
      watch.check();
      const last = numbers(await pieces.end(now, state));
      here.forEach((i, k) => {
        delta.set(last.subarray(k * plan.d, (k + 1) * plan.d), i * plan.d);
        if (plan.rule.end) found.forward[i]!++;
      });
      return { ...found, delta };
    },
    dispose: () => pieces.dispose(),
  };
}

/** The positions in the batch of those that leave it. */
async function leaving(here: readonly number[], { low, hit }: StateTensors, leave: NonNullable<Watch["leave"]>, d: number): Promise<Set<number>> {
  const margins = numbers(low!);
  const broken = here.flatMap((_, k) => (margins[k]! <= 0 ? [k] : []));
  if (broken.length === 0) return new Set();
  const perturbations = new Float32Array(broken.length * d);
  broken.forEach((k, at) => perturbations.set(numbers(hit!).subarray(k * d, (k + 1) * d), at * d));
  const gone = await leave(
    broken.map((k) => here[k]!),
    perturbations,
  );
  return new Set(broken.filter((_, at) => gone[at]));
}

const countOf = ({ x }: Readonly<Record<string, Tensor>>): number => x!.shape[0]!;
const numbers = ({ data }: Tensor) => data as Float32Array;

/** Some rows of tensors. */
export function rowsOf(tensors: Readonly<Record<string, Tensor>>, rows: readonly number[]): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, some(tensor, rows)]));
}

function some({ element, shape, data }: Tensor, rows: readonly number[]): Tensor {
  const width = sizeOf(shape.slice(1));
  const taken = new arrayTypes[element](rows.length * width) as Float32Array;
  rows.forEach((row, k) => taken.set((data as Float32Array).subarray(row * width, (row + 1) * width), k * width));
  return { element, shape: [rows.length, ...shape.slice(1)], data: taken };
}
