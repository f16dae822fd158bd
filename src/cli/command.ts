import type { OptionTable, ValuesOf } from "./option/option.ts";

/** What a command may do to the world around it, so that it can be tested without one. */
export interface CommandContext {
  /** Results: one line or more to stdout. */
  readonly print: (text: string) => void;
  /** Progress and remarks: one line or more to stderr. */
  readonly note: (text: string) => void;
  /** The options that stood on the command line, by name; the others have their defaults. */
  readonly given: ReadonlySet<string>;
  /** The command line as it would be typed again. */
  readonly commandLine: string;
}

/** A command: one folder, one entry in commands.ts, which has its name and its summary. */
export interface Command<O extends OptionTable = OptionTable> {
  /** What help says below the summary. */
  readonly description: string;
  /** An optional file it may be given. */
  readonly argument?: { readonly name: string; readonly description: string };
  readonly options: O;
  /** Command lines with what they do. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  run(values: ValuesOf<O>, context: CommandContext, argument: string | undefined): Promise<void>;
}

export function defineCommand<const O extends OptionTable>(command: Command<O>): Command<O> {
  return command;
}
