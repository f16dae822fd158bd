import type { IdxFiles } from "./mnist.ts";

/** Where files come from: a folder in Node, the network or a file dialog in a page. */
export interface DataSource {
  /** The four IDX files, not compressed. */
  idx(): Promise<IdxFiles>;
}
