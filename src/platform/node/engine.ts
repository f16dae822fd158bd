import { availableParallelism, totalmem } from "node:os";
import { SignflipError } from "../../util/errors.ts";
import { useEngine } from "../../runtime/engine.ts";

/**
 * Chooses ONNX Runtime's native engine. Its usage reports are switched off before its library is loaded: it
 * reads the switch once, on the main thread, at its first session.
 */
export function useNodeEngine(): void {
  process.env["ORT_DISABLE_TELEMETRY"] = "1";
  useEngine(async () => {
    const ort = await import("onnxruntime-node").catch((cause: unknown) => {
      throw new SignflipError("SF_ENGINE", `onnxruntime-node cannot be loaded (${cause instanceof Error ? cause.message.split("\n")[0] : String(cause)})`, {
        cause,
      });
    });
    return {
      name: "onnxruntime-node",
      Tensor: ort.Tensor,
      threads: availableParallelism(),
      // A container's limit where there is one; 0 stands for none.
      memory: Math.min(totalmem(), process.constrainedMemory() || Infinity),
      create: (bytes, { threads, provider = "cpu" }) =>
        ort.InferenceSession.create(bytes, {
          executionProviders: provider === "cpu" ? ["cpu"] : [provider, "cpu"],
          graphOptimizationLevel: "all",
          logSeverityLevel: 4,
          ...(threads === undefined ? {} : { intraOpNumThreads: threads, interOpNumThreads: 1 }),
          // Spinning threads make a busy neighbor twice as slow and gain nothing measurable on a quiet machine.
          extra: { session: { intra_op: { allow_spinning: "0" } } },
        }),
    };
  });
}
