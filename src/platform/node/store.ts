import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import envPaths from "env-paths";
import type { NetworkStamp, ResultStore, StoredCell } from "../../study/store.ts";
import { SignflipError } from "../../util/errors.ts";
import { ensureFolder, fileError, writeFileWhole } from "./files.ts";

/** The user's cache folder, where cells go unless told otherwise. */
export function defaultCacheFolder(): string {
  return envPaths("signflip", { suffix: "" }).cache;
}

const format = "signflip-cell/2";

/**
 * Results on disk: `cells/<key>.json` and, if the network is kept, `<key>.onnx` beside it. Each file is written
 * completely or not at all, and the JSON carries the SHA-256 of its own content, so that a file that was cut, edited or
 * made by something else is noticed. `onDamage` is called with such a file; if it returns, the file counts as absent (a study then
 * computes the cell again and overwrites it); if it throws, so does `get`.
 */
export function diskStore(cacheFolder: string, { onDamage }: { onDamage: (damage: SignflipError) => void }): ResultStore {
  const folder = join(cacheFolder, "cells");
  const fileOf = (key: string) => join(folder, `${key}.json`);
  const networkOf = (key: string) => join(folder, `${key}.onnx`);
  const damaged = (file: string, what: string) => onDamage(new SignflipError("SF_CACHE", `${file} ${what}`));

  /** The network's bytes where they are what was written: the size alone would not tell. */
  const wholeNetwork = async (key: string, { bytes: size, sha256: hash }: NetworkStamp): Promise<Buffer | undefined> => {
    const bytes = await readIfThere(networkOf(key));
    if (bytes === undefined || stampOf(bytes).sha256 === hash) return bytes;
    damaged(networkOf(key), `is damaged: ${bytes.length === size ? "its content is not what was written" : `it has ${bytes.length} of ${size} bytes`}`);
    return undefined;
  };

  return {
    async get(key) {
      const text = await readIfThere(fileOf(key));
      if (text === undefined) return undefined;
      const cell = decodeCell(text.toString("utf8"), key);
      if (typeof cell !== "string") return cell;
      damaged(fileOf(key), cell);
      return undefined;
    },

    async put(cell) {
      await ensureFolder(folder);
      await writeFileWhole(fileOf(cell.result.key), Buffer.from(encodeCell(cell)));
    },

    async putNetwork(key, bytes) {
      await ensureFolder(folder);
      await writeFileWhole(networkOf(key), bytes);
      return stampOf(bytes);
    },

    async hasNetwork({ result, network }) {
      if (network === undefined) return false;
      return (await wholeNetwork(result.key, network)) !== undefined;
    },

    async getNetwork({ result, network }) {
      return network && (await wholeNetwork(result.key, network));
    },
  };
}

/** A cell as its file has it: valid JSON, the checksum over the text of `cell`. */
export function encodeCell(cell: StoredCell): string {
  const content = JSON.stringify(cell, withNames);
  return `{"format":"${format}","sha256":"${sha256(content)}","cell":${content}}\n`;
}

/** The cell in a file's text, or what is wrong with it. */
export function decodeCell(text: string, key: string): StoredCell | string {
  let file: { format?: unknown; sha256?: unknown; cell?: StoredCell } | null;
  try {
    file = JSON.parse(text) as typeof file;
  } catch {
    return `is damaged: ${text.length === 0 ? "it is empty" : "it is cut or is not JSON"}`;
  }
  if (typeof file !== "object" || file === null || file.format !== format) return "is not a result of this program";
  // Strings, numbers and the order of keys survive parsing, so the text of `cell` comes out as it went in.
  if (file.cell === undefined || file.sha256 !== sha256(JSON.stringify(file.cell))) return "is damaged: its content does not match its checksum";
  if (file.cell.result.key !== key) return `is not the result it is named after, but of ${file.cell.result.key}`;
  return JSON.parse(JSON.stringify(file.cell), withNumbers) as StoredCell;
}

/** JSON has no NaN (such as the mean of no values) and no infinity, so they are stored by name. */
interface NonFinite {
  readonly "not finite": "NaN" | "Infinity" | "-Infinity";
}

const withNames = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? ({ "not finite": String(value) as NonFinite["not finite"] } satisfies NonFinite) : value;

const withNumbers = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && "not finite" in value ? Number(value["not finite"]) : value;

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw fileError(`cannot read ${file}`, cause);
  }
}

const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");
const stampOf = (bytes: Uint8Array): NetworkStamp => ({ bytes: bytes.length, sha256: sha256(bytes) });
