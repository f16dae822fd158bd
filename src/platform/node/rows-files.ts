import { parquetWriteBuffer } from "hyparquet-writer";
import type { Column, FlatRow } from "../../experiment/columns.ts";

/** Rows as CSV (RFC 4180, UTF-8, one header line); null is an empty field, numbers keep every digit. */
export function toCsv(columns: readonly Column[], rows: readonly FlatRow[]): string {
  const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const line = (row: FlatRow) => columns.map(({ name }) => (row[name] === null || row[name] === undefined ? "" : quote(String(row[name])))).join(",");
  return [columns.map(({ name }) => quote(name)).join(","), ...rows.map(line), ""].join("\n");
}

const parquetTypes = { whole: "INT64", real: "DOUBLE", flag: "BOOLEAN", text: "STRING" } as const;

/** Rows as Parquet; every column's unit and meaning are in the file's key-value metadata. */
export function toParquet(columns: readonly Column[], rows: readonly FlatRow[]): Uint8Array {
  const buffer = parquetWriteBuffer({
    columnData: columns.map(({ name, type }) => ({
      name,
      type: parquetTypes[type],
      data: rows.map((row) => (type === "whole" && typeof row[name] === "number" ? BigInt(row[name]) : (row[name] ?? null))),
    })),
    kvMetadata: columns.map(({ name, unit, description }) => ({ key: `column.${name}`, value: unit ? `${description} [${unit}]` : description })),
  });
  return new Uint8Array(buffer);
}
