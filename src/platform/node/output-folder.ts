import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, rmdir } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { internal } from "../../util/errors.ts";
import { ensureFolder, fileError, writeFileWhole } from "./files.ts";
import { takeLock, type Lock } from "./lock.ts";
import { programVersion } from "./version.ts";

/** What a run left in an output folder. */
export interface Manifest {
  readonly format: "signflip-manifest/1";
  /** The program's version. */
  readonly version: string;
  readonly command: string;
  /** Whether the run wrote everything it set out to write. */
  readonly complete: boolean;
  readonly cells: { readonly done: number; readonly total: number };
  /** By path from the folder, with `/` between its parts. */
  readonly files: Readonly<Record<string, FileStamp>>;
}

export interface FileStamp {
  readonly bytes: number;
  readonly sha256: string;
}

export const manifestName = "signflip-manifest.json";
const format = "signflip-manifest/1";

/**
 * A folder that one run at a time writes to. Its manifest always tells the truth: it says `complete: false` before the first file
 * changes, and `complete: true` only after the last is written. A run that fails before that (a full disk) leaves what was there, or a
 * folder that says it is partial. What the run before left and this one did not make is removed; files of anybody else stay.
 */
export class OutputFolder {
  readonly path: string;
  readonly #command: string;
  readonly #lock: Lock;
  /** Files of the run before that are still there. */
  readonly #old: Map<string, FileStamp>;
  readonly #written = new Map<string, FileStamp>();
  readonly #isNew: boolean;
  #saysPartial = false;

  private constructor(path: string, command: string, lock: Lock, isNew: boolean, old: Map<string, FileStamp>) {
    this.path = path;
    this.#command = command;
    this.#lock = lock;
    this.#isNew = isNew;
    this.#old = old;
  }

  /**
   * Makes the folder where it is missing and keeps other runs out of it until `close`.
   * @throws SF_FILE where another run has it, or it cannot be written.
   */
  static async open(path: string, command: string): Promise<OutputFolder> {
    const isNew = !existsSync(path);
    await ensureFolder(path);
    const lock = await takeLock(join(path, ".signflip-lock"), command);
    const before = await readManifest(path);
    return new OutputFolder(path, command, lock, isNew, new Map(Object.entries(before?.files ?? {})));
  }

  /** Says that what follows is not yet whole; before the first `write`. @throws SF_FILE */
  async begin(cells: Manifest["cells"]): Promise<void> {
    if (!this.#saysPartial) await this.#say({ complete: false, cells });
  }

  /** Writes a file, in a folder made where it is missing. @throws SF_FILE */
  async write(file: string, bytes: Uint8Array | string): Promise<void> {
    if (!this.#saysPartial) throw internal("a file was written to an output folder that says it is complete");
    const path = join(this.path, file);
    await ensureFolder(dirname(path));
    await writeFileWhole(path, bytes);
    this.#written.set(file, stampOf(bytes));
    this.#old.delete(file);
  }

  /** Everything there is so far is written: removes what is left of the run before, and says how far this one is. */
  async settle(cells: Manifest["cells"]): Promise<void> {
    for (const [file, stamp] of this.#old) {
      await removeIfUnchanged(this.path, file, stamp);
      this.#old.delete(file);
    }
    await this.#say({ complete: cells.done === cells.total, cells });
  }

  /** Lets other runs in. */
  async close(): Promise<void> {
    await this.#lock.release();
    // A run that was stopped before it wrote anything leaves no empty folder.
    if (this.#isNew && this.#written.size === 0) await rmdir(this.path).catch(() => undefined);
  }

  async #say(state: Pick<Manifest, "complete" | "cells">): Promise<void> {
    const files = Object.fromEntries([...this.#old, ...this.#written].sort(([a], [b]) => (a < b ? -1 : 1)));
    const manifest: Manifest = { format, version: programVersion(), command: this.#command, ...state, files };
    await writeFileWhole(join(this.path, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`);
    this.#saysPartial = !state.complete;
  }
}

/** The manifest of a folder; undefined where there is none that can be read. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const text = await readFile(join(folder, manifestName), "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "EISDIR") return "null";
    throw fileError(`cannot read ${join(folder, manifestName)}`, cause);
  });
  try {
    const manifest = JSON.parse(text) as Manifest | null;
    return manifest?.format === format ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** Removes a file that is still what the run before wrote, and its folder where it was the last; one that was edited since is its editor's. */
async function removeIfUnchanged(folder: string, file: string, { sha256 }: FileStamp): Promise<void> {
  if (isAbsolute(file) || file.split(/[\\/]/).includes("..")) return;
  const path = join(folder, file);
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined || stampOf(bytes).sha256 !== sha256) return;
  await rm(path).catch((cause: unknown) => Promise.reject(fileError(`cannot remove ${path}`, cause, dirname(path))));
  if (dirname(path) !== folder) await rmdir(dirname(path)).catch(() => undefined);
}

function stampOf(content: Uint8Array | string): FileStamp {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}
