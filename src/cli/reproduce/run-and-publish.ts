import { cellName } from "../../experiment/index.ts";
import type { Study } from "../../study/study.ts";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { diskStore } from "../../platform/node/store.ts";
import { startPool } from "../../platform/node/pool.ts";
import { runStudies } from "../../study/run.ts";
import type { StoredCell } from "../../study/store.ts";
import { SignflipError } from "../../util/errors.ts";
import { timed } from "../../util/timing.ts";
import type { CommandContext } from "../command.ts";
import { checkOutputFolder } from "../output.ts";
import { progressView } from "./progress.ts";
import { OutputFolder } from "../../platform/node/output-folder.ts";
import { Publisher, PublishLoop, shortPath } from "../../platform/node/publish.ts";
import { printPublished } from "./published.ts";
import { cacheFolderOf, plan, titleOf, titleOfAll, type StudyValues } from "./studies.ts";
import { plural } from "../../util/words.ts";
import { stopOnSignals } from "../stopper.ts";

/** While cells finish, what there is is written out this often, in seconds. */
const publishEvery = 15;

/** What a command that runs studies was told, beside which. */
export interface RunValues extends Pick<StudyValues, "out" | "cache" | "dataFolder" | "networks"> {
  readonly command: string;
  readonly study?: string | undefined;
  readonly preset: string | undefined;
  readonly workers: number | undefined;
  readonly threads: number | undefined;
  readonly json: boolean;
}

/** Runs studies in a pool of processes, with progress, and writes what there is of them while they run and at the end. */
export async function runAndPublish(
  studies: readonly Study[],
  values: RunValues,
  { print, note, commandLine }: Pick<CommandContext, "print" | "note" | "commandLine">,
): Promise<void> {
  const began = performance.now();
  const folder = resolve(values.out);
  const cacheFolder = cacheFolderOf(values);
  await checkOutputFolder(folder, values.out);
  await checkOutputFolder(join(cacheFolder, "cells"), `the cache folder ${cacheFolder} (--cache names another)`);

  const plans = await timed("planning", () => plan(studies, values));
  const cells = new Map(plans.flatMap((one) => one.cells).map((cell) => [cell.key, cell]));
  const cores = availableParallelism();
  const workers = Math.min(values.workers ?? cores, cells.size);
  const threads = values.threads ?? Math.max(1, Math.floor(cores / workers));

  const output = await OutputFolder.open(folder, commandLine);
  const view = progressView({ slots: workers });
  const store = diskStore(cacheFolder, { onDamage: ({ code, message }) => view.say(`warning ${code}: ${message}; it will be computed again`) });
  const publisher = new Publisher({ output, store, plans, title: titleOfAll(studies), preset: values.study ?? values.preset ?? "", commandLine });
  const results = new Map<string, StoredCell>();
  const loop = new PublishLoop(() => timed("drawing figures and the report", () => publisher.publish(results)), {
    every: publishEvery,
    onError: (error) => view.say(`warning: the report could not be written: ${error instanceof Error ? error.message : String(error)}`),
  });
  const pool = startPool({ workers, threads, cacheFolder, ...(values.dataFolder === undefined ? {} : { dataFolder: resolve(values.dataFolder) }) });

  const stopper = stopOnSignals(pool);
  try {
    const running = runStudies(plans, {
      store,
      executor: pool,
      signal: stopper.signal,
      onEvent: (event) => {
        if (event.kind === "planned") {
          const cached = event.cached > 0 ? ` · ${event.cached} cached` : "";
          const processes = event.toRun.length > 0 ? ` · ${plural(Math.min(workers, event.toRun.length), "process", "processes")}` : "";
          view.say(`${titleOfAll(studies)} · ${plural(event.total, "cell")}${cached}${processes}`);
        }
        view.show(event);
        if (event.kind === "cached" || event.kind === "finished") results.set(event.cell.key, event.stored);
        if (event.kind === "finished") loop.touch();
        if (event.kind === "complete" && results.size < cells.size) {
          view.say(`${titleOf(event.plan.study)} is complete: ${shortPath(join(folder, "report.html"))}`);
          loop.now();
        }
      },
    });
    const outcome = await timed("waiting for the processes that compute", () => running);
    await loop.close();
    view.end();
    if (outcome.stopped) {
      throw new SignflipError(
        "SF_STOPPED",
        `stopped with ${outcome.results.size} of ${plural(cells.size, "cell")} done; they are kept in ${cacheFolder}, and the same command goes on from there`,
      );
    }
    const published = await timed("drawing figures and the report", () => publisher.publish(outcome.results));
    const [first] = outcome.failed;
    if (first !== undefined) {
      const names = outcome.failed.map(({ cell }) => cellName(cell.config)).join("; ");
      throw new SignflipError(
        first.error instanceof SignflipError ? first.error.code : "SF_INTERNAL",
        `${outcome.failed.length} of ${plural(cells.size, "cell")} failed (${names}): ${first.error.message}. The other cells are kept and in the report; the same command tries again`,
      );
    }
    printPublished(published, {
      print,
      note,
      folder,
      json: values.json,
      summary: {
        command: values.command,
        out: folder,
        cache: cacheFolder,
        cells: { total: cells.size, computed: outcome.computed, cached: outcome.cached },
        seconds: (performance.now() - began) / 1000,
      },
    });
  } finally {
    view.end();
    await pool.stop();
    await loop.close();
    await output.close();
    stopper.release();
  }
}
