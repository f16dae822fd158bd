import type { CellConfig, CellRecord } from "../experiment/experiment.ts";
import { open, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ensureFolder, writeFileWhole } from "../platform/node/files.ts";
import { toCsv, toParquet } from "../platform/node/rows-files.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import { saveNetwork } from "../model/two-layer/onnx.ts";
import type { Column, FlatRow } from "../experiment/columns.ts";
import { trainingNote } from "../experiment/run-cell.ts";
import { SignflipError } from "../util/errors.ts";

/** Makes sure, before long work begins, that a file can be written where the user wants it. */
export async function checkOutputFile(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const there = await stat(file).catch(() => undefined);
  if (there?.isDirectory()) throw new SignflipError("SF_FILE", `cannot write ${file}: it is a folder; name a file in it`, { usage: true });
  if (there && !there.isFile()) return; // a device or a pipe: written to as it is
  await checkOutputFolder(dirname(file), file);
}

/**
 * Makes sure that a folder takes files or, where it is not there yet, that it can be made. Tried with a file that
 * is removed at once, since permissions alone do not tell; the folder itself is not made.
 */
export async function checkOutputFolder(folder: string, what = folder): Promise<void> {
  try {
    const place = await nearestFolder(resolve(folder));
    const probe = join(place, `.signflip-${process.pid}.probe`);
    await (await open(probe, "w")).close();
    await rm(probe);
  } catch (cause) {
    throw new SignflipError("SF_FILE", `cannot write ${what}: ${reasonOf(cause)}`, { usage: true, cause });
  }
}

/** The folder itself, or the nearest above it that is there. */
async function nearestFolder(path: string): Promise<string> {
  try {
    if ((await stat(path)).isDirectory()) return path;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" && dirname(path) !== path) return nearestFolder(dirname(path));
    throw cause;
  }
  throw Object.assign(new Error("not a folder"), { code: "ENOTDIR" });
}

export async function writeNetwork(file: string, network: TwoLayerNetwork, config: CellConfig, history: readonly CellRecord[]): Promise<void> {
  await writeOutput(file, saveNetwork(network, trainingNote(config, history)));
}

/** Records as Parquet or, where the file's name ends so, as CSV. */
export async function writeRecords(file: string, columns: readonly Column[], records: readonly FlatRow[]): Promise<void> {
  const bytes = /\.csv$/i.test(file) ? Buffer.from(toCsv(columns, records)) : toParquet(columns, records);
  await writeOutput(file, bytes);
}

/**
 * Writes a file, in a folder made where it is missing, with Ctrl-C held back for that moment, so that it leaves no
 * half-written file; outside of it the default handling stays, which ends even a run of native code at once.
 */
async function writeOutput(file: string, bytes: Uint8Array): Promise<void> {
  let received: NodeJS.Signals | undefined;
  const hold = (signal: NodeJS.Signals) => void (received = signal);
  process.on("SIGINT", hold).on("SIGTERM", hold);
  try {
    await ensureFolder(dirname(file));
    await writeFileWhole(file, bytes);
  } finally {
    process.off("SIGINT", hold).off("SIGTERM", hold);
    if (received) process.kill(process.pid, received);
  }
}

const reasons: { readonly [code: string]: string } = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of the path is a file, not a folder",
  ENOSPC: "the disk is full",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "no file can be made there",
};

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return reasons[code ?? ""] ?? code ?? message;
}
