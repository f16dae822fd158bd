/** What Vega says of a text that is to be measured. */
export interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: number | string;
}

declare module "vega" {
  /** How Vega measures text. It exports this to be replaced where there is no canvas, and leaves it out of its types. */
  export const textMetrics: { width: (item: TextItem, text: unknown) => number };
}
