import { defineCommand } from "./command.ts";
import { jsonOption, studyOptions, threadsOption, workersOption } from "./options.ts";
import { plural } from "./text.ts";

/** While cells finish, what there is is written out this often, in seconds. */
const publishEvery = 15;

export const reproduce = defineCommand({
  name: "reproduce",
  summary: "compute the paper's figures, with a report that grows as they finish",
  description:
    "Runs every cell of the figures in a pool of processes and writes report.html, figures, rows and trained networks. " +
    "Finished cells are cached and never computed twice: after Ctrl-C the same command goes on where it stopped.",
  options: {
    ...studyOptions,
    workers: workersOption,
    threads: { ...threadsOption, description: "threads of each process", defaultText: "1, or more where there are fewer cells than cores" },
    json: { ...jsonOption, description: "print claims, files and counts as one JSON object on stdout; after an error stdout is empty" },
  },
  examples: [
    ["signflip reproduce", "Figures 2 to 7 at the laptop preset"],
    ["signflip reproduce --figure 2 --preset smoke", "Figure 2, small, in seconds"],
    ["signflip reproduce --figure 4 --method faithful", "Figure 4 with the authors' PGD in training: ten times the passes"],
    ["signflip reproduce --study study.yaml --out results", "a study of your own"],
  ],
  async run(values, { print, note, given, commandLine }) {
    const began = performance.now();
    const [{ availableParallelism }, { join, resolve }, { cacheFolderOf, plan, studiesOf, titleOf }, { checkOutputFolder }] = await Promise.all([
      import("node:os"),
      import("node:path"),
      import("./studies.ts"),
      import("./output.ts"),
    ]);
    const studies = await studiesOf(values, given);
    const folder = resolve(values.out);
    const cacheFolder = cacheFolderOf(values);
    await checkOutputFolder(folder, values.out);
    await checkOutputFolder(join(cacheFolder, "cells"), `the cache folder ${cacheFolder} (--cache names another)`);

    const [
      { startPool },
      { diskStore },
      { cellName },
      { runStudies },
      { progressView },
      { Publisher, PublishLoop, shortPath },
      { printPublished },
      { SignflipError },
    ] = await Promise.all([
      import("../node/workers.ts"),
      import("../node/store.ts"),
      import("../study/plan.ts"),
      import("../study/run-study.ts"),
      import("./progress.ts"),
      import("./publish.ts"),
      import("./published.ts"),
      import("../util/errors.ts"),
    ]);
    const plans = await plan(studies, values);
    const cells = new Map(plans.flatMap((one) => one.cells).map((cell) => [cell.key, cell]));
    const cores = availableParallelism();
    const workers = Math.min(values.workers ?? cores, cells.size);
    const threads = values.threads ?? Math.max(1, Math.floor(cores / workers));

    const view = progressView({ slots: workers });
    const store = diskStore(cacheFolder, { onDamage: ({ code, message }) => view.say(`warning ${code}: ${message}; it is computed anew`) });
    const publisher = new Publisher({ folder, store, plans, title: studies.map(titleOf).join(", "), preset: values.study ?? values.preset, commandLine });
    const results = new Map<string, import("../study/store.ts").StoredCell>();
    const loop = new PublishLoop(() => publisher.publish(results), {
      every: publishEvery,
      onError: (error) => view.say(`warning: the report could not be written: ${error instanceof Error ? error.message : String(error)}`),
    });
    const pool = startPool({ workers, threads, cacheFolder, ...(values.dataFolder === undefined ? {} : { dataFolder: resolve(values.dataFolder) }) });

    const stopper = new AbortController();
    const stop = () => {
      // Asked twice: at once.
      if (stopper.signal.aborted) process.exit(130);
      stopper.abort();
      void pool.stop();
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    for (const signal of signals) process.on(signal, stop);
    try {
      const outcome = await runStudies(plans, {
        store,
        executor: pool,
        signal: stopper.signal,
        onEvent: (event) => {
          if (event.kind === "planned") {
            const cached = event.cached > 0 ? ` · ${event.cached} cached` : "";
            const processes = event.toRun.length > 0 ? ` · ${plural(Math.min(workers, event.toRun.length), "process", "processes")}` : "";
            view.say(`${studies.map(titleOf).join(", ")} · ${plural(event.total, "cell")}${cached}${processes}`);
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
      await loop.close();
      view.end();
      if (outcome.stopped) {
        throw new SignflipError(
          "SF_STOPPED",
          `stopped with ${outcome.results.size} of ${plural(cells.size, "cell")} done; they are kept in ${cacheFolder}, and the same command goes on from there`,
        );
      }
      const published = await publisher.publish(outcome.results);
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
          command: "reproduce",
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
      for (const signal of signals) process.off(signal, stop);
    }
  },
});
