import { link, readFile, rm, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { hostname, uptime } from "node:os";
import { dirname } from "node:path";
import { SignflipError } from "../../util/errors.ts";
import { fileError } from "./files.ts";

export interface Lock {
  release(): Promise<void>;
}

/** Who holds a lock, as its file says. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
  readonly command: string;
}

/** Locks of this very process. */
const held = new Set<string>();

/**
 * Takes a lock: a file that says who has it. One whose process has ended is taken over.
 * @throws SF_FILE where another process has it, in one line that names it; or where the file cannot be made.
 */
export async function takeLock(file: string, command: string): Promise<Lock> {
  const own: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString(), command };
  for (;;) {
    if (await place(file, JSON.stringify(own))) break;
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) continue; // released just now
    const holder = holderIn(text);
    if (held.has(file) || (holder !== undefined && isAlive(holder))) throw taken(file, holder ?? own);
    // Another process may have taken it over since it was read: only the lock that was read is removed.
    if ((await readFile(file, "utf8").catch(() => undefined)) === text) await rm(file, { force: true });
  }
  held.add(file);
  return {
    async release() {
      if (held.delete(file)) await rm(file, { force: true }).catch(() => undefined);
    },
  };
}

/** Makes the lock's file with its whole content at once, or says that it is there. */
async function place(file: string, content: string): Promise<boolean> {
  const whole = `${file}-${process.pid}-${randomBytes(6).toString("hex")}`;
  try {
    await writeFile(whole, content, { flag: "wx" });
    await link(whole, file);
    return true;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    // A file system without links.
    if (code === "EPERM" || code === "ENOTSUP" || code === "ENOSYS") return placeWithoutLink(file, content);
    throw fileError(`cannot write ${file}`, cause, dirname(file));
  } finally {
    await rm(whole, { force: true }).catch(() => undefined);
  }
}

async function placeWithoutLink(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: "wx" });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw fileError(`cannot write ${file}`, cause, dirname(file));
  }
}

/** What is in a lock's file; undefined where it is damaged, as no process leaves it. */
function holderIn(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder;
    return Number.isSafeInteger(holder.pid) && holder.pid > 0 ? holder : undefined;
  } catch {
    return undefined;
  }
}

/** Of another machine that shares the folder nothing can be known. */
function isAlive({ pid, host, since }: Holder): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return false; // of an earlier process with this one's number
  if (Date.parse(since) < Date.now() - 1000 * uptime()) return false; // from before the machine was started
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

function taken(file: string, { pid, host, since, command }: Holder): SignflipError {
  const place = host === hostname() ? "" : ` on ${host}`;
  return new SignflipError(
    "SF_FILE",
    `cannot write to ${dirname(file)}: another run is writing there (process ${pid}${place} since ${since}: ${command}); wait for it, or choose another folder. If it is gone, delete ${file}`,
  );
}
