import type { Span } from "../util/timing.ts";
import { percent, significant } from "../util/words.ts";
import { table } from "./text.ts";

/** What --timing prints: spans, longest first, with their part of the whole. */
export function timingTable(spans: readonly Span[]): string {
  const total = spans.reduce((sum, { seconds }) => sum + seconds, 0);
  const row = (name: string, seconds: number, count: string) => [name, `${significant(seconds)} s`, percent(seconds / total), count];
  const rows = spans.map(({ name, seconds, count }) => row(name, seconds, count < 2 ? "" : `${count} times`));
  return table(["where the time went", "", "", ""], [...rows, row("total", total, "")]);
}
