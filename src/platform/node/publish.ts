import type { Cell } from "../../experiment/experiment.ts";
import type { Column, FlatRow } from "../../experiment/columns.ts";
import { experimentOf } from "../../experiment/index.ts";
import { toInput } from "../../study/study.ts";
import { availableParallelism, cpus } from "node:os";
import { relative } from "node:path";
import { createRequire } from "node:module";
import { stringify } from "yaml";
import type { Claim } from "../../figure/figure.ts";
import { figureNamed, figureNames, figures, type FigureName } from "../../figure/index.ts";
import { manifestName, type OutputFolder } from "./output-folder.ts";
import { writeReport } from "./report-files.ts";
import { toCsv, toParquet } from "./rows-files.ts";
import { fileStem, plannedName, type PlannedCell, type PlannedStudy } from "../../study/plan.ts";
import type { ResultStore, StoredCell } from "../../study/store.ts";
import { programVersion } from "./version.ts";

/** What lies in the output folder after publishing; paths are relative to it. */
export interface Published {
  readonly files: {
    readonly report: string;
    readonly figures: readonly string[];
    readonly rows: readonly string[];
    readonly networks: readonly string[];
    readonly manifest: string;
  };
  readonly figures: readonly {
    readonly name: FigureName;
    readonly cells: { readonly done: number; readonly total: number };
    readonly claims: readonly Claim[];
  }[];
}

export interface PublisherOptions {
  readonly output: OutputFolder;
  readonly store: ResultStore;
  readonly plans: readonly PlannedStudy[];
  readonly title: string;
  readonly preset: string;
  readonly commandLine: string;
}

/** Writes what there is of some studies: the report, figures, rows and networks. */
export class Publisher {
  readonly #options: PublisherOptions;
  /** What each file was last made of: what has not changed is left alone. */
  readonly #written = new Map<string, string>();

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  async publish(results: ReadonlyMap<string, StoredCell>): Promise<Published> {
    const { output, plans, title, preset, commandLine } = this.#options;
    const resultsOf = (keys: readonly string[]): Cell[] => keys.flatMap((key) => results.get(key)?.result ?? []);
    const all = new Set(plans.flatMap(({ cells }) => cells.map(({ key }) => key)));
    const cellsThere = { done: [...all].filter((key) => results.has(key)).length, total: all.size };
    await output.begin(cellsThere);
    const rows: string[] = [];
    // Studies that share a cell share its network’s file.
    const networks = new Set<string>();
    // A figure may be drawn from several studies, and these may share cells.
    const keysOf = new Map<FigureName, Set<string>>();
    for (const { study, cells } of plans) {
      const keys = cells.map(({ key }) => key);
      rows.push(...(await this.#rows(fileName(study.name), resultsOf(keys))));
      for (const file of await this.#networks(cells, results)) networks.add(file);
      for (const name of study.figures.flatMap((asked) => figureNamed(asked) ?? [])) keysOf.set(name, new Set([...(keysOf.get(name) ?? []), ...keys]));
    }
    const drawn = [...keysOf]
      .map(([name, keys]) => ({ name, results: resultsOf([...keys]), total: keys.size }))
      .filter(({ results: there }) => there.length > 0)
      .sort((a, b) => figureNames.indexOf(a.name) - figureNames.indexOf(b.name));
    const written = await writeReport((file, bytes) => output.write(file, bytes), {
      title,
      date: new Date().toISOString().slice(0, 16).replace("T", " ") + " UTC",
      preset,
      commandLine,
      cells: cellsThere,
      figures: drawn,
      results: resultsOf([...all]),
      configuration: plans.map(({ study }) => stringify(toInput(study), { collectionStyle: "any" })).join("---\n"),
      versions: versions(),
    });
    await output.settle(cellsThere);
    return {
      files: { report: "report.html", figures: written.filter((path) => path.startsWith("figures/")), rows, networks: [...networks], manifest: manifestName },
      figures: drawn.map(({ name, results: there, total }) => ({ name, cells: { done: there.length, total }, claims: figures[name].claims(there) })),
    };
  }

  async #networks(cells: PlannedStudy["cells"], results: ReadonlyMap<string, StoredCell>): Promise<string[]> {
    const files: string[] = [];
    for (const cell of cells) {
      const { key, keepNetwork } = cell;
      const stored = results.get(key);
      if (!keepNetwork || stored === undefined) continue;
      const file = `networks/${networkName(cell)}`;
      if (!this.#written.has(file)) {
        const bytes = await this.#options.store.getNetwork(stored);
        if (bytes === undefined) continue;
        await this.#write(file, bytes, key);
      }
      files.push(file);
    }
    return files;
  }

  async #rows(name: string, cells: readonly Cell[]): Promise<string[]> {
    const stamp = cells.map(({ key }) => key).join();
    const files: string[] = [];
    for (const { suffix, columns, records } of tablesOf(cells)) {
      const [csv, parquet] = [`rows/${name}${suffix}.csv`, `rows/${name}${suffix}.parquet`];
      const all = this.#written.get(csv) === stamp ? undefined : records();
      if (all?.length === 0) continue;
      files.push(csv, parquet);
      if (all === undefined) continue;
      await this.#write(parquet, toParquet(columns, all), stamp);
      await this.#write(csv, toCsv(columns, all), stamp);
    }
    return files;
  }

  async #write(file: string, bytes: Uint8Array | string, stamp: string): Promise<void> {
    await this.#options.output.write(file, bytes);
    this.#written.set(file, stamp);
  }
}

