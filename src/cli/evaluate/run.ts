import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Cell } from "../../experiment/experiment.ts";
import type { EvaluateConfig } from "../../experiment/evaluate/config.ts";
import { fileFingerprint } from "../../platform/node/files.ts";
import { startPool } from "../../platform/node/pool.ts";
import { diskStore } from "../../platform/node/store.ts";
import { cellKey, inputsOf } from "../../study/key.ts";
import type { PlannedCell } from "../../study/plan.ts";
import { runStudies } from "../../study/run.ts";
import { SignflipError } from "../../util/errors.ts";
import { count, plural } from "../../util/words.ts";
import { checkOutputFolder } from "../output.ts";
import { progressView } from "../reproduce/progress.ts";
import { cacheFolderOf } from "../reproduce/studies.ts";
import { stopOnSignals } from "../stopper.ts";

export interface RunCellsOptions {
  readonly cache: string | undefined;
  readonly workers: number | undefined;
  readonly threads: number | undefined;
}

/**
 * Computes cells in a pool of processes, with progress; those that are cached are taken from there.
 * @returns the cells in the order of their configurations
 * @throws SF_STOPPED on Ctrl-C; what is finished is kept
 */
export async function runCells(configs: readonly EvaluateConfig[], { cache, ...asked }: RunCellsOptions, note: (text: string) => void): Promise<Cell[]> {
  const cacheFolder = cacheFolderOf({ cache });
  await checkOutputFolder(join(cacheFolder, "cells"), `the cache folder ${cacheFolder} (--cache names another)`);
  const files = new Map<string, Promise<string>>();
  const file = (path: string) => {
    const known = files.get(path) ?? fileFingerprint(path);
    files.set(path, known);
    return known;
  };
  const none = () => Promise.reject(new TypeError("internal: data of studies"));
  const cells = await Promise.all(
    configs.map(async (config): Promise<PlannedCell> => ({
      key: cellKey(config, await inputsOf(config, { data: none, file })),
      config,
      keepNetwork: false,
      swept: [],
    })),
  );
  const cores = availableParallelism();
  const workers = Math.min(asked.workers ?? cores, cells.length);
  const threads = asked.threads ?? Math.max(1, Math.floor(cores / workers));
  const view = progressView({ slots: workers });
  const store = diskStore(cacheFolder, { onDamage: ({ code, message }) => view.say(`warning ${code}: ${message}; it will be computed again`) });
  const pool = startPool({ workers, threads, cacheFolder });
  const stopper = stopOnSignals(pool);
  try {
    const study = { name: "evaluation", figures: [], seeds: [], parts: [], input: { name: "evaluation" } };
    const outcome = await runStudies([{ study, cells }], {
      store,
      executor: pool,
      signal: stopper.signal,
      onEvent: (event) => {
        if (event.kind === "planned" && event.cached > 0) note(`  ${count(event.cached)} of ${plural(event.total, "block")} of samples are cached`);
        view.show(event);
      },
    });
    view.end();
    if (outcome.stopped)
      throw new SignflipError(
        "SF_STOPPED",
        `stopped with ${outcome.results.size} of ${plural(cells.length, "block")} of samples done; they are kept in ${cacheFolder}, and the same command goes on from there`,
      );
    const [first] = outcome.failed;
    if (first !== undefined) throw first.error;
    return cells.map(({ key }) => outcome.results.get(key)!.result);
  } finally {
    view.end();
    await pool.stop();
    stopper.release();
  }
}
