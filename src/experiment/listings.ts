import { isCone, isFlips, isRobust, isTheory, type CellResult } from "./cell.ts";
import { coneListing } from "./cone/listing.ts";
import { flipsListing } from "./flips/listing.ts";
import { listRuns, type ListedRuns } from "./listing.ts";
import { robustListing } from "./robust/listing.ts";
import { theoryListing } from "./theory/listing.ts";

/** The runs of every kind that there is, each in its own table. */
export function listings(results: readonly CellResult[]): ListedRuns[] {
  return [
    listRuns(flipsListing, results.filter(isFlips)),
    listRuns(robustListing, results.filter(isRobust)),
    listRuns(theoryListing, results.filter(isTheory)),
    listRuns(coneListing, results.filter(isCone)),
  ].filter(({ table }) => table.rows.length > 0);
}
