import type { InferenceSession, Tensor as EngineTensor } from "onnxruntime-common";
import { encodeModel } from "../graph/encode.ts";
import { type Model, type TensorType, agreedElement, holds, showType } from "../graph/ir.ts";
import { type ElementArrays, type ElementType, type Tensor, arrayTypes, sizeOf } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";
import { kindOf, withArticle } from "../util/kind.ts";
import { nearest } from "../util/nearest.ts";
import { timed } from "../util/timing.ts";
import { type Engine, type EngineOptions, engine } from "./engine.ts";
import { guarded } from "./guards.ts";
import { gibibytes } from "./memory.ts";
import { placed } from "./placement.ts";
import { steadyThreads } from "./threads.ts";

/** A graph made ready to run. Feeds are checked against the graph before the engine sees them. */
export class Session {
  readonly #model: Model;
  readonly #engine: Engine;
  readonly #session: InferenceSession;

  private constructor(model: Model, chosen: Engine, session: InferenceSession) {
    this.#model = model;
    this.#engine = chosen;
    this.#session = session;
  }

  /** @throws SF_ENGINE if the engine refuses the graph or the provider; the message names both. */
  static async create(model: Model, options: EngineOptions = {}): Promise<Session> {
    const chosen = await engine();
    try {
      const threads = options.threads ?? chosen.threads;
      const steady = threads === undefined ? {} : { threads: Math.min(threads, steadyThreads(model)) };
      return new Session(model, chosen, await timed("preparing graphs", () => chosen.create(encodeModel(placed(guarded(model))), { ...options, ...steady })));
    } catch (cause) {
      throw failure(`graph ${model.graph.name} on ${chosen.name}${options.provider ? ` (${options.provider})` : ""}`, cause);
    }
  }

