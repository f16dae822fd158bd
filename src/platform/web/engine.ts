import type { Env } from "onnxruntime-common";
import { useEngine } from "../../runtime/engine.ts";
import { SignflipError } from "../../util/errors.ts";

/** How a page runs ONNX Runtime. Read once, before the first session. */
export interface WebEngineOptions {
  /** Whether to load the larger build, which also has WebGPU, so that `provider: "webgpu"` works. Default false. */
  readonly gpu?: boolean;
  /** The URL of ONNX Runtime's .wasm file, or of its folder. Default: beside the script, where bundlers put it. */
  readonly wasm?: string | URL;
  /** Threads of the CPU. More than one needs a page that is cross-origin isolated (COOP and COEP headers). Default: the engine's choice. */
  readonly threads?: number;
}

/** WebAssembly addresses no more than this. */
const mostMemory = 2 ** 32;

/** Chooses ONNX Runtime's WebAssembly engine: the npm package onnxruntime-web, which a page installs beside this one. */
export function useWebEngine({ gpu = false, wasm, threads }: WebEngineOptions = {}): void {
  useEngine(async () => {
    const ort = await (gpu ? import("onnxruntime-web/webgpu") : import("onnxruntime-web/wasm")).catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
      throw new SignflipError("SF_ENGINE", `onnxruntime-web cannot be loaded (${why}): install it beside signflip`, { cause });
    });
    const flags: Env.WebAssemblyFlags = ort.env.wasm;
    if (wasm !== undefined) flags.wasmPaths = placeOf(wasm);
    if (threads !== undefined) flags.numThreads = threads;
    return {
      name: "onnxruntime-web",
      Tensor: ort.Tensor,
      memory: mostMemory,
      create: (bytes, { provider = "cpu" }) =>
        ort.InferenceSession.create(bytes, {
          executionProviders: provider === "cpu" ? ["wasm"] : [provider, "wasm"],
          graphOptimizationLevel: "all",
          logSeverityLevel: 4,
        }),
    };
  });
}

function placeOf(wasm: string | URL): Env.WasmPrefixOrFilePaths {
  const text = String(wasm);
  return text.endsWith(".wasm") ? { wasm: text } : text.replace(/\/?$/, "/");
}
