import { carliniWagner } from "./carlini-wagner.ts";
import { ddn } from "./ddn.ts";
import { deepfool } from "./deepfool.ts";
import { fab } from "./fab.ts";
import { fmn } from "./fmn.ts";
import { hopSkipJump } from "./hop-skip-jump.ts";
import { noise } from "./noise.ts";
import { ray } from "./ray.ts";
import type { SearchRule } from "./rule.ts";
import { square } from "./square.ts";

export type SearchName = "ray" | "deepfool" | "fmn" | "ddn" | "carlini-wagner" | "fab" | "square" | "hop-skip-jump" | "noise";

/** Every search for the smallest perturbation: a new one is its file, its name above and its line here. */
export const searches = {
  ray,
  deepfool,
  fmn,
  ddn,
  "carlini-wagner": carliniWagner,
  fab,
  square,
  "hop-skip-jump": hopSkipJump,
  noise,
} satisfies Readonly<Record<SearchName, SearchRule>>;
