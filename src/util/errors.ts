/**
 * The only kind of error that a user sees. `code` is stable and searchable; `message` names the operation, what was
 * expected and what came instead, in one line. `usage` errors (the command or call was wrong) end the program with
 * exit code 2, all others with 1.
 */
export class SignflipError extends Error {
  readonly code: ErrorCode;
  readonly usage: boolean;

  constructor(code: ErrorCode, message: string, options: { usage?: boolean; cause?: unknown } = {}) {
    // Names in files may hold anything: a message stays one line.
    super(message.replace(/\p{Cc}+/gu, " "), options.cause === undefined ? {} : { cause: options.cause });
    this.name = "SignflipError";
    this.code = code;
    this.usage = options.usage ?? false;
  }
}

/** Every code a user can meet, with what it is about. Codes are part of the public interface. */
export const errorCodes = {
  SF_OPTION: "an option or argument is unknown, missing or out of range",
  SF_SIZE: "an image size is out of range",
  SF_DIGITS: "the two digits are equal or out of range",
  SF_DATA: "a data file is missing, corrupt, truncated or does not match its labels",
  SF_NETWORK: "a network file or its description cannot be used",
  SF_GRAPH: "a graph was built or used in a way that cannot work",
  SF_ONNX: "a file is not an ONNX model that this program can read",
  SF_GRADIENT: "an operation has no gradient",
  SF_FEED: "a value fed to a graph has the wrong name, type or shape",
  SF_ENGINE: "the engine is missing, refused a graph or failed",
  SF_MEMORY: "something does not fit into the machine's memory",
  SF_DIVERGED: "a computation gave NaN or infinity",
  SF_STUDY: "a study file cannot be used",
  SF_CACHE: "a stored result is damaged",
  SF_FILE: "a file or folder cannot be read or written",
  SF_NOT_MET: "what was measured is below what was asked for",
  SF_STOPPED: "the run was stopped by the user",
  SF_WORKER: "a worker process ended before its cell was finished",
  SF_INTERNAL: "a bug in this program; please report it",
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** A bug of ours: never the user's fault, always worth a report. */
export function internal(message: string): Error {
  return new Error(`internal: ${message}`);
}
