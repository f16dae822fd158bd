import type { CellRecord, RunContext } from "../../experiment/experiment.ts";
import type { BatchMessage, BatchTask } from "../../study/protocol.ts";
import { serveBatch } from "../../study/serve.ts";
import { internal, SignflipError } from "../../util/errors.ts";
import { runContext } from "./context.ts";
import { useNodeEngine } from "./engine.ts";
import { sourceFingerprint } from "./source-fingerprint.ts";
import { diskStore } from "./store.ts";

/**
 * The life of a child of the pool (bin/worker.js): batches of cells come in over IPC, one at a time, and results go out. `modules`
 * are the addresses of modules to import before the first: they may register experiments, datasets and the like.
 */
export async function serveCells(modules: readonly string[] = []): Promise<void> {
  if (process.send === undefined) throw internal("serveCells needs a parent that listens: startPool starts it");
  useNodeEngine();
  // Ctrl-C reaches the whole process group; it is the parent that decides.
  process.on("SIGINT", () => {});
  // The parent is gone, perhaps killed: nobody waits for the result.
  process.on("disconnect", () => process.exit(0));
  for (const module of modules) await import(module);
  const send = (message: BatchMessage) => void process.send!(message);
  // Tasks of one study read the same folder, and tasks in a row often the same data.
  let last: { readonly folder: string | undefined; readonly context: RunContext } | undefined;
  const contextOf = (folder: string | undefined) =>
    (last?.folder === folder && last ? last : (last = { folder, context: runContext({ dataFolder: folder }) })).context;
  process.on("message", (task: BatchTask) => {
    compute(task, contextOf(task.dataFolder), send).catch((cause: unknown) => {
      send(
        cause instanceof SignflipError
          ? { kind: "failed", code: cause.code, message: cause.message }
          : { kind: "failed", message: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) },
      );
    });
  });
}

async function compute({ batch, threads, cacheFolder }: BatchTask, read: RunContext, send: (message: BatchMessage) => void): Promise<void> {
  const store = diskStore(cacheFolder, { onDamage: () => {} });
  const context = {
    ...read,
    threads,
    onEpoch: (record: CellRecord) => send({ kind: "epoch", record }),
    fileFingerprint: sourceFingerprint,
  };
  for await (const stored of serveBatch(batch, context, store)) send({ kind: "result", stored });
  send({ kind: "done" });
}
