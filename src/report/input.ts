import type { Cell } from "../experiment/experiment.ts";
import type { FigureName } from "../figure/index.ts";
import type { Drawing } from "./picture.ts";

export interface ReportFont {
  readonly family: string;
  readonly weight: number;
  /** base64 */
  readonly woff2: string;
}

/** What the page needs besides the results; the platform reads it from the package. */
export interface ReportAssets {
  /** The text of vega.min.js, which defines the global `vega`. */
  readonly vega: string;
  readonly fonts: readonly ReportFont[];
}

export interface ReportFigure {
  readonly name: FigureName;
  /** The rows of this figure's study. */
  readonly results: readonly Cell[];
  /** The whole figure, drawn in advance: shown until the script has drawn it, and where scripts are off. */
  readonly picture?: Drawing;
  /** The one panel that stands for it at the top of the page. */
  readonly cover?: Drawing;
}

export interface ReportInput {
  readonly title: string;
  /** As it is to be read. */
  readonly date: string;
  readonly preset: string;
  readonly commandLine: string;
  /** Cells of the study: finished, and all. */
  readonly cells: { readonly done: number; readonly total: number };
  readonly figures: readonly ReportFigure[];
  /** Every cell of the studies, those that are in no figure included. */
  readonly results: readonly Cell[];
  /** The resolved study as text (YAML or JSON). */
  readonly configuration: string;
  /** Program and engine versions, the machine: whatever a reader needs to repeat it. */
  readonly versions: Readonly<Record<string, string>>;
  readonly assets: ReportAssets;
}
