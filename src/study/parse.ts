import { parse as parseYaml, YAMLParseError } from "yaml";
import { SignflipError } from "../util/errors.ts";
import { resolveStudy } from "./resolve.ts";
import type { Study } from "./study.ts";

/** Reads a study from YAML (JSON is YAML too). @throws SF_STUDY (usage) in one line */
export function parseStudy(text: string, source: string): Study {
  const fail = (message: string, cause?: unknown): never => {
    throw new SignflipError("SF_STUDY", `${source}: ${message}`, { usage: true, ...(cause === undefined ? {} : { cause }) });
  };
  let input: unknown;
  try {
    input = parseYaml(text);
  } catch (cause) {
    const place = cause instanceof YAMLParseError && cause.linePos ? ` at line ${cause.linePos[0].line}, column ${cause.linePos[0].col}` : "";
    const reason = cause instanceof Error ? cause.message.split(/ at line|\n/)[0]! : String(cause);
    return fail(`not YAML${place}: ${reason}`, cause);
  }
  const circle = circleIn(input);
  if (circle !== undefined) fail(`${circle} contains itself (an alias, *name, inside what it names)`);
  return resolveStudy(input, source);
}

/** Where a value contains itself, as YAML's aliases allow; undefined where it does not. */
function circleIn(value: unknown, path: readonly string[] = [], above: ReadonlySet<unknown> = new Set()): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (above.has(value)) return path.join(".");
  const inside = new Set(above).add(value);
  for (const [key, one] of Object.entries(value)) {
    const found = circleIn(one, [...path, key], inside);
    if (found !== undefined) return found;
  }
  return undefined;
}
