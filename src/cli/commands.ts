import { attack } from "./attack.ts";
import type { Command } from "./command.ts";
import { flip } from "./flip.ts";
import { report } from "./report.ts";
import { reproduce } from "./reproduce.ts";
import { theory } from "./theory.ts";
import { train } from "./train.ts";

export const commandNames = ["train", "flip", "attack", "reproduce", "report", "theory"] as const;

/** Every command: a file and a line here. */
export const commands = { train, flip, attack, reproduce, report, theory } satisfies Record<(typeof commandNames)[number], Command<any>>;
