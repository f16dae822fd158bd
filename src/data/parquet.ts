import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { SignflipError } from "../util/errors.ts";
import type { Table } from "./table.ts";

/**
 * A Parquet file as a table. Bytes stay bytes, so that columns of pictures can be decoded.
 * @throws SF_DATA where it is damaged or no such file
 */
export async function parseParquet(bytes: Uint8Array, name: string): Promise<Table> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  try {
    const metadata = await parquetMetadataAsync(file);
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    const rows: Record<string, unknown>[] = await parquetReadObjects({ file, metadata, compressors, utf8: false });
    return { name, columns, width: columns.length, n: rows.length, rowName: (row) => `row ${row}`, cell: (row, column) => rows[row]![columns[column]!] };
  } catch (cause) {
    throw new SignflipError(
      "SF_DATA",
      `${name}: expected a complete Parquet file: ${(cause instanceof Error ? cause.message : String(cause)).split("\n")[0]}`,
      { cause },
    );
  }
}

/** The picture in a cell, as the Hugging Face Hub stores them: bytes, or a structure with bytes and path. */
export function pictureBytes(cell: unknown): Uint8Array | undefined {
  if (cell instanceof Uint8Array) return cell;
  if (typeof cell !== "object" || cell === null || !("bytes" in cell)) return undefined;
  return cell.bytes instanceof Uint8Array ? cell.bytes : undefined;
}

/** The numbers in a cell that holds a list of them, of any depth; NaN for what is none. Undefined where the cell holds no list. */
export function listNumbers(cell: unknown): number[] | undefined {
  if (!Array.isArray(cell)) return undefined;
  return cell.flat(Infinity).map((value: unknown) => (typeof value === "number" || typeof value === "bigint" ? Number(value) : NaN));
}
