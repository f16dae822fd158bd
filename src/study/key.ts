import { dataOf, experimentOf } from "../experiment/index.ts";
import type { CellConfig } from "../experiment/experiment.ts";
import type { DataConfig } from "../data/index.ts";
import type { Split } from "../data/dataset.ts";
import { canonicalJson, sha256Hex } from "../util/hash.ts";

/**
 * A cell's cache key: its whole configuration (or what its experiment says of it that counts), the bytes it reads, and the version of its experiment.
 * @param inputs the fingerprints of what it reads (see `inputsOf`)
 */
export function cellKey(config: CellConfig, inputs: string): string {
  const { version, identity } = experimentOf(config);
  return sha256Hex(canonicalJson({ config: identity?.(config) ?? config, inputs, version }));
}

/** Where fingerprints come from. */
export interface Fingerprints {
  /** Of a configuration's data. */
  data(data: DataConfig): Promise<string>;
  /** Of a file's bytes. */
  file?(path: string): Promise<string>;
}

/** The fingerprints of everything that a cell reads, in one text; "" if it reads nothing. */
export async function inputsOf(config: CellConfig, { data, file }: Fingerprints): Promise<string> {
  const reads = dataOf(config);
  const files = experimentOf(config).files?.(config) ?? [];
  const parts = reads === undefined ? [] : [data(reads)];
  if (files.length > 0 && file === undefined) throw new TypeError(`internal: nothing here reads ${files[0]}`);
  return (await Promise.all([...parts, ...files.map((path) => file!(path))])).join("+");
}

/** The fingerprint of both halves of some data. */
export const splitFingerprint = ({ train, test }: Split): string => `${train.fingerprint}+${test.fingerprint}`;
