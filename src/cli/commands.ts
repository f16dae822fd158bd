import { attack } from "./attack/command.ts";
import type { Command } from "./command.ts";
import { flip } from "./flip/command.ts";
import { report } from "./report/command.ts";
import { reproduce } from "./reproduce/command.ts";
import { theory } from "./theory/command.ts";
import { train } from "./train/command.ts";

export const commandNames = ["train", "flip", "attack", "reproduce", "report", "theory"] as const;

/** Every command: a file and a line here. */
export const commands = { train, flip, attack, reproduce, report, theory } satisfies Record<(typeof commandNames)[number], Command<any>>;
