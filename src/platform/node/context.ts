import { loadData, type DataConfig } from "../../data/index.ts";
import type { Split } from "../../data/dataset.ts";
import type { RunContext } from "../../experiment/experiment.ts";
import { dataSource } from "./idx-folder.ts";

/**
 * What a cell may use of this machine: data from `dataFolder`, or the MNIST that comes with Signflip. The data that was read
 * last is kept, since cells in a row often share it.
 */
export function runContext({ dataFolder, ...options }: Omit<RunContext, "load"> & { readonly dataFolder?: string | undefined }): RunContext {
  return { ...options, load: loaderFrom(dataFolder) };
}

function loaderFrom(folder: string | undefined): RunContext["load"] {
  let last: { readonly name: string; readonly split: Promise<Split> } | undefined;
  return (data: DataConfig) => {
    const name = JSON.stringify(data);
    if (last?.name !== name) last = { name, split: loadData(data, dataSource(folder)) };
    return last.split;
  };
}
