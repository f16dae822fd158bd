import type { EvaluationResult } from "../../measure/evaluation.ts";
import type { ReportFont } from "../input.ts";
import type { Drawing } from "../picture.ts";

/** What the page of an evaluation is made of. */
export interface EvaluationReportInput {
  readonly result: EvaluationResult;
  /** Budgets that the page says the robust accuracy at; chosen by the page if empty. */
  readonly budgets: readonly number[];
  /** As it is to be read. */
  readonly date: string;
  readonly commandLine: string;
  /** Program and engine versions, the machine: whatever a reader needs to repeat it. */
  readonly versions: Readonly<Record<string, string>>;
  readonly fonts: readonly ReportFont[];
  /** Drawn in advance. `distances` is absent where no attack found anything. */
  readonly pictures: { readonly curve: Drawing; readonly distances?: Drawing | undefined };
}
