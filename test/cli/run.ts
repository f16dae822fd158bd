import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { run } from "../../src/cli/main.ts";

export const launcher = fileURLToPath(new URL("../../bin/signflip.js", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** In this very process: the same as the program does, without starting it. */
export async function runHere(args: readonly string[]): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  const code = await run(args, { print: (text) => void (stdout += `${text}\n`), note: (text) => void (stderr += `${text}\n`) });
  return { code, stdout, stderr };
}

/** Runs the program as a user would, in a process of its own. */
export function signflip(
  args: readonly string[],
  { cwd, env = {}, input }: { cwd?: string; env?: Record<string, string>; input?: (child: ReturnType<typeof spawn>) => void } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [launcher, ...args], { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    input?.(child);
  });
}
