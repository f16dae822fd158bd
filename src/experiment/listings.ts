import type { Cell } from "./experiment.ts";
import { experimentNames, findExperiment } from "./index.ts";
import { listRuns, type ListedRuns } from "./listing.ts";

/** The runs of every experiment that lists them, each in its own table. */
export function listings(results: readonly Cell[]): ListedRuns[] {
  return experimentNames().flatMap((name) => {
    const listing = findExperiment(name)?.listing;
    const own = results.filter(({ config }) => config.kind === name);
    return listing === undefined || own.length === 0 ? [] : [listRuns(listing, own)];
  });
}
