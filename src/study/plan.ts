import { cellName, experimentOf } from "../experiment/index.ts";
import type { CellConfig } from "../experiment/experiment.ts";
import { cellKey, inputsOf, type Fingerprints } from "./key.ts";
import { labelsOf } from "./labels.ts";
import { expand, type Study } from "./study.ts";

/** A cell with its key and what to keep of it. */
export interface PlannedCell {
  readonly key: string;
  readonly config: CellConfig;
  readonly keepNetwork: boolean;
  /** What its study varies in addition to what its name says: "lr 0.5". */
  readonly swept: readonly string[];
}

export interface PlannedStudy {
  readonly study: Study;
  readonly cells: readonly PlannedCell[];
}

/** Which trained networks are kept: those of the first seed of every setting (if the experiment is about the network), all, or none. */
export const networkPolicies = ["first", "all", "none"] as const;
export type NetworkPolicy = (typeof networkPolicies)[number];

/** The cells of some studies, each with its key. Studies share cells: the same configuration over the same bytes is the same key. */
export async function planStudies(
  studies: readonly Study[],
  fingerprints: Fingerprints,
  { networks = "first" }: { networks?: NetworkPolicy } = {},
): Promise<PlannedStudy[]> {
  const plans: PlannedStudy[] = [];
  for (const study of studies) {
    const configs = expand(study);
    const labels = labelsOf(configs);
    const cells: PlannedCell[] = [];
    for (const [i, config] of configs.entries()) {
      const isKept = (experimentOf(config).keepsNetworks ?? false) && config.seed === study.seeds[0];
      const keepNetwork = networks === "all" || (networks === "first" && isKept);
      cells.push({ key: cellKey(config, await inputsOf(config, fingerprints)), config, keepNetwork, swept: labels[i]! });
    }
    plans.push({ study, cells });
  }
  return plans;
}

/** A planned cell in words, with all that its study varies. */
export const plannedName = ({ config, swept }: Pick<PlannedCell, "config" | "swept">): string => withSwept(cellName(config), swept);

/** "size 5 · m 100 · lr 0.5 · seed 0": the seed stays last. */
export const withSwept = (name: string, swept: readonly string[]): string =>
  swept.length === 0 ? name : name.replace(/ · (seed \d+)$/, (_, seed: string) => ` · ${[...swept, seed].join(" · ")}`);

/** A name as a part of a file's name: `mnist-0-1-size-28-unit-norm-m-10000-c0-10-seed-0`. */
export function fileStem(name: string): string {
  return name
    .replaceAll("‖x‖ = 1", "unit norm")
    .replaceAll("C_0", "c0")
    .replaceAll("ε", "eps")
    .replaceAll("γ", "gamma")
    .replaceAll(/(\d),(?=\d{3}\b)/g, "$1")
    .replaceAll(/[^\w.]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .toLowerCase();
}
