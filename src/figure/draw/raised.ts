import { minFontSize } from "./theme.ts";
import type { Layer, Position } from "./panels.ts";

/** An exponent in a picture: `base` and, raised beside it, `exponent`. They meet at the anchor, so that neither's width need be known. */
export interface Raised {
  readonly base: string;
  readonly exponent: string;
  readonly at: { readonly x: number; readonly y: number };
  readonly x: Position;
  readonly y: Position;
  readonly color: string;
  /** Pixels from the anchor. */
  readonly dx?: number;
  readonly dy?: number;
}

/** "m ≥ d" with a small "2.4" above its right end: no text mark can change its size halfway. */
export function raised({ base, exponent, at, x, y, color, dx = 0, dy = 0 }: Raised): Layer[] {
  const part = (text: string, align: "left" | "right", size: number, up: number): Layer => ({
    data: { values: [at] },
    mark: { type: "text", text, align, baseline: "alphabetic", dx, dy: dy - up, fontSize: size, fontWeight: 600, color },
    encoding: { x, y },
  });
  return [part(base, "right", 16, 0), part(exponent, "left", minFontSize, 7)];
}
