import { gunzipIfNeeded } from "../../data/idx.ts";
import type { DataSource } from "../../data/index.ts";
import { idxNames, mnistFromIdx, type IdxFiles, type IdxNames, type MnistOptions } from "../../data/mnist.ts";
import type { Split } from "../../data/dataset.ts";
import { SignflipError } from "../../util/errors.ts";
import { decodePicture } from "./picture.ts";

/**
 * Two classes of the four IDX files that lie under `url`, as they are or with `.gz` added: MNIST, Fashion-MNIST and others.
 * @throws SF_FILE when a file cannot be fetched; and whatever `mnistFromIdx` throws.
 */
export async function mnist({ url, ...options }: MnistOptions & { readonly url: string | URL }): Promise<Split> {
  return mnistFromIdx(await fetchIdx(folderUrl(url)), options);
}

/** Files for `datasets` from a folder on a server. */
export function urlSource(url: string | URL): DataSource {
  const name = folderUrl(url);
  return {
    idx: () => fetchIdx(name),
    folder: async () => ({ name: name.slice(0, -1), decode: decodePicture, read: async (file) => (await fetchIfThere([name + file])).found?.bytes }),
  };
}

const folderUrl = (url: string | URL) => String(url).replace(/\/?$/, "/");

async function fetchIdx(folder: string): Promise<IdxFiles> {
  const fetched = await Promise.all(Object.entries(idxNames).map(async ([role, name]) => [role, await fetchFile(folder + name)] as const));
  const each = <T>(of: (file: { name: string; bytes: Uint8Array }) => T) =>
    Object.fromEntries(fetched.map(([role, file]) => [role, of(file)])) as Record<keyof IdxNames, T>;
  return { ...each(({ bytes }) => bytes), names: each(({ name }) => name) };
}

async function fetchFile(address: string): Promise<NamedBytes> {
  const { found, last } = await fetchIfThere([address, `${address}.gz`]);
  if (found) return found;
  throw new SignflipError("SF_FILE", `cannot fetch ${address} or ${address}.gz: ${last}`);
}

interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The first of some files that is there, unpacked; `last` is what the server said otherwise. */
async function fetchIfThere(names: readonly string[]): Promise<{ readonly found?: NamedBytes; readonly last: string }> {
  let last = "";
  for (const name of names) {
    const response = await fetch(name).catch((cause: unknown) => {
      throw new SignflipError("SF_FILE", `cannot fetch ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    });
    if (response.ok) return { found: { name, bytes: await gunzipIfNeeded(new Uint8Array(await response.arrayBuffer()), name) }, last };
    last = `${response.status} ${response.statusText}`.trim();
  }
  return { last };
}
