import { lazyRadius } from "../model/two-layer/lazy-ball.ts";
import { canonicalJson } from "../util/hash.ts";
import { dimensionOf, hasUnitNorm, isConeConfig, isFlipsConfig, isRobustConfig, isTheoryConfig, type CellConfig } from "../experiment/cell.ts";
import { costOf } from "../experiment/cost.ts";
import { expand } from "../experiment/expand.ts";
import { fields } from "../experiment/fields.ts";
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

/** Whose trained networks are kept: the first seed's of every setting (but of those that only check the theory), everybody's, nobody's. */
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
      const isLookedAt = isFlipsConfig(config) || isRobustConfig(config);
      const keepNetwork = networks === "all" || (networks === "first" && isLookedAt && config.seed === study.seeds[0]);
      cells.push({ key: cellKey(config, await datasetOf(config.data)), config, keepNetwork });
    }
    plans.push({ study, cells });
  }
  return plans;
}

/** Cells computed together, from one training: they differ in nothing but C_0. */
export type Batch = readonly PlannedCell[];

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

/**
 * Cells with the same text here can share a training: they differ in nothing but C_0. Adversarial training, which the ball
 * itself steers, shares none; nor does what looks at more than the network it ends with.
 */
export function trajectoryOf(config: CellConfig): string {
  if (!isFlipsConfig(config)) return canonicalJson(config);
  const { c0: _, ...training } = config.training;
  return canonicalJson({ ...config, training });
}

/** A cell, or several of one trajectory, in words: what progress lines and errors call it. */
export function cellName(...configs: readonly [CellConfig, ...CellConfig[]]): string {
  const [first] = configs;
  const { data, network, seed } = first;
  const isImage = data.dataset === "mnist";
  return [
    ...(isImage && data.digits.join() !== fields.digits.default.join() ? [`digits ${data.digits.join(", ")}`] : []),
    isImage ? `size ${data.size}` : `sphere · d ${dimensionOf(data).toLocaleString("en-US")}`,
    `m ${network.m.toLocaleString("en-US")}`,
    ...wordsOf(configs),
    ...(isImage && hasUnitNorm(data) ? ["‖x‖ = 1"] : []),
    `seed ${seed}`,
  ].join(" · ");
}

/** What a cell is about, beside its data, width and seed. */
function wordsOf(configs: readonly [CellConfig, ...CellConfig[]]): string[] {
  const [first] = configs;
  if (isRobustConfig(first)) {
    const { c0, radius, eps, method } = first.training;
    return [c0 === undefined ? `radius ${radius}` : `C_0 ${c0}`, `ε ${eps}`, method];
  }
  if (isConeConfig(first)) return [`C_0 ${first.measure.cone.c0.join(", ")}`, "cone"];
  const balls = `C_0 ${configs.map(({ training }) => training.c0).join(", ")}`;
  return isTheoryConfig(first) ? [balls, `γ ${first.measure.theory.gamma}`, "theory"] : [balls];
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
