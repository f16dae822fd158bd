import { count, list, plural } from "../util/words.ts";

/** How many statements hold. A vacuous statement claims nothing, so it neither holds nor fails. */
export interface StatementTally {
  /** Statements that say something. */
  readonly speaking: number;
  /** Those of them that hold. */
  readonly holding: number;
  readonly vacuous: number;
  /** Names of statements that say something and do not hold. */
  readonly broken: readonly string[];
}

export function tallyOf(statements: readonly { readonly id: string; readonly holds: boolean; readonly vacuous: boolean }[]): StatementTally {
  const speaking = statements.filter(({ vacuous }) => !vacuous);
  const broken = speaking.filter(({ holds }) => !holds).map(({ id }) => id);
  return { speaking: speaking.length, holding: speaking.length - broken.length, vacuous: statements.length - speaking.length, broken };
}

/** "3 of 3 bounds hold, 6 vacuous": the one way to say it, in the terminal and in the report. */
export function tallyInWords({ speaking, holding, vacuous, broken }: StatementTally): string {
  if (speaking === 0) return `${count(vacuous)} of ${plural(vacuous, "bound")} vacuous`;
  const not = broken.length === 0 ? "" : ` (not ${list(broken)})`;
  return `${count(holding)} of ${plural(speaking, "bound")} ${speaking === 1 ? "holds" : "hold"}${not}, ${count(vacuous)} vacuous`;
}
