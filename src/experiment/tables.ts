import { isCone, isTheory, type CellResult } from "./cell.ts";
import { cellColumns, columnsOf, sampleColumns, sampleRecords, toRecord, type Column, type FlatRow, type RowCell } from "./columns.ts";
import { coneColumns, coneRecords, statementColumns, statementRecords, theoryColumns, theoryRecord } from "./theory-rows.ts";

/** A table of the row files. */
export interface Table {
  /** Comes after the study's name, in the file's. */
  readonly suffix: string;
  readonly columns: readonly Column[];
  records(): FlatRow[];
}

/** The tables that the cells of a study go into; all of its cells are of one kind. */
export function tablesOf(cells: readonly CellResult[]): Table[] {
  const [first] = cells;
  if (first !== undefined && isTheory(first)) {
    const all = cells.filter(isTheory);
    return [
      { suffix: "", columns: theoryColumns, records: () => all.map(theoryRecord) },
      { suffix: "-statements", columns: statementColumns, records: () => all.flatMap(statementRecords) },
    ];
  }
  if (first !== undefined && isCone(first)) return [{ suffix: "", columns: coneColumns, records: () => cells.filter(isCone).flatMap(coneRecords) }];
  const rows: Table = { suffix: "", columns: first ? columnsOf(first as RowCell) : cellColumns, records: () => cells.map((cell) => toRecord(cell as RowCell)) };
  const samples: Table = { suffix: "-samples", columns: sampleColumns, records: () => cells.flatMap(sampleRecords) };
  return cells.some((cell) => "samples" in cell && cell.samples !== undefined) ? [rows, samples] : [rows];
}
