import { canonicalJson } from "../util/hash.ts";
import type { CellConfig } from "./cell.ts";
import { expand, type Study } from "./schema.ts";
import { cellKey } from "./key.ts";

/** A cell with its key and what is to be kept of it. */
export interface PlannedCell {
  readonly key: string;
  readonly config: CellConfig;
  readonly keepNetwork: boolean;
}

export interface PlannedStudy {
  readonly study: Study;
  readonly cells: readonly PlannedCell[];
}

/** Whose trained networks are kept: the first seed's of every setting, everybody's, nobody's. */
export const networkPolicies = ["first", "all", "none"] as const;
export type NetworkPolicy = (typeof networkPolicies)[number];

/**
 * The cells of some studies, each with its key. Studies share cells: the same configuration over the same data
 * is the same key. `datasetOf` gives the fingerprint of a configuration's data.
 */
export async function planStudies(
  studies: readonly Study[],
  datasetOf: (data: CellConfig["data"]) => Promise<string>,
  { networks = "first" }: { networks?: NetworkPolicy } = {},
): Promise<PlannedStudy[]> {
  const plans: PlannedStudy[] = [];
  for (const study of studies) {
    const cells: PlannedCell[] = [];
    for (const config of expand(study)) {
      const keepNetwork = networks === "all" || (networks === "first" && config.seed === study.seeds[0]);
      cells.push({ key: cellKey(config, await datasetOf(config.data)), config, keepNetwork });
    }
    plans.push({ study, cells });
  }
  return plans;
}

/** Cells computed together, from one training: they differ in nothing but C_0. */
export type Batch = readonly PlannedCell[];

/**
 * Roughly how long a cell takes, in no particular unit: what order and time left go by. An epoch costs about
 * n·d·m operations and some fixed time per step; larger balls and larger images are left later.
 */
export function costOf({ data, network, training }: CellConfig): number {
  const perEpoch = 2e4 + (data.size ** 2 + 60) * network.m * (1 + 64 / training.batch);
  const epochsToLeave = (data.normalize ? 6 : 5 * Math.max(1, data.size / 10) ** 1.5) * (training.c0 / 10) ** 3 * (0.1 / training.lr);
  return perEpoch * (1 + Math.min(training.epochs, epochsToLeave));
}

/** A batch costs what its largest ball does. */
export function batchCost(batch: Batch): number {
  return Math.max(...batch.map(({ config }) => costOf(config)));
}

/**
 * The order to compute in: the cheapest study first and in each its cheapest batches first, so that the first
 * figure is complete early and every figure shows something soon. A cell stands once, where it is first needed;
 * cells of one study that can share a training do.
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
    return [...batches.values()].map((batch) => [...batch.values()].sort((a, b) => a.config.training.c0 - b.config.training.c0));
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

/** Cells with the same text here differ in nothing but C_0. */
export function trajectoryOf({ training: { c0: _, ...training }, ...config }: CellConfig): string {
  return canonicalJson({ ...config, training });
}

/** A cell, or several of one trajectory, in words: what progress lines and errors call it. */
export function cellName(...configs: readonly [CellConfig, ...CellConfig[]]): string {
  const [{ data, network, seed }] = configs;
  return `size ${data.size} · m ${network.m.toLocaleString("en-US")} · C_0 ${configs.map(({ training }) => training.c0).join(", ")}${data.normalize ? " · ‖x‖ = 1" : ""} · seed ${seed}`;
}

/** What progress calls a batch. */
export function batchName(batch: Batch): string {
  const [first, ...others] = batch;
  return cellName(first!.config, ...others.map(({ config }) => config));
}
