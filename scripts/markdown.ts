/* The little Markdown that generated pages are made of. */

const origin = "<!-- Made by npm run docs from the program's own tables. Do not edit. -->";

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [[line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n")];
}

export const page = ([title, ...blocks]: readonly string[]) => [title, origin, ...blocks, ""].join("\n\n").replace(/\n+$/, "\n");
