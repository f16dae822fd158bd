import { flipsColumns, sampleColumns } from "../src/experiment/flips/columns.ts";
import { robustColumns } from "../src/experiment/robust/columns.ts";
import { coneColumns } from "../src/experiment/cone/columns.ts";
import { statementColumns, theoryColumns } from "../src/experiment/theory/columns.ts";
import { commands, type CommandEntry } from "../src/cli/commands.ts";
import type { Command } from "../src/cli/command.ts";
import { exitCodes } from "../src/cli/exit-code.ts";
import { defaultOf, timingOption } from "../src/cli/fill-command.ts";
import type { OptionSpec } from "../src/cli/option/option.ts";
import { presetDescriptions, presetNames } from "../src/figure/presets.ts";
import { attackColumns } from "../src/cli/attack/records.ts";
import { type Column } from "../src/experiment/columns.ts";
import { errorCodes } from "../src/util/errors.ts";

/** The pages of docs/ that are made from the program's own tables, by file name. */
export const referencePages: Readonly<Record<string, () => string | Promise<string>>> = { "cli.md": cliPage, "rows.md": rowsPage };

const origin = "<!-- Made by npm run docs from the program's own tables. Do not edit. -->";

async function cliPage(): Promise<string> {
  const entries = Object.entries<CommandEntry>(commands);
  const sections = await Promise.all(entries.map(async ([name, { summary, load }]) => commandSection(name, summary, await load())));
  return page([
    "# The command line",
    "`signflip <command> --help` prints what stands here. Results go to stdout, progress and errors to stderr.",
    ...table(
      ["command", "what it does"],
      entries.map(([name, { summary }]) => [`[\`${name}\`](#signflip-${name})`, summary]),
    ),
    ...sections.flat(),
    "## Presets",
    ...table(
      ["preset", "what it is"],
      presetNames.map((name) => [`\`${name}\``, presetDescriptions[name]]),
    ),
    "## Errors and exit codes",
    ...table(
      ["exit code", "meaning"],
      Object.values(exitCodes).map(({ code, meaning }) => [`${code}`, meaning]),
    ),
    "A reader that closes stdout early, such as `head`, is not a failure: the work goes on and every file is written. An error is one line on stderr, `error CODE: what was expected and what came`. With the environment variable `SIGNFLIP_DEBUG` set, a stack follows. Codes are stable.",
    ...table(
      ["code", "what it is about"],
      Object.entries(errorCodes).map(([code, about]) => [`\`${code}\``, about]),
    ),
  ]);
}

function commandSection(name: string, summary: string, { description, argument, options, examples }: Command): string[] {
  const usage = `signflip ${name} [options]${argument ? ` [${argument.name}]` : ""}`;
  return [
    `## signflip ${name}`,
    `\`${usage}\`: ${summary}.`,
    description.replaceAll("\n", " "),
    ...(argument ? [`\`${argument.name}\`: ${argument.description}.`] : []),
    ...table(
      ["option", "meaning", "values", "default"],
      [...Object.values(options).map(optionLine), [`\`${timingOption.flags}\``, timingOption.description, "", ""]],
    ),
    ["```sh", ...examples.map(([line, does]) => `${line} # ${does}`), "```"].join("\n"),
  ];
}

function optionLine(spec: OptionSpec): string[] {
  const flags = spec.type === "flag" && spec.default === true ? `${spec.flags}, ${spec.flags.replace("--", "--no-")}` : spec.flags;
  return [`\`${flags}\``, spec.description, spec.range, defaultOf(spec)];
}

function rowsPage(): string {
  return page([
    "# The columns of the row files",
    "`signflip reproduce` writes its rows as CSV and as Parquet with the same columns. In CSV an empty field, in Parquet a null, is a number that does not exist, such as the step of an image that never flips.",
    "## One row per run",
    "For Figures 2, 3, 5, 6 and 7.",
    ...columnTable(flipsColumns),
    "## One row per run of adversarial training",
    "For Figure 4.",
    ...columnTable(robustColumns),
    "## One row per test image",
    "For studies that keep their samples, as Figure 7 does.",
    ...columnTable(sampleColumns),
    "## One row per check of the theory",
    "For the figures of the theory and `signflip theory --preset`.",
    ...columnTable(theoryColumns),
    "## One row per statement of such a check",
    "In a file of its own, whose name ends in `-statements`.",
    ...columnTable(statementColumns),
    "## One row per step of a path beyond the lazy ball",
    "For Figure 1.",
    ...columnTable(coneColumns),
    "## One row per test image and ε",
    "Written by `signflip attack --out`.",
    ...columnTable(attackColumns),
  ]);
}

const columnTable = (columns: readonly Column[]) =>
  table(
    ["column", "type", "unit", "meaning"],
    columns.map(({ name, type, unit, description }) => [`\`${name}\``, type, unit, description]),
  );

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [[line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n")];
}

const page = ([title, ...blocks]: readonly string[]) => [title, origin, ...blocks, ""].join("\n\n").replace(/\n+$/, "\n");
