import { CommanderError } from "commander";
import { useNodeEngine } from "../platform/node/engine.ts";
import { reasonOf } from "../platform/node/files.ts";
import { SignflipError } from "../util/errors.ts";
import { startTiming, stopTiming } from "../util/timing.ts";
import type { CommandContext } from "./command.ts";
import { exitCodeOf } from "./exit-code.ts";
import { carryOut } from "./program.ts";

/** Where the program's lines go. */
export type Output = Pick<CommandContext, "print" | "note">;

/** The program as bin/signflip.js runs it. */
export async function main(args: readonly string[]): Promise<void> {
  let stdoutIsGone = false;
  const output: Output = {
    print: (text) => void (stdoutIsGone || process.stdout.write(`${text}\n`)),
    note: (text) => void process.stderr.write(`${text}\n`),
  };
  // A reader that closes our stdout (… | head) has seen enough, but the files that were asked for are still to be written.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (stdoutIsGone) return;
    stdoutIsGone = true;
    if (error.code !== "EPIPE") process.exitCode = complain(new SignflipError("SF_FILE", `cannot write to stdout: ${reasonOf(error)}`), output);
  });
  process.stderr.on("error", () => {});
  process.on("uncaughtException", (error) => process.exit(complain(error, output)));
  const code = await run(args, output);
  // Whatever was lost on stdout counts, however well the rest went.
  process.exitCode ||= code;
}

/**
 * Runs one command line and gives its exit code (exit-code.ts). Results are printed, all else is noted; an error is one line
 * `error CODE: message`. A stack is shown only with SIGNFLIP_DEBUG set.
 */
export async function run(args: readonly string[], output: Output): Promise<number> {
  const isTimed = args.includes("--timing");
  // What has gone by since the process began: Node itself, and finding and reading the program.
  if (isTimed) startTiming({ name: "starting up", seconds: performance.now() / 1000 });
  useNodeEngine();
  try {
    await carryOut(args, output);
    return 0;
  } catch (error) {
    return complain(error, output);
  } finally {
    if (isTimed) output.note((await import("./timing-table.ts")).timingTable(stopTiming()));
  }
}

function complain(error: unknown, { note }: Pick<Output, "note">): number {
  const code = exitCodeOf(error);
  if (error instanceof CommanderError) {
    if (code !== 0) note(`error SF_OPTION: ${oneLine(error.message.replace(/^error: /, ""))}`);
    return code;
  }
  const message = error instanceof Error ? error.message : String(error);
  note(error instanceof SignflipError ? `error ${error.code}: ${oneLine(message)}` : `error SF_INTERNAL: ${oneLine(message)}: please report`);
  if (process.env["SIGNFLIP_DEBUG"] && error instanceof Error) note(error.stack ?? "");
  return code;
}

const oneLine = (text: string) => text.trim().replace(/\s*\n\s*/g, " ");
