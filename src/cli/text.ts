/* What only a terminal shows: durations, epochs, tables. Numbers are util/words.ts's. */

/** "2 min 10 s": at most two units. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  const minutes = Math.round(s / 60);
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.round(minutes / 1440)} days`;
}

/** A table whose columns line up: those of `words` to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], words: readonly number[] = [0]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => [...(line[column] ?? "")].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (words.includes(column) ? cell + pad(cell, widths[column]!) : pad(cell, widths[column]!) + cell))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const pad = (cell: string, width: number) => " ".repeat(Math.max(0, width - [...cell].length));
