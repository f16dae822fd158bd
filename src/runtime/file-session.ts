import type { InferenceSession, Tensor as EngineTensor } from "onnxruntime-common";
import type { Tensor } from "../tensor/tensor.ts";
import { timed } from "../util/timing.ts";
import { type Engine, type EngineOptions, engine } from "./engine.ts";
import { failure, fromEngine, toEngine } from "./session.ts";

/** An .onnx file as it is, run by the engine alone: nothing of ours has read or changed it. */
export class FileSession {
  readonly #name: string;
  readonly #engine: Engine;
  readonly #session: InferenceSession;

  private constructor(name: string, chosen: Engine, session: InferenceSession) {
    this.#name = name;
    this.#engine = chosen;
    this.#session = session;
  }

  /** @throws SF_ENGINE if the engine refuses the file */
  static async create(bytes: Uint8Array, name: string, options: EngineOptions = {}): Promise<FileSession> {
    const chosen = await engine();
    try {
      return new FileSession(name, chosen, await timed("preparing graphs", () => chosen.create(bytes, options)));
    } catch (cause) {
      throw failure(`${name} on ${chosen.name}`, cause);
    }
  }

  /** Runs the file once and gives some of its outputs. @throws SF_ENGINE if the engine refuses the feeds */
  async run(feeds: Readonly<Record<string, Tensor>>, outputs: readonly string[]): Promise<Record<string, Tensor>> {
    const given = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toEngine(tensor, this.#engine)]));
    try {
      const results = await timed(`running the file ${this.#name}`, () => this.#session.run(given, [...outputs]));
      return Object.fromEntries(outputs.map((name) => [name, fromEngine(name, results[name] as EngineTensor)]));
    } catch (cause) {
      throw failure(this.#name, cause);
    }
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}
