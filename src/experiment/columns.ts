import { internal } from "../util/errors.ts";

/** One column of the row files. The same table writes CSV and Parquet and is printed in the documentation. */
export interface Column {
  readonly name: string;
  readonly type: "whole" | "real" | "flag" | "text";
  /** The unit or scale of the numbers; "" where there is none. */
  readonly unit: string;
  readonly description: string;
}

export type Entry = number | boolean | string | null;
export type FlatRow = { readonly [column: string]: Entry };

/** A table of the row files. */
export interface Table<T> {
  /** Comes after the study's name in the file's name; "" for the main table. */
  readonly suffix: string;
  /** What a row is: "run", "test image". */
  readonly row: string;
  /** What the table is for, in one sentence. */
  readonly about: string;
  readonly columns: readonly Column[];
  /** The lines that some results give; a table without any is not written. */
  records(results: readonly T[]): FlatRow[];
}

/** A column that is read from a place in a result. */
export interface PathColumn extends Column {
  readonly path: readonly string[];
  /** Whether a result may have nothing there. */
  readonly optional: boolean;
}

/** A column at a dotted path of a result (`config.network.m`), named after the path's end unless told otherwise. */
export const at = (path: string, type: Column["type"], unit: string, description: string, name?: string): PathColumn => {
  const steps = path.split(".");
  return { name: name ?? steps.at(-1)!, type, unit, description, path: steps, optional: false };
};

/** The same where a result may have nothing. */
export const maybeAt = (...column: Parameters<typeof at>): PathColumn => ({ ...at(...column), optional: true });

/** What a result has in some columns. Numbers that JSON and Parquet have no name for (NaN) become null. */
export function recordOf(result: object, columns: readonly PathColumn[]): FlatRow {
  return Object.fromEntries(columns.map((column) => [column.name, entryAt(result, column)]));
}

function entryAt(from: unknown, { path, optional, type }: PathColumn): Entry {
  let value: unknown = from;
  for (const step of path) value = typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined;
  if (value === undefined && !optional) throw internal(`rows: no ${path.join(".")} in the cell`);
  const entry = (value ?? null) as Entry;
  return type === "real" ? finite(entry) : entry;
}

export const finite = (value: Entry): Entry => (typeof value === "number" && !Number.isFinite(value) ? null : value);

/** A table with one line per result. */
export const tableOf = <T extends object>(columns: readonly PathColumn[], about: string, row = "run"): Table<T> => ({
  suffix: "",
  row,
  about,
  columns,
  records: (results) => results.map((result) => recordOf(result, columns)),
});
