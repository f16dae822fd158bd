import { canonicalJson, sha256Hex } from "../util/hash.ts";
import type { CellConfig } from "../experiment/cell.ts";

/**
 * The version of what a cell computes. Raise it when the same configuration and data would give other
 * numbers than before (another initialisation, another order of the data, a mended measurement): every stored
 * cell is then computed anew. Leave it when only speed, layout or wording changes.
 */
export const resultVersion = 2;

/** A cell's cache key: its whole configuration, the bytes it learns from and the version of the code's results. */
export function cellKey(config: CellConfig, dataset: string): string {
  return sha256Hex(canonicalJson({ config, dataset, resultVersion }));
}
