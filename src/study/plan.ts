import { lazyRadius } from "../network/lazy-ball.ts";
import { canonicalJson } from "../util/hash.ts";
import { isRobustConfig, type CellConfig, type RobustConfig } from "./cell.ts";
import { expand } from "./expand.ts";
import { fields } from "./fields.ts";
import { cellKey } from "./key.ts";
import type { Study } from "./schema.ts";

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
export function costOf(config: CellConfig): number {
  if (isRobustConfig(config)) return robustCost(config);
  const { data, network, training } = config;
  const perEpoch = 2e4 + (data.size ** 2 + 60) * network.m * (1 + 64 / training.batch);
  const epochsToLeave = (data.normalize ? 6 : 5 * Math.max(1, data.size / 10) ** 1.5) * (training.c0 / 10) ** 3 * (0.1 / training.lr);
  return perEpoch * (1 + Math.min(training.epochs, epochsToLeave));
}

/** Two passes of all points for every PGD step, in every epoch; and those of the measurement at the end. */
function robustCost({ data, network, training, measure }: RobustConfig): number {
  const perPass = ((data.size ** 2 + 60) * network.m) / 1.5;
  const share = Math.min(1, (training.train ?? 12_665) / 12_665);
  return 2e4 + perPass * (training.epochs * share * (2 * training.steps + 4) + (measure.robust.steps * 2 * 2115) / 12_665);
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
    return [...batches.values()].map((batch) => [...batch.values()].sort((a, b) => (a.config.training.c0 ?? 0) - (b.config.training.c0 ?? 0)));
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

/** Cells with the same text here can share a training: they differ in nothing but C_0. Adversarial training, which the ball itself steers, shares none. */
export function trajectoryOf(config: CellConfig): string {
  if (isRobustConfig(config)) return canonicalJson(config);
  const { c0: _, ...training } = config.training;
  return canonicalJson({ ...config, training });
}

/** A cell, or several of one trajectory, in words: what progress lines and errors call it. */
export function cellName(...configs: readonly [CellConfig, ...CellConfig[]]): string {
  const [first] = configs;
  const { data, network, seed } = first;
  const words = isRobustConfig(first)
    ? [first.training.c0 === undefined ? `radius ${first.training.radius}` : `C_0 ${first.training.c0}`, `ε ${first.training.eps}`, first.training.method]
    : [`C_0 ${configs.map(({ training }) => training.c0).join(", ")}`];
  const digits = data.digits.join() === fields.digits.default.join() ? [] : [`digits ${data.digits.join(", ")}`];
  return [...digits, `size ${data.size}`, `m ${network.m.toLocaleString("en-US")}`, ...words, ...(data.normalize ? ["‖x‖ = 1"] : []), `seed ${seed}`].join(
    " · ",
  );
}

/** The radius of a cell's lazy ball. */
export function radiusOf(config: CellConfig): number {
  return isRobustConfig(config) ? config.training.radius : lazyRadius(config.training.c0, config.network.m);
}

/** What progress calls a batch. */
export function batchName(batch: Batch): string {
  const [first, ...others] = batch;
  return cellName(first!.config, ...others.map(({ config }) => config));
}
