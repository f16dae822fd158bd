import type { CellRecord } from "../experiment/experiment.ts";
import { SignflipError } from "../util/errors.ts";
import { inOrder, type Batch } from "./order.ts";
import type { PlannedCell, PlannedStudy } from "./plan.ts";
import type { ResultStore, StoredCell } from "./store.ts";

/** What an executor reports while it computes a batch. */
export interface BatchHooks {
  readonly onEpoch: (record: CellRecord) => void;
  /** A cell of the batch is finished. */
  readonly onResult: (stored: StoredCell) => void;
}

/** Something that computes batches of cells, several at a time: a pool of processes, or this very thread. */
export interface CellExecutor {
  /** How many batches it takes at once. */
  readonly slots: number;
  /** Computes all cells of a batch and stores their networks if asked to; the runner stores the results. */
  execute(batch: Batch, hooks: BatchHooks): Promise<void>;
}

export type StudyEvent =
  | { readonly kind: "cached"; readonly cell: PlannedCell; readonly stored: StoredCell }
  /** Sent once, before anything runs: what has to be done and what is already there. */
  | { readonly kind: "planned"; readonly toRun: readonly Batch[]; readonly cached: number; readonly total: number }
  | { readonly kind: "started"; readonly batch: Batch }
  | { readonly kind: "epoch"; readonly batch: Batch; readonly record: CellRecord }
  | { readonly kind: "finished"; readonly cell: PlannedCell; readonly stored: StoredCell }
  | { readonly kind: "failed"; readonly cell: PlannedCell; readonly error: Error }
  /** All cells of a batch have finished or failed. */
  | { readonly kind: "ended"; readonly batch: Batch }
  /** All cells of a study are there. */
  | { readonly kind: "complete"; readonly plan: PlannedStudy };

export interface StudyOutcome {
  /** Every cell that is there, by key: cached ones and new ones. */
  readonly results: ReadonlyMap<string, StoredCell>;
  readonly computed: number;
  readonly cached: number;
  readonly failed: readonly { readonly cell: PlannedCell; readonly error: Error }[];
  /** Whether `signal` ended it before all cells were tried. */
  readonly stopped: boolean;
}

export interface RunStudiesOptions {
  readonly store: ResultStore;
  readonly executor: CellExecutor;
  readonly onEvent?: (event: StudyEvent) => void;
  /** Once aborted, nothing new begins; ending what runs is up to the executor. */
  readonly signal?: AbortSignal;
}

/**
 * Runs studies: takes finished cells from the store, has the executor compute the rest in an order that
 * completes the first study early, and puts every finished cell into the store at once. No key is computed
 * twice. A cell that fails is reported and the others go on.
 *
 * @throws SF_FILE if a result cannot be stored, because then every other would fail, too.
 */
export async function runStudies(plans: readonly PlannedStudy[], { store, executor, onEvent = () => {}, signal }: RunStudiesOptions): Promise<StudyOutcome> {
  const results = new Map<string, StoredCell>();
  const failed: { cell: PlannedCell; error: Error }[] = [];
  let givenUp = false;
  const stopped = () => givenUp || (signal?.aborted ?? false);
  const all = inOrder(plans).flat();
  for (const cell of all) {
    const stored = await store.get(cell.key);
    if (stored === undefined || (cell.keepNetwork && !(await store.hasNetwork(stored)))) continue;
    results.set(cell.key, stored);
    onEvent({ kind: "cached", cell, stored });
  }
  const cached = results.size;
  const queue = inOrder(plans, (key) => results.has(key));
  onEvent({ kind: "planned", toRun: [...queue], cached, total: all.length });

  const announced = new Set<PlannedStudy>();
  const announce = () => {
    for (const plan of plans) {
      if (announced.has(plan) || !plan.cells.every(({ key }) => results.has(key))) continue;
      announced.add(plan);
      onEvent({ kind: "complete", plan });
    }
  };
  announce();

  const keep = async (cell: PlannedCell, stored: StoredCell) => {
    await store.put(stored);
    results.set(cell.key, stored);
    onEvent({ kind: "finished", cell, stored });
    announce();
  };
  const compute = async (batch: Batch) => {
    const kept: Promise<void>[] = [];
    const run = executor.execute(batch, {
      onEpoch: (record) => onEvent({ kind: "epoch", batch, record }),
      onResult: (stored) => {
        const cell = batch.find(({ key }) => key === stored.result.key);
        if (cell) kept.push(keep(cell, stored));
      },
    });
    const [outcome] = await Promise.allSettled([run]);
    await Promise.all(kept);
    if (outcome.status === "rejected") throw outcome.reason;
  };
  const lane = async () => {
    for (let batch = queue.shift(); batch !== undefined && !stopped(); batch = queue.shift()) {
      onEvent({ kind: "started", batch });
      try {
        await compute(batch);
      } catch (cause) {
        if (stopped()) return;
        if (cause instanceof SignflipError && cause.code === "SF_FILE") {
          givenUp = true;
          throw cause;
        }
        const error = cause instanceof Error ? cause : new Error(String(cause));
        for (const cell of batch.filter(({ key }) => !results.has(key))) {
          failed.push({ cell, error });
          onEvent({ kind: "failed", cell, error });
        }
      }
      onEvent({ kind: "ended", batch });
    }
  };
  await Promise.all(Array.from({ length: Math.min(executor.slots, queue.length) }, lane));
  return { results, computed: results.size - cached, cached, failed, stopped: stopped() && results.size + failed.length < all.length };
}
