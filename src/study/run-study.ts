import type { EpochRecord } from "../training/record.ts";
import { SignflipError } from "../util/errors.ts";
import type { CellResult } from "./cell.ts";
import { inOrder, type PlannedCell, type PlannedStudy } from "./plan.ts";
import type { NetworkStamp, ResultStore, StoredCell } from "./store.ts";

/** Something that computes cells, several at a time: a pool of processes, or this very thread. */
export interface CellExecutor {
  /** How many cells it takes at once. */
  readonly slots: number;
  /** Computes one cell and keeps its network in the store if asked; the result is the runner's to keep. */
  execute(cell: PlannedCell, hooks: { onEpoch: (record: EpochRecord) => void }): Promise<{ result: CellResult; network?: NetworkStamp }>;
}

export type StudyEvent =
  /** Once, before anything runs: what is to be done and what is already there. */
  | { readonly kind: "planned"; readonly toRun: readonly PlannedCell[]; readonly cached: number; readonly total: number }
  | { readonly kind: "cached"; readonly cell: PlannedCell; readonly stored: StoredCell }
  | { readonly kind: "started"; readonly cell: PlannedCell }
  | { readonly kind: "epoch"; readonly cell: PlannedCell; readonly record: EpochRecord }
  | { readonly kind: "finished"; readonly cell: PlannedCell; readonly stored: StoredCell }
  | { readonly kind: "failed"; readonly cell: PlannedCell; readonly error: Error }
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

/**
 * Runs studies: takes from the store what is there, computes the rest through the executor in an order that
 * completes the first study early, and puts every finished cell into the store at once. No key is computed
 * twice. A cell that fails is reported and the others go on; after an abort nothing new is begun.
 */
export async function runStudies(
  plans: readonly PlannedStudy[],
  {
    store,
    executor,
    onEvent = () => {},
    signal,
  }: { store: ResultStore; executor: CellExecutor; onEvent?: (event: StudyEvent) => void; signal?: AbortSignal },
): Promise<StudyOutcome> {
  const results = new Map<string, StoredCell>();
  const failed: { cell: PlannedCell; error: Error }[] = [];
  const all = inOrder(plans);
  let cached = 0;
  for (const cell of all) {
    const stored = await store.get(cell.key);
    if (stored === undefined || (cell.keepNetwork && !(await store.hasNetwork(stored)))) continue;
    results.set(cell.key, stored);
    cached++;
    onEvent({ kind: "cached", cell, stored });
  }

  const queue = inOrder(plans, (key) => results.has(key));
  onEvent({ kind: "planned", toRun: queue, cached, total: all.length });
  const announced = new Set<PlannedStudy>();
  const announce = () => {
    for (const plan of plans) {
      if (announced.has(plan) || !plan.cells.every(({ key }) => results.has(key))) continue;
      announced.add(plan);
      onEvent({ kind: "complete", plan });
    }
  };
  announce();

  let computed = 0;
  const stopped = () => signal?.aborted ?? false;
  const lane = async () => {
    for (let cell = queue.shift(); cell !== undefined && !stopped(); cell = queue.shift()) {
      const current = cell;
      onEvent({ kind: "started", cell });
      try {
        const stored = await executor.execute(cell, { onEpoch: (record) => onEvent({ kind: "epoch", cell: current, record }) });
        await store.put(stored);
        results.set(cell.key, stored);
        computed++;
        onEvent({ kind: "finished", cell, stored });
        announce();
      } catch (cause) {
        if (stopped()) return;
        // A full disk or an unwritable cache fails every cell alike: say so once, not once per cell.
        if (cause instanceof SignflipError && cause.code === "SF_FILE") {
          queue.length = 0;
          throw cause;
        }
        const error = cause instanceof Error ? cause : new Error(String(cause));
        failed.push({ cell, error });
        onEvent({ kind: "failed", cell, error });
      }
    }
  };
  const begun = queue.length;
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(executor.slots, begun) }, lane));
  const fatal = lanes.find((outcome) => outcome.status === "rejected");
  if (fatal) throw fatal.reason;
  return { results, computed, cached, failed, stopped: stopped() && results.size + failed.length < all.length };
}
