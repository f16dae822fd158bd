/** How the runs of one kind of experiment are listed, one line each: words and numbers for a reader, no markup. */
export interface Listing<Result> {
  readonly heading: string;
  /** What a line is and what its columns mean, in full sentences. */
  readonly intro: string;
  order(a: Result, b: Result): number;
  readonly columns: readonly ListingColumn<Result>[];
}

export interface ListingColumn<Result> {
  readonly name: string;
  /** As it is read; undefined where a run has no such thing. A column without any value is left out. */
  value(result: Result): string | undefined;
  /** Words stand to the left of their column, numbers to the right. */
  readonly words?: boolean;
  /** What a narrow screen shows first: the setting and what was measured. */
  readonly essential?: boolean;
  /** Left out where every run has the same. */
  readonly onlyIfVaried?: boolean;
}

/** A table of text, whoever made it. */
export interface TextTable {
  readonly columns: readonly TextColumn[];
  readonly rows: readonly (readonly string[])[];
}

export interface TextColumn {
  readonly name: string;
  readonly words?: boolean;
  readonly essential?: boolean;
}

export interface ListedRuns {
  readonly heading: string;
  readonly intro: string;
  readonly table: TextTable;
}

/** What stands where a run has no value. */
const nothing = "–";

/**
 * The runs in their order with the columns that say something, the essential ones first. A run that two studies measured alike is listed
 * once: nothing that a reader sees tells the two lines apart.
 */
export function listRuns<Result>({ heading, intro, order, columns }: Listing<Result>, results: readonly Result[]): ListedRuns {
  const sorted = results.toSorted(order);
  const shown = columns
    .map((column) => ({ column, values: sorted.map((result) => column.value(result)) }))
    .filter(({ values }) => values.length === 0 || values.some((value) => value !== undefined))
    .filter(({ column, values }) => !column.onlyIfVaried || new Set(values).size > 1)
    .toSorted((a, b) => Number(b.column.essential ?? false) - Number(a.column.essential ?? false));
  const rows = sorted.map((_, row) => shown.map(({ values }) => values[row] ?? nothing));
  return {
    heading,
    intro,
    table: {
      columns: shown.map(({ column: { name, words = false, essential = false } }) => ({ name, words, essential })),
      rows: [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()],
    },
  };
}

/** The first comparison that tells two apart. */
export function byTurns<Result>(...keys: readonly ((result: Result) => number | string)[]): (a: Result, b: Result) => number {
  return (a, b) => {
    for (const key of keys) {
      const [x, y] = [key(a), key(b)];
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  };
}
