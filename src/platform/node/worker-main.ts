import type { Split } from "../../data/dataset.ts";
import { saveNetwork } from "../../model/two-layer/onnx.ts";
import { useNodeEngine } from "./engine.ts";
import type { CellConfig } from "../../experiment/cell.ts";
import { loadSplit } from "../../experiment/data.ts";
import { runTrajectory, trainingNote } from "../../experiment/run-cell.ts";
import { internal, SignflipError } from "../../util/errors.ts";
import { dataSource } from "./idx-folder.ts";
import { diskStore } from "./store.ts";
import type { BatchMessage, BatchTask } from "./pool.ts";

/**
 * The life of a child of the pool (bin/worker.js): batches of cells come in over IPC, one at a time, and results go out. `modules`
 * are the addresses of modules to import before the first: they may register experiments, datasets and the like.
 */
export async function serveCells(modules: readonly string[] = []): Promise<void> {
  if (process.send === undefined) throw internal("serveCells needs a parent that listens: startPool starts it");
  useNodeEngine();
  for (const module of modules) await import(module);
  // Ctrl-C reaches the whole process group; it is the parent that decides.
  process.on("SIGINT", () => {});
  // The parent is gone, perhaps killed: nobody waits for the result.
  process.on("disconnect", () => process.exit(0));
  const send = (message: BatchMessage) => void process.send!(message);
  const load = loader();
  process.on("message", (task: BatchTask) => {
    compute(task, load, send).catch((cause: unknown) => {
      send(
        cause instanceof SignflipError
          ? { kind: "failed", code: cause.code, message: cause.message }
          : { kind: "failed", message: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) },
      );
    });
  });
}

async function compute(
  { batch, threads, cacheFolder, dataFolder }: BatchTask,
  load: ReturnType<typeof loader>,
  send: (message: BatchMessage) => void,
): Promise<void> {
  const store = diskStore(cacheFolder, { onDamage: () => {} });
  const split = await load(batch[0]!.config.data, dataFolder);
  const configs = batch.map(({ config }) => config);
  for await (const { result, network } of runTrajectory(configs, split, { threads, onEpoch: (record) => send({ kind: "epoch", record }) })) {
    const cell = batch.find(({ key }) => key === result.key);
    if (cell === undefined) throw new SignflipError("SF_DATA", "the data changed while the study ran; run it again");
    const kept = cell.keepNetwork ? { network: await store.putNetwork(cell.key, saveNetwork(network, trainingNote(cell.config, result.history))) } : {};
    send({ kind: "result", stored: { result, ...kept } });
  }
  send({ kind: "done" });
}

/** Loads splits and keeps the last: cells in a row often share it. */
function loader(): (data: CellConfig["data"], folder: string | undefined) => Promise<Split> {
  let last: { name: string; split: Split } | undefined;
  return async (data, folder) => {
    const name = JSON.stringify([data, folder]);
    if (last?.name !== name) last = { name, split: await loadSplit(data, dataSource(folder)) };
    return last.split;
  };
}
