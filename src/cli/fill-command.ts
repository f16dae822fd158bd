import { Option, type Command as Commander } from "commander";
import type { Command, CommandContext } from "./command.ts";
import { longName, parseOption, type OptionSpec } from "./option/option.ts";

/** Every command takes this one, which main.ts looks for by itself, since it is to count from the very beginning. */
export const timingOption = { flags: "--timing", description: "print to stderr where the time went" };

/** Gives commander's command its options, examples and action, as ours describes them. */
export function fillCommand(sub: Commander, summary: string, command: Command, context: Omit<CommandContext, "given">): void {
  sub.description(`${summary}.\n\n${command.description}`);
  if (command.argument) sub.argument(`[${command.argument.name}]`, command.argument.description);
  const attributes = new Map<string, string>();
  for (const [name, spec] of Object.entries(command.options)) {
    for (const option of commanderOptions(spec)) {
      sub.addOption(option);
      attributes.set(name, option.attributeName());
    }
  }
  sub.addOption(new Option(timingOption.flags, timingOption.description));
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
