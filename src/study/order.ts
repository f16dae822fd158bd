import { cellName, experimentOf } from "../experiment/index.ts";
import type { CellConfig } from "../experiment/experiment.ts";
import { canonicalJson } from "../util/hash.ts";
import { withSwept, type PlannedCell, type PlannedStudy } from "./plan.ts";

/** Cells computed together, from one training. */
export type Batch = readonly PlannedCell[];

/** Cells with the same text here are computed together; most experiments have each alone. */
export function trajectoryOf(config: CellConfig): string {
  const { trajectory } = experimentOf(config);
  return trajectory === undefined ? canonicalJson(config) : trajectory(config);
}

/** A batch costs as much as its most expensive cell. */
export const batchCost = (batch: Batch): number => Math.max(...batch.map(({ config }) => experimentOf(config).cost(config)));

/** What progress calls a batch. */
export function batchName(batch: Batch): string {
  const [first, ...others] = batch;
  return withSwept(cellName(first!.config, ...others.map(({ config }) => config)), first!.swept);
}

/**
 * The order to compute in: the cheapest study first and in each its cheapest batches first, so that the first
 * figure is complete early and every figure shows something soon. A cell appears once, where it is first needed;
 * cells of one study that can share one training do so.
 */
export function inOrder(plans: readonly PlannedStudy[], isDone: (key: string) => boolean = () => false): Batch[] {
  const taken = new Set<string>();
  const keep = new Set(plans.flatMap(({ cells }) => cells.filter((cell) => cell.keepNetwork).map(({ key }) => key)));
  const ordered: Batch[] = [];
  const waiting = [...plans];
  const left = ({ cells }: PlannedStudy): Batch[] => {
    const batches = new Map<string, Map<string, PlannedCell>>();
    for (const cell of cells) {
      if (taken.has(cell.key) || isDone(cell.key)) continue;
      const trajectory = trajectoryOf(cell.config);
      batches.set(trajectory, (batches.get(trajectory) ?? new Map()).set(cell.key, { ...cell, keepNetwork: keep.has(cell.key) }));
    }
    return [...batches.values()].map((batch) => [...batch.values()].sort((a, b) => placeOf(a) - placeOf(b)));
  };
  while (waiting.length > 0) {
    const costs = waiting.map((plan) => left(plan).reduce((sum, batch) => sum + batchCost(batch), 0));
    const [next] = waiting.splice(costs.indexOf(Math.min(...costs)), 1);
    for (const batch of left(next!).sort((a, b) => batchCost(a) - batchCost(b) || a[0]!.config.seed - b[0]!.config.seed)) {
      ordered.push(batch);
      for (const { key } of batch) taken.add(key);
    }
  }
  return ordered;
}

/** Cells of one training from small balls to large. */
const placeOf = ({ config }: PlannedCell): number => experimentOf(config).place?.(config) ?? 0;
