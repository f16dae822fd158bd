import type { Cell } from "../experiment/experiment.ts";
import type { TopLevelSpec } from "vega-lite";
import { capital } from "../util/words.ts";
import type { ReportSection } from "./section.ts";

/** What the measurement says about a statement; the rules are in verdict.ts. */
export type Verdict = "agrees" | "differs" | "undecided";

/** One statement of the paper, checked on the rows of a figure. */
export interface Claim {
  /** Stable and unique in a report, e.g. `figure-2/step/m=1000`. */
  readonly id: string;
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
  /** The ground it is drawn for. Default light. */
  readonly theme?: "light" | "dark";
}

/**
 * A figure of the paper or of its theory: rows in, picture and verdicts out. It draws whatever rows there are (a study half done
 * gives half the points) and says in its caption how many they are.
 */
export interface Figure {
  readonly id: FigureName;
  /** As the paper numbers it, where it is one of the paper's. */
  readonly number?: string;
  readonly title: string;
  /** Full sentences, plain text. */
  caption(results: readonly Cell[]): string;
  /** Self-contained: theme and data are inside, nothing is fetched. */
  spec(results: readonly Cell[], options?: DrawOptions): TopLevelSpec;
  claims(results: readonly Cell[]): readonly Claim[];
  /** What the picture shows, in one sentence. */
  headline?(results: readonly Cell[]): string;
  /** What a careful reader wants to know beside the caption, a full sentence or two each. */
  notes?(results: readonly Cell[]): readonly string[];
  /** The panel that stands for the figure where there is room for one only, counted from 0. The first where absent. */
  readonly cover?: number;
  /** A result to open a report with, in one sentence; undefined where these runs have none. */
  finding?(results: readonly Cell[]): string | undefined;
  /** A part of the report that goes with the figure. */
  section?(results: readonly Cell[]): ReportSection | undefined;
}

/** Every figure that can be drawn. A name here without its entry in index.ts does not compile. */
export const figureNames = [
  "figure-1",
  "figure-2",
  "figure-3",
  "figure-4",
  "figure-5",
  "figure-6",
  "figure-7",
  "bounds",
  "single-step",
  "scaling-laws",
] as const;
export type FigureName = (typeof figureNames)[number];

/** What a figure is called before its title: "Figure 2", "Scaling laws". */
export function labelOf(name: FigureName): string {
  return capital(name.replace("-", " "));
}

/** "Figure 2. Its title". */
export function headingOf({ id, title }: Pick<Figure, "id" | "title">): string {
  return `${labelOf(id)}. ${title}`;
}
