import Papa from "papaparse";
import { SignflipError } from "../util/errors.ts";
import { labelColumnOf, type Table } from "./table.ts";

/**
 * A CSV file (RFC 4180; commas, semicolons or tabs, which is found out), UTF-8, with or without a header. The first line is a header if it has
 * text above a number, or a usual name of the labels' column.
 * @throws SF_DATA where lines have different numbers of cells, quotes do not match, or there are no lines
 */
export function parseCsv(bytes: Uint8Array, name: string): Table {
  const fail = (line: number, why: string) => new SignflipError("SF_DATA", `${name}: line ${line}: ${why}`);
  const start: string[][] = [];
  const rows: Row[] = [];
  let line = 0;
  let width = 0;
  Papa.parse<string[]>(decode(bytes, name), {
    step({ data: cells, errors }) {
      line++;
      if (cells.every((cell) => cell.trim() === "")) return;
      const [broken] = errors.filter(({ type }) => type === "Quotes");
      if (broken) throw fail(line, broken.message);
      if (width === 0) width = cells.length;
      if (cells.length !== width) throw fail(line, `expected ${width} cells, as in the first line; got ${cells.length}`);
      if (start.length < 2) start.push(cells);
      rows.push(compact(cells, line));
    },
  });
  const [first, second] = start;
  if (first === undefined) throw new SignflipError("SF_DATA", `${name}: expected lines of comma-separated values; got none`);
  const hasHeader = isHeader(name, first, second);
  if (hasHeader) rows.shift();
  return {
    name,
    columns: hasHeader ? first.map((cell) => cell.trim()) : undefined,
    width,
    n: rows.length,
    rowName: (row) => `line ${rows[row]!.line}`,
    cell: (row, column) => rows[row]!.texts?.get(column) ?? rows[row]!.numbers[column],
  };
}

/** A line in little memory, since tables of pictures have millions of cells: numbers as numbers, and all else as text. */
interface Row {
  readonly line: number;
  readonly numbers: Float64Array;
  readonly texts: ReadonlyMap<number, string> | undefined;
}

function compact(cells: readonly string[], line: number): Row {
  const texts = cells.flatMap((cell, column): [number, string][] => (isNumber(cell) ? [] : [[column, cell]]));
  return { line, numbers: Float64Array.from(cells, Number), texts: texts.length > 0 ? new Map(texts) : undefined };
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    if (cause instanceof TypeError) throw new SignflipError("SF_DATA", `${name}: expected text in UTF-8; got other bytes`, { cause });
    throw new SignflipError("SF_MEMORY", `${name}: a CSV file may have 500 MB; this one has ${(bytes.length / 1e6).toFixed(0)}`, { cause });
  }
}

const isNumber = (cell: string | undefined) => cell !== undefined && cell.trim() !== "" && !Number.isNaN(Number(cell));

/** How programs write a number that is not there. */
const isMissing = (cell: string) => /^\s*([+-]?(nan|inf|infinity)|na|n\/a|null|none|\?|)\s*$/i.test(cell);

function isHeader(name: string, first: readonly string[], second: readonly string[] | undefined): boolean {
  if (first.some((cell, column) => !isNumber(cell) && !isMissing(cell) && isNumber(second?.[column]))) return true;
  // The last column is what is left where no column has one of the names.
  const columns = [...first, "\0"];
  return labelColumnOf({ name, columns, width: columns.length }) < first.length;
}
