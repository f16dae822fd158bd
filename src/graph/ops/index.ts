import { If, Loop } from "./control.ts";
import type { OpRule } from "./rule.ts";

/** Every operator the engine knows, in alphabetical order: a new one is its file and its line here. */
export const ops = { If, Loop } satisfies Readonly<Record<string, OpRule>>;

export type OpName = keyof typeof ops;

/** The rule of an operator; undefined for one that can be run but is not known. */
export function ruleOf(op: string): OpRule | undefined {
  return (ops as Readonly<Record<string, OpRule>>)[op];
}
