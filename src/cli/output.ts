import { dirname } from "node:path";
import { checkWritable, checkWritableFolder, ensureFolder, writeFileWhole } from "../platform/node/files.ts";
import { toCsv, toParquet } from "../platform/node/rows-files.ts";
import type { Column, FlatRow } from "../experiment/columns.ts";

/** Makes sure, before long work begins, that a file can be written where the user wants it. */
export async function checkOutputFile(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  await checkWritable(file);
}

/** The same of a folder that is to take several. */
export const checkOutputFolder = checkWritableFolder;

/** Writes a trained network. */
export const writeNetwork = (file: string, save: () => Uint8Array): Promise<void> => writeOutput(file, save());

/** Records as Parquet or, where the file's name ends so, as CSV. */
export async function writeRecords(file: string, columns: readonly Column[], records: readonly FlatRow[]): Promise<void> {
  const bytes = file.endsWith(".csv") ? Buffer.from(toCsv(columns, records)) : toParquet(columns, records);
  await writeOutput(file, bytes);
}

/**
 * Writes a file, in a folder made where it is missing, with Ctrl-C held back for that moment, so that it leaves no
 * half-written file; outside of it the default handling stays, which ends even a run of native code at once.
 */
export async function writeOutput(file: string, bytes: Uint8Array | string): Promise<void> {
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
