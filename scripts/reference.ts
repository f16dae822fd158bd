import type { Experiment } from "../src/experiment/experiment.ts";
import { experiments } from "../src/experiment/index.ts";
import { studyPage, studySchema } from "./study-reference.ts";
import { commands, type CommandEntry } from "../src/cli/commands.ts";
import type { Command } from "../src/cli/command.ts";
import { exitCodes } from "../src/cli/exit-code.ts";
import { defaultOf, timingOption } from "../src/cli/fill-command.ts";
import type { OptionSpec } from "../src/cli/option/option.ts";
import { presetDescriptions, presetNames } from "../src/figure/presets.ts";
import { attackColumns } from "../src/cli/attack/records.ts";
import { type Column } from "../src/experiment/columns.ts";
import { page, table } from "./markdown.ts";
import { operatorsPage } from "./operators.ts";
import { evaluationSchema } from "../src/measure/evaluation-file.ts";
import { errorCodes } from "../src/util/errors.ts";
import { z } from "zod";

/** The pages of docs/ that are made from the program's own tables, by file name. */
export const referencePages: Readonly<Record<string, () => string | Promise<string>>> = {
  "cli.md": cliPage,
  "operators.md": operatorsPage,
  "rows.md": rowsPage,
  "study.md": studyPage,
  "study.schema.json": studySchema,
  "evaluation.schema.json": () => `${JSON.stringify({ title: "A Signflip evaluation", ...z.toJSONSchema(evaluationSchema) }, null, 2)}\n`,
};

async function cliPage(): Promise<string> {
  const entries = Object.entries<CommandEntry>(commands);
  const sections = await Promise.all(entries.map(async ([name, { summary, load }]) => commandSection(name, summary, await load())));
  return page([
    "# The command line",
    "`signflip <command> --help` prints the same as this page. Results go to stdout, progress and errors to stderr.",
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
    "If the reader of stdout closes it early, as `head` does, that is not a failure: the work goes on and every file is written. An error is one line on stderr, `error CODE: what was expected and what came`. If the environment variable `SIGNFLIP_DEBUG` is set, a stack trace follows. Codes are stable.",
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
  const tables = Object.values(experiments).flatMap(({ kind, columns }: Experiment<any, any>) => columns.map((table) => ({ kind, ...table })));
  return page([
    "# The columns of the row files",
    "`signflip reproduce` writes its rows as CSV and as Parquet with the same columns. A number that does not exist, such as the step of an image that never flips, is an empty field in CSV and a null in Parquet.",
    ...tables.flatMap(({ kind, row, about, columns }) => [`## \`${kind}\`: one row per ${row}`, about, ...columnTable(columns)]),
    "## `signflip attack --out`: one row per test image and ε",
    "Written as CSV or Parquet.",
    ...columnTable(attackColumns),
  ]);
}

const columnTable = (columns: readonly Column[]) =>
  table(
    ["column", "type", "unit", "meaning"],
    columns.map(({ name, type, unit, description }) => [`\`${name}\``, type, unit, description]),
  );