  /**
   * Runs the graph once.
   * @param feeds one tensor per input; typed arrays are read in place, not copied.
   * @returns one tensor per output, each in its own memory. Outputs that a `Tensor` does not hold (strings, sequences) are left out.
   * @throws SF_FEED if a feed is unknown, missing, not a tensor, or has the wrong type or shape; SF_ENGINE if the run fails.
   */
  async run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const { graph } = this.#model;
    checkFeeds(this.#model, feeds);
    const given = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toEngine(tensor, this.#engine)]));
    const outputs = graph.outputs.filter(({ type }) => type.element === "unknown" || holds(type.element)).map(({ name }) => name);
    let results: InferenceSession.OnnxValueMapType;
    try {
      results = await timed(`running the graph ${graph.name}`, () => this.#session.run(given, outputs));
    } catch (cause) {
      throw failure(`graph ${graph.name}`, cause);
    }
    return Object.fromEntries(outputs.map((name) => [name, fromEngine(name, results[name] as EngineTensor)]));
  }

  /** Frees the engine's memory. */
  async dispose(): Promise<void> {
    await this.#session.release();
  }
}

/** Makes a session, hands it to a function, and frees it whatever happens. */
export async function withSession<R>(model: Model, options: EngineOptions, use: (session: Session) => Promise<R>): Promise<R> {
  const session = await Session.create(model, options);
  try {
    return await use(session);
  } finally {
    await session.dispose();
  }
}

/**
 * A tensor as the engine takes it. Where JavaScript has a Float16Array (Node 24), the engine's tensor makes one of the bits of float16 numbers,
 * and then its binding finds no bytes in it ("not enough space"): it is given the bits themselves.
 */
export function toEngine({ element, shape, data }: Tensor, { Tensor: Made }: Engine): EngineTensor {
  const tensor = new Made(element, data as Float32Array, [...shape]);
  return element === "float16" ? Object.defineProperty(tensor, "data", { value: data }) : tensor;
}

export function fromEngine(name: string, value: EngineTensor): Tensor {
  const element = value.type as ElementType;
  if (!holds(element)) throw new SignflipError("SF_ENGINE", `output ${name} holds ${value.type} elements, which cannot be read`);
  const { buffer, byteOffset, length } = value.data as Uint16Array;
  const data = element === "float16" ? new Uint16Array(buffer, byteOffset, length) : (value.data as ElementArrays[ElementType]);
  return { element, shape: value.dims, data };
}

/** The elements of an output of a known type. */
export function dataOf<E extends ElementType>(outputs: Readonly<Record<string, Tensor>>, name: string, element: E): ElementArrays[E] {
  const output = outputs[name];
  if (!output || output.element !== element) throw new SignflipError("SF_ENGINE", `output ${name}: expected ${element}, got ${output?.element ?? "nothing"}`);
  return output.data as ElementArrays[E];
}

/** The only element of an output, as a number. */
export function numberOf(outputs: Readonly<Record<string, Tensor>>, name: string): number {
  return Number(outputs[name]?.data[0]);
}

/** A caller in plain JavaScript can feed anything: what comes in is looked at, whatever its type says. */
function checkFeeds({ graph }: Model, feeds: Readonly<Record<string, unknown>>): asserts feeds is Readonly<Record<string, Tensor>> {
  const fail = (why: string): never => {
    throw new SignflipError("SF_FEED", `graph ${graph.name}: ${why}`);
  };
  if (typeof feeds !== "object" || feeds === null) fail(`expected an object with a tensor for each input, got ${kindOf(feeds)}`);
  const names = graph.inputs.map(({ name }) => name);
  for (const name of Object.keys(feeds)) {
    if (names.includes(name)) continue;
    // What is fed under another name is no candidate: a name that is left over is most likely the one that is missing.
    const similar = nearest(
      name,
      names.filter((input) => feeds[input] === undefined),
    );
    fail(
      `it has no input ${name}${similar === undefined ? ` (${names.length > 0 ? `it has ${names.join(", ")}` : "it has none"})` : `; did you mean ${similar}?`}`,
    );
  }
  const symbols = new Map<string, number>();
  for (const { name, type } of graph.inputs) {
    const feed = feeds[name];
    if (feed === undefined) fail(`input ${name} is missing: expected ${showType(type)}`);
    else if (!isTyped(feed)) fail(`input ${name}: expected a tensor, { element, shape, data }, got ${kindOf(feed)}`);
    else if (!fits(type, feed, symbols)) fail(`input ${name}: expected ${showType(type)}, got ${showType(feed)}${boundSymbols(type, symbols)}`);
    else if (kindOf(feed.data) !== withArticle(arrayTypes[feed.element].name))
      fail(`input ${name}: ${feed.element} elements must be ${withArticle(arrayTypes[feed.element].name)}, got ${kindOf(feed.data)}`);
    else if (feed.data.length !== sizeOf(feed.shape))
      fail(`input ${name}: shape [${feed.shape.join(", ")}] needs ${sizeOf(feed.shape)} elements, got ${feed.data.length}`);
  }
}

/** Whether something says its type, as a tensor does. */
function isTyped(feed: unknown): feed is Tensor {
  if (typeof feed !== "object" || feed === null || !("element" in feed) || !("shape" in feed)) return false;
  return (
    typeof feed.element === "string" &&
    Object.hasOwn(arrayTypes, feed.element) &&
    Array.isArray(feed.shape) &&
    feed.shape.every((size) => Number.isInteger(size) && size >= 0)
  );
}

function fits(type: TensorType, feed: Tensor, symbols: Map<string, number>): boolean {
  if (!agreedElement(type.element, feed.element)) return false;
  if (!type.shape) return true;
  if (type.shape.length !== feed.shape.length) return false;
  return type.shape.every((dim, axis) => {
    const size = feed.shape[axis]!;
    if (typeof dim === "number") return dim === size;
    if (dim.startsWith("?")) return true;
    if (!symbols.has(dim)) symbols.set(dim, size);
    return symbols.get(dim) === size;
  });
}

function boundSymbols({ shape }: TensorType, symbols: ReadonlyMap<string, number>): string {
  const bound = (shape ?? []).filter((dim) => typeof dim === "string" && symbols.has(dim)).map((dim) => `${dim} = ${symbols.get(String(dim))}`);
  return bound.length > 0 ? ` (with ${bound.join(", ")})` : "";
}

export function failure(where: string, cause: unknown): SignflipError {
  if (cause instanceof SignflipError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const [refused, size] = /Failed to allocate memory for requested buffer of size (\d+)|bad_alloc/.exec(message) ?? [];
  if (refused)
    return new SignflipError("SF_MEMORY", `${where}: ${size ? `an array of ${gibibytes(Number(size))}` : "an array"} does not fit into memory`, { cause });
  return new SignflipError("SF_ENGINE", `${where}: ${message.split("\n")[0]}`, { cause });
}
