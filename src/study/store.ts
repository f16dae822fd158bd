import { sha256Hex } from "../util/hash.ts";
import type { Cell } from "../experiment/experiment.ts";

/** What a result remembers of a kept network: enough to check that the file is complete. */
export interface NetworkStamp {
  readonly bytes: number;
  readonly sha256: string;
}

/** A finished cell in a store, with the stamp of its network if that was kept. */
export interface StoredCell {
  readonly result: Cell;
  readonly network?: NetworkStamp;
}

/**
 * Keeps finished cells. Everything it returns is complete: a damaged entry is an error or counts as absent, as the
 * store was told.
 */
export interface ResultStore {
  /** The cell, or undefined if there is none. */
  get(key: string): Promise<StoredCell | undefined>;
  put(cell: StoredCell): Promise<void>;
  /** Keeps a network; its stamp goes into the cell that is put after it. */
  putNetwork(key: string, bytes: Uint8Array): Promise<NetworkStamp>;
  /** Whether the network of a cell is there, and whole. */
  hasNetwork(cell: StoredCell): Promise<boolean>;
  getNetwork(cell: StoredCell): Promise<Uint8Array | undefined>;
}

/** A store in memory, for tests and pages. */
export function memoryStore(): ResultStore {
  const cells = new Map<string, StoredCell>();
  const networks = new Map<string, Uint8Array>();
  return {
    get: async (key) => cells.get(key),
    put: async (cell) => void cells.set(cell.result.key, cell),
    putNetwork: async (key, bytes) => {
      networks.set(key, bytes);
      return { bytes: bytes.length, sha256: sha256Hex(bytes) };
    },
    hasNetwork: async ({ result }) => networks.has(result.key),
    getNetwork: async ({ result }) => networks.get(result.key),
  };
}
