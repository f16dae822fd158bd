import { createHash, randomBytes } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, open, readFile, readdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { basename, dirname, join, resolve } from "node:path";
import { SignflipError } from "../../util/errors.ts";
import { timed } from "../../util/timing.ts";

/**
 * Writes a file whole or not at all: into a temporary file in the same folder, to the disk, then under its name.
 * A reader sees the old content or the new, never a part; a failure leaves no temporary behind. A link stays a
 * link, and its file is replaced; what is no file (/dev/null, a pipe) is written to and not replaced.
 *
 * @throws SF_FILE in one line that says what to do.
 */
export function writeFileWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  return timed("writing files", () => writeWhole(path, bytes));
}

async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const temporary = join(dirname(target), temporaryName());
  try {
    const there = await stat(target).catch(() => undefined);
    if (there && !there.isFile() && !there.isDirectory()) return await writeFile(target, bytes);
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(`cannot write ${path}`, cause, dirname(path));
  }
}

/**
 * A name of few letters whatever the file is called, since a file system limits their number. The process id tells whose it was,
 * should the process be killed while it writes (see removeTemporaryFiles).
 */
const temporaryName = () => `.signflip-${process.pid}-${randomBytes(6).toString("hex")}.tmp`;

/**
 * Makes sure, before long work begins, that a file can be written: that its name is one the file system takes, and that the folder
 * takes files or, where it is not there yet, can be made. Nothing is left behind, no folder is made.
 *
 * @throws SF_FILE in one line.
 */
export async function checkWritable(file: string, what = file): Promise<void> {
  try {
    await checkPlace(file);
  } catch (cause) {
    throw fileError(`cannot write ${what}`, cause, dirname(resolve(file)));
  }
}

async function checkPlace(file: string): Promise<void> {
  const there = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause;
    return undefined;
  });
  if (there?.isDirectory()) throw Object.assign(new Error("a folder"), { code: "EISDIR" });
  if (there && !there.isFile()) return; // a device or a pipe: written to as it is
  await checkFolder(dirname(resolve(file)), [basename(resolve(file))]);
}

/** The same of a folder that is to take files. */
export async function checkWritableFolder(folder: string, what = folder): Promise<void> {
  try {
    await checkFolder(resolve(folder), []);
  } catch (cause) {
    throw fileError(`cannot write ${what}`, cause, dirname(resolve(folder)));
  }
}

/** `below` are the names that would be made in `folder` one in the other: a missing folder hides from the system that a name is too long. */
async function checkFolder(folder: string, below: readonly string[]): Promise<void> {
  const there = await stat(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT" || dirname(folder) === folder) throw cause;
    return undefined;
  });
  if (there === undefined) return checkFolder(dirname(folder), [basename(folder), ...below]);
  if (!there.isDirectory()) throw Object.assign(new Error("a file"), { code: "ENOTDIR" });
  for (const name of below) {
    await stat(join(folder, name)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENAMETOOLONG") throw cause;
    });
  }
  // Tried, since permissions alone do not tell.
  const probe = join(folder, temporaryName());
  await (await open(probe, "wx")).close();
  await rm(probe);
}

/**
 * Makes a folder and those above it; one that is there already is fine.
 *
 * @throws SF_FILE in one line.
 */
export async function ensureFolder(path: string): Promise<void> {
  try {
    await makeFolder(path);
  } catch (cause) {
    throw fileError(`cannot make the folder ${path}`, cause, dirname(path));
  }
}

/** One folder after the other: Node's own `recursive` never comes back where a file system takes no new folders, as /proc. */
async function makeFolder(path: string): Promise<void> {
  const above = dirname(path);
  const isMissing = await stat(above).then(
    () => false,
    (cause: NodeJS.ErrnoException) => cause.code === "ENOENT",
  );
  if (isMissing && above !== path) await makeFolder(above);
  await mkdir(path).catch(async (cause: unknown) => {
    const there = await stat(path).catch(() => undefined);
    if (!there?.isDirectory()) throw cause;
  });
}

/** Removes what writeFileWhole left in a folder when the processes with these ids were killed. Never throws. */
export async function removeTemporaryFiles(folder: string, pids: readonly number[]): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const theirs = names.filter((name) => {
    const pid = /^\.signflip-(\d+)-[0-9a-f]{12}\.tmp$/.exec(name)?.[1];
    return pid !== undefined && pids.includes(Number(pid));
  });
  await Promise.all(theirs.map((name) => rm(join(folder, name), { force: true }).catch(() => undefined)));
}

/** The file system's errors in words. What is missing reads differently where a file was to be read and where one was to be written. */
const reasons: Record<string, string | ((folder: string | undefined) => string)> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left on the disk",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file is larger than allowed there",
  EISDIR: "it is a folder",
  EEXIST: "a file of that name is in the way",
  ENOTDIR: "a part of its path is a file, not a folder",
  ENOENT: (folder) =>
    folder === undefined ? "it does not exist" : existsSync(folder) ? `${folder} takes no new files or folders` : `the folder ${folder} does not exist`,
  ENAMETOOLONG: "the name is too long",
  ELOOP: "its links lead in a circle",
  EMFILE: "too many files are open",
};

/** Why the file system refused, in words; `folder` is where something was to be written. */
export function reasonOf(cause: unknown, folder?: string): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = code === undefined ? undefined : reasons[code];
  return (typeof reason === "function" ? reason(folder) : (reason ?? code ?? message)).split("\n")[0]!;
}

/** SF_FILE in one line. `folder` is given where something was to be written there. */
export function fileError(what: string, cause: unknown, folder?: string): SignflipError {
  const { path } = cause as NodeJS.ErrnoException;
  const place = folder !== undefined && path !== undefined ? dirname(path) : folder;
  return new SignflipError("SF_FILE", `${what}: ${reasonOf(cause, place)}`, { cause });
}

/**
 * The bytes of a file.
 * @throws SF_FILE in one line.
 */
export async function readWhole(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw fileError(`cannot read ${file}`, cause);
  }
}

/** The SHA-256 of a file's bytes, read piece by piece. @throws SF_FILE */
export async function fileFingerprint(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), hash);
  } catch (cause) {
    throw fileError(`cannot read ${path}`, cause);
  }
  return hash.digest("hex");
}
