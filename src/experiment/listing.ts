/** A column of the report's table of runs. */
export interface ListingColumn<T> {
  readonly name: string;
  /** What a result has there. */
  value(result: T): string;
  /** Words are aligned left, numbers right. */
  readonly words?: boolean;
  /** Left out where it is the same in every run. */
  readonly onlyIfVaried?: boolean;
  /** In view on a phone too. */
  readonly essential?: boolean;
}

/** An experiment's table in the report. */
export interface Listing<T> {
  readonly heading: string;
  /** What a line is and what the columns mean; full sentences. */
  readonly intro: string;
  order(a: T, b: T): number;
  readonly columns: readonly ListingColumn<T>[];
}
