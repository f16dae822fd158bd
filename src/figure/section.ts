import type { TextTable } from "../experiment/listing.ts";

/** A part of the report that a figure gives beside its picture: text and tables without any markup. */
export interface ReportSection {
  readonly heading: string;
  /** Paragraphs of full sentences. */
  readonly prose: readonly string[];
  readonly tables: readonly LabelledTable[];
  /** Shown on demand, each under its title. */
  readonly details: readonly SectionDetail[];
}

export interface LabelledTable extends TextTable {
  /** What the table is, for readers who do not see it. */
  readonly label: string;
}

export interface SectionDetail {
  readonly title: string;
  readonly prose: readonly string[];
  readonly tables: readonly LabelledTable[];
}

/** A column of a table of things that need no listing of their own. */
export interface SectionColumn<T> {
  readonly name: string;
  readonly value: (of: T) => string;
  readonly words?: boolean;
  readonly essential?: boolean;
}

export function tableOf<T>(label: string, columns: readonly SectionColumn<T>[], items: readonly T[]): LabelledTable {
  return {
    label,
    columns: columns.map(({ name, words = false, essential = false }) => ({ name, words, essential })),
    rows: items.map((item) => columns.map(({ value }) => value(item))),
  };
}
