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

/**
 * Roughly how long a cell takes, in no particular unit: what order and time left go by. An epoch costs about
 * n·d·m operations and some fixed time per step; larger balls are left later.
 */
export function costOf({ data, network, training }: CellConfig): number {
  const perEpoch = 2e7 + (data.size ** 2 + 60) * network.m * (1 + 64 / training.batch);
  const epochsToLeave = (data.normalize ? 60 : 4) * (training.c0 / 10) ** 2 * (0.1 / training.lr);
  return 2e7 + perEpoch * (1 + Math.min(training.epochs, epochsToLeave));
}

/**
 * The order to compute in: the cheapest study first and in each its cheapest cells first, so that the first
 * figure is complete early and every figure shows something soon. A cell stands once, where it is first needed.
 */
export function inOrder(plans: readonly PlannedStudy[], isDone: (key: string) => boolean = () => false): PlannedCell[] {
  const ordered = new Map<string, PlannedCell>();
  const keep = new Set(plans.flatMap(({ cells }) => cells.filter((cell) => cell.keepNetwork).map(({ key }) => key)));
  const waiting = [...plans];
  const left = (plan: PlannedStudy) => plan.cells.filter(({ key }) => !ordered.has(key) && !isDone(key));
  while (waiting.length > 0) {
    const costs = waiting.map((plan) => left(plan).reduce((sum, { config }) => sum + costOf(config), 0));
    const [next] = waiting.splice(costs.indexOf(Math.min(...costs)), 1);
    for (const cell of left(next!).sort((a, b) => costOf(a.config) - costOf(b.config) || a.config.seed - b.config.seed)) {
      ordered.set(cell.key, { ...cell, keepNetwork: keep.has(cell.key) });
    }
  }
  return [...ordered.values()];
}

/** A cell in words: what progress lines and errors call it. */
export function cellName({ data, network, training, seed }: CellConfig): string {
  return `size ${data.size} · m ${network.m.toLocaleString("en-US")} · C_0 ${training.c0}${data.normalize ? " · ‖x‖ = 1" : ""} · seed ${seed}`;
}
