import { execFileSync } from "node:child_process";
import { chmod, lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkWritable, checkWritableFolder, ensureFolder, readWhole, removeTemporaryFiles, writeFileWhole } from "../../../src/platform/node/files.ts";
import { SignflipError } from "../../../src/util/errors.ts";

/** Lets one file-system call fail with a code, where the machine cannot be brought to it (root writes anywhere, disks are large). */
const failing = vi.hoisted(() => ({ call: "", code: "" }));
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const fail = () => Promise.reject(Object.assign(new Error(`${failing.code}: made to fail\nsecond line`), { code: failing.code }));
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>) => {
      if (failing.call === "open") return fail();
      const file = await real.open(...args);
      if (failing.call === "writeFile") file.writeFile = fail;
      if (failing.call === "sync") file.sync = fail;
      return file;
    },
    rename: (...args: Parameters<typeof real.rename>) => (failing.call === "rename" ? fail() : real.rename(...args)),
  };
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "signflip-files-"));
});
afterEach(async () => {
  failing.call = "";
  await chmod(folder, 0o755);
  await rm(folder, { recursive: true, force: true });
});

async function refusal(work: Promise<unknown>): Promise<SignflipError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SignflipError);
  expect((error as SignflipError).code).toBe("SF_FILE");
  expect((error as SignflipError).message).not.toContain("\n");
  return error as SignflipError;
}

describe("writeFileWhole", () => {
  it("writes bytes and text, over what was there, and leaves nothing else", async () => {
    const path = join(folder, "a.bin");
    await writeFileWhole(path, new Uint8Array([1, 2, 3]));
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    await writeFileWhole(path, "‖δ‖");
    expect(await readFile(path, "utf8")).toBe("‖δ‖");
    expect(await readdir(folder)).toEqual(["a.bin"]);
  });

  it("replaces what a link points to and keeps the link", async () => {
    await writeFile(join(folder, "file"), "old");
    await symlink("file", join(folder, "link"));
    await writeFileWhole(join(folder, "link"), "new");
    expect(await readFile(join(folder, "file"), "utf8")).toBe("new");
    expect((await lstat(join(folder, "link"))).isSymbolicLink()).toBe(true);
  });

  it.skipIf(process.platform === "win32")("writes to a pipe and does not replace it", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const [text] = await Promise.all([readFile(pipe, "utf8"), writeFileWhole(pipe, "through")]);
    expect(text).toBe("through");
    expect((await lstat(pipe)).isFIFO()).toBe(true);
    expect(await readdir(folder)).toEqual(["pipe"]);
  });

  it("refuses a path that is a folder", async () => {
    await mkdir(join(folder, "sub"));
    expect((await refusal(writeFileWhole(join(folder, "sub"), "x"))).message).toBe(`cannot write ${join(folder, "sub")}: it is a folder`);
    expect(await readdir(folder)).toEqual(["sub"]);
  });

  it("refuses a parent that is a file", async () => {
    await writeFile(join(folder, "file"), "kept");
    expect((await refusal(writeFileWhole(join(folder, "file", "a"), "x"))).message).toMatch(/a part of its path is a file, not a folder$/);
    expect(await readFile(join(folder, "file"), "utf8")).toBe("kept");
  });

  it("refuses a folder that is not there", async () => {
    expect((await refusal(writeFileWhole(join(folder, "none", "a"), "x"))).message).toMatch(/the folder .*none does not exist$/);
  });

  it.skipIf(process.getuid?.() === 0)("refuses a folder that cannot be written", async () => {
    await chmod(folder, 0o555);
    expect((await refusal(writeFileWhole(join(folder, "a"), "x"))).message).toMatch(/permission denied$/);
  });

  it.each([
    ["open", "EACCES", "permission denied"],
    ["open", "EROFS", "the file system is read-only"],
    ["writeFile", "ENOSPC", "no space is left on the disk"],
    ["sync", "ENOSPC", "no space is left on the disk"],
    ["writeFile", "EDQUOT", "the disk quota is used up"],
    ["rename", "EIO", "EIO"],
  ])("after a failing %s (%s) keeps the old file, removes the temporary, and says: %s", async (call, code, reason) => {
    const path = join(folder, "a");
    await writeFileWhole(path, "old");
    Object.assign(failing, { call, code });
    const { message, cause } = await refusal(writeFileWhole(path, "new"));
    expect(message).toBe(`cannot write ${path}: ${reason}`);
    expect(cause).toMatchObject({ code });
    expect(await readdir(folder)).toEqual(["a"]);
    expect(await readFile(path, "utf8")).toBe("old");
  });

  it.skipIf(process.platform === "win32")("takes every name that the disk takes, in bytes too", async () => {
    for (const name of ["n".repeat(253), "é".repeat(127)]) {
      await writeFileWhole(join(folder, name), "x");
      expect(await readFile(join(folder, name), "utf8")).toBe("x");
    }
    expect((await refusal(writeFileWhole(join(folder, "é".repeat(128)), "x"))).message).toMatch(/: the name is too long$/);
    expect(await readdir(folder)).toHaveLength(2);
  });

  it("can be called many times at once for one path", async () => {
    const path = join(folder, "a");
    await Promise.all(Array.from({ length: 20 }, (_, i) => writeFileWhole(path, `${i}`.repeat(1000))));
    expect((await readFile(path, "utf8")).length % 1000).toBe(0);
    expect(await readdir(folder)).toEqual(["a"]);
  });
});

