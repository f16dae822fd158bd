import { capital } from "../util/words.ts";
import type { Cell, Experiment } from "./experiment.ts";
import { cellName, experimentNames, experimentOf } from "./index.ts";
import { listRuns, type ListedRuns, type Listing } from "./listing.ts";

/** The runs of every experiment, each in its own table. */
export function listings(results: readonly Cell[]): ListedRuns[] {
  return experimentNames().flatMap((kind) => {
    const own = results.filter(({ config }) => config.kind === kind);
    const experiment = experimentOf({ kind });
    return own.length === 0 ? [] : [listRuns(experiment.listing ?? plainListing(experiment), own)];
  });
}

/** What an experiment without a listing of its own gets: the names of its runs, and the number that one looks for first. */
const plainListing = ({ kind, summary, headline }: Experiment): Listing<Cell> => ({
  heading: capital(kind),
  intro: `${capital(summary)}.`,
  order: () => 0,
  columns: [
    { name: "Run", value: ({ config }) => cellName(config), words: true, essential: true },
    { name: "Result", value: ({ row }) => headline?.(row), words: true, essential: true },
  ],
});
