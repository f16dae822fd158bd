import { SignflipError } from "../util/errors.ts";
import { type Labels, listed, readLabels, shortened } from "./labels.ts";
import type { Samples } from "./samples.ts";

/** What a column of labels is called, in order of preference; else it is the last one. */
const labelNames = ["label", "labels", "class", "target", "y"];

/** Columns that name a picture's file. */
const fileNames = ["file", "filename", "file_name", "path", "image"];

export interface TableOptions {
  /** The column of labels, by its name. */
  readonly labelColumn?: string | undefined;
  /** The classes in their order. */
  readonly classNames?: readonly string[] | undefined;
}

/** A table as its file has it. */
export interface Table {
  readonly name: string;
  /** The header; undefined where there is none. */
  readonly columns: readonly string[] | undefined;
  readonly width: number;
  readonly n: number;
  /** How errors call a row: "line 3". */
  rowName(row: number): string;
  cell(row: number, column: number): unknown;
}

/** The number of the column that holds labels. @throws SF_DATA where there is none of the name asked for */
export function labelColumnOf({ name, columns, width }: Pick<Table, "name" | "columns" | "width">, wanted?: string): number {
  if (wanted !== undefined) {
    const at = columns?.indexOf(wanted) ?? -1;
    if (at >= 0) return at;
    throw new SignflipError(
      "SF_DATA",
      `${name}: expected a column named ${wanted}; ${columns ? `the columns are ${listed(columns)}` : "the file has no header"}`,
    );
  }
  const lower = columns?.map((column) => column.trim().toLowerCase()) ?? [];
  return labelNames.map((label) => lower.indexOf(label)).find((at) => at >= 0) ?? width - 1;
}

/** The column of files in a table of files and labels; undefined where the table is of something else. */
export function fileColumnOf({ columns }: Pick<Table, "columns">): number | undefined {
  if (columns === undefined) return undefined;
  const lower = columns.map((column) => column.trim().toLowerCase());
  const at = fileNames.map((file) => lower.indexOf(file)).find((place) => place >= 0);
  return at;
}

/** The labels of a table. @throws SF_DATA where one is not usable */
export function tableLabels(table: Table, column: number, order?: readonly string[]): Labels {
  const written = Array.from({ length: table.n }, (_, row) => String(table.cell(row, column) ?? "").trim());
  return readLabels(table.name, written, (row) => table.rowName(row), order);
}

/**
 * Samples from a table of numbers with a column of labels; the other columns are the features, in their order.
 * @throws SF_DATA where a cell is not a number; the first one is named
 */
export function samplesOfTable(table: Table, { labelColumn, classNames }: TableOptions = {}): Samples {
  const { name, columns, width, n } = table;
  if (n === 0) throw new SignflipError("SF_DATA", `${name}: expected at least one row of numbers; got none`);
  const label = labelColumnOf(table, labelColumn);
  const features = Array.from({ length: width }, (_, column) => column).filter((column) => column !== label);
  if (features.length === 0) throw new SignflipError("SF_DATA", `${name}: expected columns of features and one of labels; got ${width} column`);
  const values = new Float32Array(n * features.length);
  for (let row = 0; row < n; row++) {
    for (let j = 0; j < features.length; j++) values[row * features.length + j] = numberOf(table, row, features[j]!);
  }
  return {
    name,
    values,
    shape: [features.length],
    ...tableLabels(table, label, classNames),
    featureNames: columns && features.map((column) => columns[column]!),
  };
}

function numberOf(table: Table, row: number, column: number): number {
  const cell = table.cell(row, column);
  const value =
    typeof cell === "string" && cell.trim() === ""
      ? NaN
      : typeof cell === "string" || typeof cell === "bigint" || typeof cell === "boolean"
        ? Number(cell)
        : cell;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  const where = table.columns ? `column ${table.columns[column]!}` : `column ${column + 1}`;
  const got = cell === null || cell === undefined ? "nothing" : typeof cell === "object" ? "a structure" : shortened(String(cell));
  throw new SignflipError("SF_DATA", `${table.name}: expected a finite number in ${where}; ${table.rowName(row)} has ${got}`);
}
