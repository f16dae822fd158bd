import { Command as Commander, CommanderError, Option } from "commander";
import { SignflipError } from "../util/errors.ts";
import type { Command, CommandContext } from "./command.ts";
import { commands } from "./commands.ts";
import { longName, parseOption, type OptionSpec } from "./option/option.ts";
import { programVersion } from "../platform/node/version.ts";

/** Where the program's lines go. */
export type Output = Pick<CommandContext, "print" | "note">;

/** The program as bin/signflip.js runs it, and its children. */
export async function main(args: readonly string[]): Promise<void> {
  const output: Output = { print: (text) => void process.stdout.write(`${text}\n`), note: (text) => void process.stderr.write(`${text}\n`) };
  const fail = (error: unknown) => process.exit(complain(error, output));
  // A reader that closes our stdout (… | head) has seen enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) =>
    error.code === "EPIPE"
      ? process.exit(0)
      : fail(new SignflipError("SF_FILE", `cannot write to stdout: ${error.code === "ENOSPC" ? "no space is left on the disk" : error.message}`)),
  );
  process.stderr.on("error", () => {});
  process.on("uncaughtException", fail);
  if (args[0] === "worker") return (await import("../platform/node/worker.ts")).serveCells();
  process.exitCode = await run(args, output);
}

/**
 * Runs one command line and gives its exit code. Results are printed, all else is noted; an error is one line
 * `error CODE: message`, with exit code 2 where the command was wrong, 1 where it failed and 130 where the user
 * stopped it. A stack is shown only with SIGNFLIP_DEBUG set.
 */
export async function run(args: readonly string[], output: Output): Promise<number> {
  try {
    await program(args, output).parseAsync(withHelp(args), { from: "user" });
    return 0;
  } catch (error) {
    return complain(error, output);
  }
}

/** `signflip` and `signflip help` ask for help, `signflip help train` for that of train. */
function withHelp([first, ...rest]: readonly string[]): string[] {
  if (first === undefined) return ["--help"];
  if (first !== "help") return [first, ...rest];
  const [command] = rest;
  return command === undefined || command.startsWith("-") ? ["--help"] : command in commands ? [command, "--help"] : [command];
}

function complain(error: unknown, { note }: Pick<Output, "note">): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    note(`error SF_OPTION: ${oneLine(error.message.replace(/^error: /, ""))}`);
    return 2;
  }
  const known = error instanceof SignflipError;
  const message = error instanceof Error ? error.message : String(error);
  note(known ? `error ${error.code}: ${oneLine(message)}` : `error SF_INTERNAL: ${oneLine(message)}: please report`);
  if (process.env["SIGNFLIP_DEBUG"] && error instanceof Error) note(error.stack ?? "");
  return known && error.usage ? 2 : known && error.code === "SF_STOPPED" ? 130 : 1;
}

const oneLine = (text: string) => text.trim().replace(/\s*\n\s*/g, " ");
const quoted = (word: string) => (/^[\w./,:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

function program(args: readonly string[], output: Output): Commander {
  const root = new Commander("signflip")
    .description("How small a step flips your network? A robustness laboratory.")
    .version(programVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    // Descriptions say the default themselves.
    .configureHelp({ optionDescription: (option) => option.description })
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.print(text.trimEnd()), writeErr: () => {} });
  const commandLine = ["signflip", ...args].map(quoted).join(" ");
  for (const command of Object.values(commands)) addCommand(root, command as unknown as Command, { ...output, commandLine });
  return root;
}

function addCommand(root: Commander, command: Command, context: Omit<CommandContext, "given">): void {
  const sub = root.command(command.name).summary(command.summary).description(`${command.summary}.\n\n${command.description}`);
  if (command.argument) sub.argument(`[${command.argument.name}]`, command.argument.description);
  const attributes = new Map<string, string>();
  for (const [name, spec] of Object.entries(command.options)) {
    for (const option of commanderOptions(spec)) {
      sub.addOption(option);
      attributes.set(name, option.attributeName());
    }
  }
  sub.addHelpText("after", `\nExamples:\n${command.examples.map(([line, does]) => `  $ ${line}\n      ${does}`).join("\n")}`);
  sub.action(async (...received: unknown[]) => {
    const argument = command.argument ? (received[0] as string | undefined) : undefined;
    const values = Object.fromEntries([...attributes].map(([name, attribute]) => [name, sub.getOptionValue(attribute) as unknown]));
    const given = new Set([...attributes].filter(([, attribute]) => sub.getOptionValueSource(attribute) === "cli").map(([name]) => name));
    await command.run(values as never, { ...context, given }, argument);
  });
}

/** An option as commander has it; a flag that is on by default gets its `--no-` beside it. */
function commanderOptions(spec: OptionSpec): Option[] {
  const help = [`${spec.description}${spec.range ? `: ${spec.range}` : ""}`, ...(defaultOf(spec) ? [`(default: ${defaultOf(spec)})`] : [])].join(" ");
  const option = new Option(spec.flags, help).default(spec.default);
  if (spec.type !== "flag") return [option.argParser((text: string) => parseOption(spec, text))];
  if (spec.default !== true) return [option];
  return [option, new Option(longName(spec).replace("--", "--no-"), spec.off ?? `not: ${spec.description}`)];
}

/** The default as help and documentation show it; "" where there is nothing to say. */
export function defaultOf({ default: value, defaultText, type }: OptionSpec): string {
  return defaultText ?? (type === "flag" ? (value === true ? "yes" : "") : value === undefined ? "" : String(value));
}
