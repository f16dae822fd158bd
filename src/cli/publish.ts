import { availableParallelism, cpus } from "node:os";
import { join, relative, sep } from "node:path";
import { createRequire } from "node:module";
import { stringify } from "yaml";
import type { Claim, FigureName } from "../figure/figure.ts";
import { figures } from "../figure/index.ts";
import { ensureFolder, writeFileWhole } from "../node/files.ts";
import { writeReport } from "../node/report.ts";
import { toCsv, toParquet } from "../node/rows-files.ts";
import { isFlips, isRobustConfig, type CellConfig, type CellResult } from "../study/cell.ts";
import { radiusOf, type PlannedStudy } from "../study/plan.ts";
import { cellColumns, columnsOf, sampleColumns, sampleRecords, toRecord, type Column, type FlatRow } from "../study/rows.ts";
import { toInput } from "../study/schema.ts";
import type { ResultStore, StoredCell } from "../study/store.ts";
import { programVersion } from "./version.ts";

/** What lies in the output folder after publishing; paths are relative to it. */
export interface Published {
  readonly files: { readonly report: string; readonly figures: readonly string[]; readonly rows: readonly string[]; readonly networks: readonly string[] };
  readonly figures: readonly {
    readonly name: FigureName;
    readonly cells: { readonly done: number; readonly total: number };
    readonly claims: readonly Claim[];
  }[];
}

export interface PublisherOptions {
  readonly folder: string;
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
    const { folder, plans, title, preset, commandLine } = this.#options;
    const rows: string[] = [];
    const networks: string[] = [];
    const drawn: { name: FigureName; results: CellResult[]; total: number }[] = [];
    const draw = (name: FigureName, there: readonly CellResult[], total: number) => {
      const same = drawn.find((one) => one.name === name);
      // The panels of a figure may be studies of their own.
      if (same === undefined) drawn.push({ name, results: [...there], total });
      else Object.assign(same, { results: [...same.results, ...there], total: same.total + total });
    };
    for (const { study, cells } of plans) {
      const there = cells.flatMap(({ key }) => results.get(key)?.result ?? []);
      rows.push(...(await this.#rows(fileName(study.name), there)));
      networks.push(...(await this.#networks(cells, results)));
      for (const number of study.figures) draw(`figure-${number}`, there, cells.length);
    }
    const all = new Set(plans.flatMap(({ cells }) => cells.map(({ key }) => key)));
    const written = await writeReport(folder, {
      title,
      date: new Date().toISOString().slice(0, 16).replace("T", " ") + " UTC",
      preset,
      commandLine,
      cells: { done: [...all].filter((key) => results.has(key)).length, total: all.size },
      figures: drawn.filter(({ results: there }) => there.length > 0),
      configuration: plans.map(({ study }) => stringify(toInput(study), { collectionStyle: "any" })).join("---\n"),
      versions: versions(),
    });
    const inFolder = written.map((path) => relative(folder, path).split(sep).join("/"));
    return {
      files: { report: "report.html", figures: inFolder.filter((path) => path.startsWith("figures/")), rows, networks },
      figures: drawn
        .filter(({ results: there }) => there.length > 0)
        .map(({ name, results: there, total }) => ({ name, cells: { done: there.length, total }, claims: figures[name].claims(there) })),
    };
  }

  async #networks(cells: PlannedStudy["cells"], results: ReadonlyMap<string, StoredCell>): Promise<string[]> {
    const files: string[] = [];
    for (const { key, config, keepNetwork } of cells) {
      const stored = results.get(key);
      if (!keepNetwork || stored === undefined) continue;
      const file = `networks/${networkName(config, key)}`;
      if (!this.#written.has(file)) {
        const bytes = await this.#options.store.getNetwork(stored);
        if (bytes === undefined) continue;
        await this.#write(file, bytes, key);
      }
      files.push(file);
    }
    return files;
  }

  async #rows(name: string, cells: readonly CellResult[]): Promise<string[]> {
    const stamp = cells.map(({ key }) => key).join();
    const tables: [string, readonly Column[], () => FlatRow[]][] = [[name, cells[0] ? columnsOf(cells[0]) : cellColumns, () => cells.map(toRecord)]];
    if (cells.some((cell) => isFlips(cell) && cell.samples !== undefined)) tables.push([`${name}-samples`, sampleColumns, () => cells.flatMap(sampleRecords)]);
    const files: string[] = [];
    for (const [table, columns, records] of tables) {
      const [csv, parquet] = [`rows/${table}.csv`, `rows/${table}.parquet`];
      files.push(csv, parquet);
      if (this.#written.get(csv) === stamp) continue;
      const all = records();
      await this.#write(parquet, toParquet(columns, all), stamp);
      await this.#write(csv, toCsv(columns, all), stamp);
    }
    return files;
  }

  async #write(file: string, bytes: Uint8Array | string, stamp: string): Promise<void> {
    const path = join(this.#options.folder, file);
    await ensureFolder(join(path, ".."));
    await writeFileWhole(path, bytes);
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

  constructor(publish: () => Promise<unknown>, { every, onError }: { every: number; onError: (error: unknown) => void }) {
    this.#publish = publish;
    this.#every = every;
    this.#onError = onError;
  }

  /** Something is new: publish if the last time is long enough ago. */
  touch(): void {
    if ((performance.now() - this.#last) / 1000 >= this.#every) this.now();
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
      await this.#publish().catch(this.#onError);
      this.#last = performance.now();
    }
    this.#running = undefined;
  }
}

function versions(): Record<string, string> {
  const engine = createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string };
  return {
    signflip: programVersion(),
    "ONNX Runtime": engine.version,
    Node: process.versions.node,
    machine: `${process.platform} ${process.arch}, ${availableParallelism()} × ${cpus()[0]?.model.trim() || "unknown processor"}`,
  };
}

/** `size-28-m-10000-c0-10-seed-0-1a2b3c4d.onnx`: what one looks for, and enough of the key to be the only one. */
function networkName(config: CellConfig, key: string): string {
  const { data, network, seed } = config;
  const ball = config.training.c0 === undefined ? `radius-${radiusOf(config)}` : `c0-${config.training.c0}`;
  const parts = [
    `size-${data.size}`,
    `m-${network.m}`,
    ball,
    ...(isRobustConfig(config) ? [`eps-${config.training.eps}`, config.training.method] : []),
    ...(data.normalize ? ["normalized"] : []),
    ...(network.bias ? [] : ["no-bias"]),
    `seed-${seed}`,
    key.slice(0, 8),
  ];
  return `${parts.join("-")}.onnx`;
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
