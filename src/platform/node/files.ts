import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SignflipError } from "../../util/errors.ts";

/**
 * Writes a file whole or not at all: into a temporary file in the same folder, to the disk, then under its name.
 * A reader sees the old content or the new, never a part; a failure leaves no temporary behind. A link stays a
 * link, and its file is replaced; what is no file (/dev/null, a pipe) is written to and not replaced.
 *
 * @throws SF_FILE in one line that says what to do.
 */
export async function writeFileWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  // The process id tells whose it was, should the process be killed right here (see removeTemporaryFiles).
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`);
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
    const pid = /^\..+\.(\d+)\.[0-9a-f]{12}\.tmp$/.exec(name)?.[1];
    return pid !== undefined && pids.includes(Number(pid));
  });
  await Promise.all(theirs.map((name) => rm(join(folder, name), { force: true }).catch(() => undefined)));
}

const reasons: Record<string, (folder: string) => string> = {
  EACCES: () => "permission denied",
  EPERM: () => "permission denied",
  EROFS: () => "the file system is read-only",
  ENOSPC: () => "no space is left on the disk",
  EDQUOT: () => "the disk quota is used up",
  EFBIG: () => "the file is larger than allowed there",
  EISDIR: () => "it is a folder",
  EEXIST: () => "a file of that name is in the way",
  ENOTDIR: () => "a part of its path is a file, not a folder",
  ENOENT: (folder) => (existsSync(folder) ? `${folder} takes no new files or folders` : `the folder ${folder} does not exist`),
  ENAMETOOLONG: () => "the name is too long",
  EMFILE: () => "too many files are open",
};

/** What went wrong with a file, as an SF_FILE in one line: `what` says what was tried, `folder` is where. */
export function fileError(what: string, cause: unknown, folder: string): SignflipError {
  const { code, message, path } = cause as NodeJS.ErrnoException;
  const reason = code === undefined ? message : (reasons[code]?.(path === undefined ? folder : dirname(path)) ?? code);
  return new SignflipError("SF_FILE", `${what}: ${reason.split("\n")[0]}`, { cause });
}
