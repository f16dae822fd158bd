import { CommanderError } from "commander";
import { type ErrorCode, SignflipError } from "../util/errors.ts";

/** Every exit code of the program. The documentation's table is made from this. */
export const exitCodes = {
  done: { code: 0, meaning: "all went well" },
  failed: { code: 1, meaning: "something failed: a file cannot be read or written, data is damaged, a computation diverged" },
  usage: { code: 2, meaning: "the command line or the study file it names is wrong; nothing was done" },
  notMet: { code: 3, meaning: "what was measured is below what was asked for: a threshold, or a baseline" },
  stopped: { code: 130, meaning: "stopped by Ctrl-C" },
} as const;

const exitOf: { readonly [Code in ErrorCode]?: { readonly code: number } } = { SF_STOPPED: exitCodes.stopped, SF_NOT_MET: exitCodes.notMet };

/** The exit code of a program that ends with an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done.code : exitCodes.usage.code;
  if (!(error instanceof SignflipError)) return exitCodes.failed.code;
  return error.usage ? exitCodes.usage.code : (exitOf[error.code] ?? exitCodes.failed).code;
}
