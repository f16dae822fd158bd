import type { CellConfig, Cell } from "../experiment/experiment.ts";
import type { StudyInput } from "../study/study.ts";
import type { TopLevelSpec } from "vega-lite";
import { capital } from "../util/words.ts";
import type { ReportSection } from "./section.ts";
import type { Preset } from "./preset.ts";

/** What the measurement says about a statement; the rules are in draw/verdict.ts. */
export type Verdict = "agrees" | "differs" | "undecided";

/** One statement of the paper, checked on the rows of a figure. */
export interface Claim {
  /** Stable and unique in a report, e.g. `figure-2/step/m=1000`. */
  readonly id: string;
  /** In plain words first, with the symbols after them. */
  readonly statement: string;
  /** What the paper says, in few words: `d^−1`. */
  readonly paper: string;
  /** What was measured: a number with its 95 % interval and the count of runs behind it. */
  readonly measured: string;
  readonly verdict: Verdict;
  /** Why the verdict is what it is, and what a reader should know before quoting it. */
  readonly detail?: string;
}

export interface DrawOptions {
  /** Panels side by side. The figure chooses where this is absent; 1 suits a phone. */
  readonly columns?: number;
  /** Whether the picture carries its title; false where the page around it has one. Default true. */
  readonly title?: boolean;
  /** Colors for a light or a dark page. Default light. */
  readonly theme?: "light" | "dark";
}

/**
 * A figure of the paper or of its theory, all of it in one file: the studies behind it, and from their rows the picture, the words and
 * the verdicts. It draws whatever rows there are (a study half done gives half the points) and says how many they are.
 *
 * Text writes an exponent as `d^−0.52`: pages raise it, a terminal shows the caret. Pictures have no carets: see draw/raised.ts.
 */
export interface Figure {
  /** Its name in names.ts. */
  readonly id: string;
  readonly title: string;
  /** What is computed for it at a preset. */
  studies(preset: Preset): readonly StudyInput[];
  /** Whether a cell can be part of the picture. */
  drawnFrom(config: CellConfig): boolean;
  /** What such cells come from; completes "it needs …". */
  readonly needs: string;
  /** The result in one plain sentence. */
  headline(results: readonly Cell[]): string;
  /** What the picture shows, in one or two sentences of plain text. */
  caption(results: readonly Cell[]): string;
  /** How it was made and what to know before quoting it, a sentence each. */
  notes(results: readonly Cell[]): readonly string[];
  /** Self-contained: theme and data are inside, nothing is fetched. */
  spec(results: readonly Cell[], options?: DrawOptions): TopLevelSpec;
  claims(results: readonly Cell[]): readonly Claim[];
  /** The panel that stands for the figure where there is room for one only, counted from 0. The first where absent. */
  readonly cover?: number;
  /** A result to open a report with, in one sentence; undefined where these runs have none. */
  finding?(results: readonly Cell[]): string | undefined;
  /** A part of the report that goes with the figure. */
  section?(results: readonly Cell[]): ReportSection | undefined;
}

/** What a figure is called before its title: "Figure 2", "Scaling laws". */
export function labelOf(name: string): string {
  return capital(name.replace("-", " "));
}

/** "Figure 2. Its title". */
export function headingOf({ id, title }: Pick<Figure, "id" | "title">): string {
  return `${labelOf(id)}. ${title}`;
}
