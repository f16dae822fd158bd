/* What only a terminal shows: durations, epochs, tables. Numbers are util/words.ts's. */

/** "2 min 10 s": at most two units. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  const minutes = Math.round(s / 60);
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.round(minutes / 1440)} days`;
}

/** How many characters fit on a line: what COLUMNS says, or the terminal; a file or a pipe takes any number. */
export function terminalWidth(): number {
  const said = Number(process.env["COLUMNS"]);
  return said >= 1 ? said : (process.stdout.columns ?? Infinity);
}

/** Text in lines that fit, broken between words, with `indent` before every line but the first, which begins as `text` does. */
export function wrapped(text: string, indent: string, width = terminalWidth()): string {
  if (lengthOf(text) <= width) return text;
  const [, first = "", words = ""] = /^(\s*)(.*)$/s.exec(text) ?? [];
  const lines: string[] = [first];
  for (const word of words.split(" ")) {
    const line = lines.at(-1)!;
    const longer = line.trim() === "" ? line + word : `${line} ${word}`;
    if (line.trim() === "" || lengthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(indent + word);
  }
  return lines.join("\n");
}

/**
 * A table whose columns line up: those of `words` to the left, the others to the right. Where it is wider than the terminal, every
 * row is a block of lines instead, a column a line, since broken lines cannot be read.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[], words: readonly number[] = [0], width = terminalWidth()): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => lengthOf(line[column] ?? ""))));
  if (widths.reduce((sum, one) => sum + one + 2, -2) > width) return blocks(head, rows);
  return lines
    .map((line) =>
      line
        .map((cell, column) => (words.includes(column) ? cell + pad(cell, widths[column]!) : pad(cell, widths[column]!) + cell))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function blocks([first = "", ...names]: readonly string[], rows: readonly (readonly string[])[]): string {
  const longest = Math.max(...names.map(lengthOf));
  return rows
    .map(([title = "", ...cells]) => {
      const lines = names.map((name, column) => (cells[column] ? `  ${name}${pad(name, longest)}  ${cells[column]}`.trimEnd() : ""));
      return [`${first} ${title}`.trim(), ...lines.filter((line) => line !== "")].join("\n");
    })
    .join("\n");
}

const lengthOf = (text: string) => [...text].length;
const pad = (cell: string, width: number) => " ".repeat(Math.max(0, width - lengthOf(cell)));
