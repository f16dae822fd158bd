import type { CellRecord } from "../experiment/experiment.ts";
import type { Batch } from "./order.ts";
import type { StoredCell } from "./store.ts";

/* The messages between a runner and its workers: plain data, independent of how it is sent. */

/** To a worker: compute these cells of one trajectory. */
export interface BatchTask {
  readonly batch: Batch;
  readonly threads: number;
  readonly cacheFolder: string;
  readonly dataFolder?: string;
}

/** From a worker. */
export type BatchMessage =
  | { readonly kind: "epoch"; readonly record: CellRecord }
  | { readonly kind: "result"; readonly stored: StoredCell }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly code?: string; readonly message: string };