/** Publishes again and again while cells finish, never twice at once. */
export class PublishLoop {
  readonly #publish: () => Promise<unknown>;
  readonly #every: number;
  readonly #onError: (error: unknown) => void;
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;
  #last = performance.now();
  /** How long the last one took, in seconds. */
  #took = 0;

  constructor(publish: () => Promise<unknown>, { every, onError }: { every: number; onError: (error: unknown) => void }) {
    this.#publish = publish;
    this.#every = every;
    this.#onError = onError;
  }

  /** Something is new: publish if the last time is long enough ago, so that it never takes more than a small part of the time. */
  touch(): void {
    if ((performance.now() - this.#last) / 1000 >= Math.max(this.#every, 20 * this.#took)) this.now();
  }

  now(): void {
    if (this.#closed) return;
    this.#again = true;
    this.#running ??= this.#run();
  }

  /** Begins nothing new and waits for what is being written. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#again = false;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const began = performance.now();
      await this.#publish().catch(this.#onError);
      this.#last = performance.now();
      this.#took = (this.#last - began) / 1000;
    }
    this.#running = undefined;
  }
}

/** Program and engine versions, and the machine: whatever a reader needs to repeat a run. */
export function versions(): Record<string, string> {
  const engine = createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string };
  return {
    signflip: programVersion(),
    "ONNX Runtime": engine.version,
    Node: process.versions.node,
    machine: `${process.platform} ${process.arch}, ${availableParallelism()} × ${cpus()[0]?.model.trim() || "unknown processor"}`,
  };
}

/** `mnist-0-1-size-28-m-10000-c0-10-seed-0-1a2b3c4d.onnx`: what one looks for, and enough of the key to be the only one. */
const networkName = (cell: PlannedCell): string => `${fileStem(plannedName(cell))}-${cell.key.slice(0, 8)}.onnx`;

/** The tables of some cells, by experiment: those of a second experiment in a study have its name in theirs. */
function tablesOf(cells: readonly Cell[]): { readonly suffix: string; readonly columns: readonly Column[]; readonly records: () => FlatRow[] }[] {
  const kinds = [...new Set(cells.map(({ config }) => config.kind))];
  return kinds.flatMap((kind) => {
    const own = cells.filter(({ config }) => config.kind === kind);
    return experimentOf({ kind }).columns.map(({ suffix, columns, records }) => ({
      suffix: `${kinds.length > 1 ? `-${kind}` : ""}${suffix}`,
      columns,
      records: () => records(own),
    }));
  });
}

const fileName = (name: string) =>
  name
    .trim()
    .replace(/[^\w.-]+/g, "-")
    .toLowerCase();

/** A path as one would type it from here. */
export function shortPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near === "" ? "." : near.startsWith("..") ? path : near;
}
