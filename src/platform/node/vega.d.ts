import "vega";

declare module "vega" {
  /** How Vega measures text. It exports this to be replaced where there is no canvas, and leaves it out of its types. */
  export const textMetrics: {
    width(item: { readonly fontSize?: number; readonly fontWeight?: number | string }, text: unknown): number;
  };
}
