import type { Classifier } from "../classifier.ts";
import type { NetworkOptions } from "./layers.ts";

/** A kind of network: a file and a line in `index.ts`. */
export interface NetworkKind<Own extends Readonly<Record<string, number | readonly number[]>>> {
  /** One line for help. */
  readonly summary: string;
  /** Its own options with their defaults. */
  readonly defaults: Own;
  /** Fresh, with seeded weights. @throws SF_OPTION (usage) where it is not for inputs of that shape */
  build(options: NetworkOptions & Partial<Own>): Classifier;
}