describe("checkWritable", () => {
  const fine = async (path: string) => {
    await checkWritable(path);
    await ensureFolder(dirname(path));
    await writeFileWhole(path, "x");
  };

  it("lets pass what can be written then, and makes nothing", async () => {
    await checkWritable(join(folder, "a", "b", "c"));
    await checkWritableFolder(join(folder, "a", "b"));
    expect(await readdir(folder)).toEqual([]);
    await fine(join(folder, "a", "b", "c"));
    await fine(join(folder, "a", "b", "c"));
    await fine(join(folder, "n".repeat(255)));
    await checkWritable("/dev/null");
  });

  it.each([
    ["it is a folder", (at: string) => at],
    ["a part of its path is a file, not a folder", (at: string) => join(at, "file", "x")],
    ["a part of its path is a file, not a folder", (at: string) => join(at, "file", "deep", "x")],
    ["the name is too long", (at: string) => join(at, "n".repeat(256))],
    ["the name is too long", (at: string) => join(at, "none", "n".repeat(256))],
    ["the name is too long", (at: string) => join(at, "none", "n".repeat(256), "x")],
  ] as const)("refuses before the work what would fail after it: %s", async (reason, place) => {
    await writeFile(join(folder, "file"), "");
    const path = place(folder);
    expect((await refusal(checkWritable(path))).message).toBe(`cannot write ${path}: ${reason}`);
    expect((await refusal(fine(path))).message).toContain(reason);
    expect(await readdir(folder)).toEqual(["file"]);
  });

  it("refuses folders that are files, and those whose names are too long", async () => {
    await writeFile(join(folder, "file"), "");
    expect((await refusal(checkWritableFolder(join(folder, "file")))).message).toMatch(/a part of its path is a file, not a folder$/);
    expect((await refusal(checkWritableFolder(join(folder, "none", "n".repeat(256))))).message).toMatch(/the name is too long$/);
  });
});

describe("readWhole", () => {
  it("says why a file cannot be read", async () => {
    await writeFile(join(folder, "file"), "text");
    expect((await readWhole(join(folder, "file"))).toString()).toBe("text");
    expect((await refusal(readWhole(join(folder, "none")))).message).toBe(`cannot read ${join(folder, "none")}: it does not exist`);
    expect((await refusal(readWhole(folder))).message).toBe(`cannot read ${folder}: it is a folder`);
    expect((await refusal(readWhole(join(folder, "n".repeat(256))))).message).toMatch(/the name is too long$/);
  });
});

describe("ensureFolder", () => {
  it("makes folders as deep as needed, and is content with one that is there", async () => {
    await ensureFolder(join(folder, "a", "b"));
    await ensureFolder(join(folder, "a", "b"));
    expect(await readdir(join(folder, "a"))).toEqual(["b"]);
  });

  it("refuses where a file is in the way", async () => {
    await writeFile(join(folder, "file"), "");
    expect((await refusal(ensureFolder(join(folder, "file")))).message).toBe(
      `cannot make the folder ${join(folder, "file")}: a file of that name is in the way`,
    );
    expect((await refusal(ensureFolder(join(folder, "file", "sub")))).message).toMatch(/a part of its path is a file, not a folder$/);
    expect((await refusal(ensureFolder(join(folder, "file", "sub", "deeper")))).message).toMatch(/a part of its path is a file, not a folder$/);
  });

  it("is content with a link to a folder, and with many makers of one folder at once", async () => {
    await mkdir(join(folder, "real"));
    await symlink("real", join(folder, "link"));
    await ensureFolder(join(folder, "link"));
    await Promise.all(Array.from({ length: 20 }, (_, i) => ensureFolder(join(folder, "link", "a", "b", `${i % 3}`))));
    expect(await readdir(join(folder, "real", "a", "b"))).toHaveLength(3);
  });

  it.skipIf(process.platform !== "linux")("comes back where a file system takes no new folders", async () => {
    const why = "/proc takes no new files or folders";
    expect((await refusal(ensureFolder("/proc/nowhere"))).message).toBe(`cannot make the folder /proc/nowhere: ${why}`);
    expect((await refusal(ensureFolder("/proc/nowhere/deep/er"))).message).toBe(`cannot make the folder /proc/nowhere/deep/er: ${why}`);
    expect((await refusal(writeFileWhole("/proc/nowhere", "x"))).message).toBe(`cannot write /proc/nowhere: ${why}`);
  });
});

it("removeTemporaryFiles takes what killed processes left, and nothing else", async () => {
  const names = [".signflip-4711-0123456789ab.tmp", ".signflip-4712-0123456789ab.tmp", "cell.json", ".hidden.tmp"];
  for (const name of names) await writeFile(join(folder, name), "");
  await removeTemporaryFiles(folder, [4711]);
  expect(new Set(await readdir(folder))).toEqual(new Set(names.slice(1)));
  await removeTemporaryFiles(join(folder, "none"), [4711]);
});
