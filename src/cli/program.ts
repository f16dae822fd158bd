import { Command as Commander } from "commander";
import { programVersion } from "../platform/node/version.ts";
import { timed } from "../util/timing.ts";
import type { CommandContext } from "./command.ts";
import { commands, type CommandEntry } from "./commands.ts";

/**
 * Carries out one command line. Only the command that it names is loaded; the others are known by name and summary, which is all
 * that help and a mistyped name need. @throws what commander or the command throws.
 */
export async function carryOut(args: readonly string[], output: Pick<CommandContext, "print" | "note">): Promise<void> {
  const root = new Commander("signflip")
    .description("How small a step flips your network? A robustness laboratory.")
    .version(programVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    // Descriptions say the default themselves.
    .configureHelp({ optionDescription: (option) => option.description })
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.print(text.trimEnd()), writeErr: () => {} });
  const line = withHelp(args);
  for (const [name, { summary, load }] of Object.entries<CommandEntry>(commands)) {
    const sub = root.command(name).summary(summary);
    if (name !== line[0]) continue;
    await timed("loading modules", async () => {
      const [command, { fillCommand }] = await Promise.all([load(), import("./fill-command.ts")]);
      fillCommand(sub, summary, command, { ...output, commandLine: ["signflip", ...args].map(quoted).join(" ") });
    });
  }
  await root.parseAsync(line, { from: "user" });
}

/** `signflip` and `signflip help` ask for help, `signflip help train` for that of train. */
function withHelp([first, ...rest]: readonly string[]): string[] {
  if (first === undefined) return ["--help"];
  if (first !== "help") return [first, ...rest];
  const [command] = rest;
  return command === undefined || command.startsWith("-") ? ["--help"] : command in commands ? [command, "--help"] : [command];
}

const quoted = (word: string) => (/^[\w./,:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
