import type { InferenceSession, TensorConstructor } from "onnxruntime-common";
import { SignflipError } from "../util/errors.ts";
import { timed } from "../util/timing.ts";

export type ExecutionProvider = "cpu" | "webgpu" | "cuda" | "coreml" | "dml" | "wasm";

/** How an engine runs a graph. */
export interface EngineOptions {
  /**
   * Threads within one operator, at most: a session takes fewer where more would change the last bits of its results
   * (`steadyThreads`). Default: the engine's choice.
   */
  readonly threads?: number;
  /** The device that computes. Default: the CPU. */
  readonly provider?: ExecutionProvider;
}

/** What differs between Node's engine and a browser's, and nothing else. */
export interface Engine {
  readonly name: string;
  readonly Tensor: TensorConstructor;
  /** Threads of a session for which none are asked. Where left out, the engine chooses. */
  readonly threads?: number;
  /** Bytes of memory that arrays may take, if known. */
  readonly memory?: number;
  create(bytes: Uint8Array, options: EngineOptions): Promise<InferenceSession>;
}

let current: (() => Promise<Engine>) | undefined;

/** Chooses the engine of every session made from now on; `platform/node/engine.ts` and a browser's counterpart call it. */
export function useEngine(load: () => Promise<Engine>): void {
  let engine: Promise<Engine> | undefined;
  current = () => (engine ??= timed("loading the engine", load));
}

export async function engine(): Promise<Engine> {
  if (!current) throw new SignflipError("SF_ENGINE", 'no engine has been chosen: import "signflip", or call useEngine first');
  return current();
}
