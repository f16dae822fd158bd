import { loadData, type DataConfig } from "../../data/index.ts";
import type { RunContext } from "../../experiment/experiment.ts";
import { loadDataset } from "./data-files.ts";
import { dataSource } from "./idx-folder.ts";
import { load } from "./load.ts";

/**
 * What a cell may use of this machine: data from `dataFolder`, or the MNIST that comes with Signflip, and files of models and data. What was
 * read last is kept, since cells in a row often share it.
 */
export function runContext({ dataFolder, ...options }: Omit<RunContext, "load"> & { readonly dataFolder?: string | undefined }): RunContext {
  return {
    ...options,
    load: keepingLast((data: DataConfig) => loadData(data, dataSource(dataFolder))),
    openModel: keepingLast(load),
    openData: keepingLast(loadDataset),
  };
}

/** A function of plain data that remembers its last result, unless that was a failure. */
function keepingLast<A extends readonly unknown[], R>(read: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  let last: { readonly name: string; readonly result: Promise<R> } | undefined;
  return (...args) => {
    const name = JSON.stringify(args);
    if (last?.name !== name) {
      const result = read(...args);
      last = { name, result };
      result.catch(() => (last = last?.name === name ? undefined : last));
    }
    return last!.result;
  };
}
