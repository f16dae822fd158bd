import { fork, type ChildProcess } from "node:child_process";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { experimentOf } from "../../experiment/index.ts";
import { batchName, type Batch } from "../../study/order.ts";
import type { BatchMessage, BatchTask } from "../../study/protocol.ts";
import type { BatchHooks, CellExecutor } from "../../study/run.ts";
import { errorCodes, SignflipError, type ErrorCode } from "../../util/errors.ts";
import { removeTemporaryFiles } from "./files.ts";

export interface PoolOptions {
  /** The number of processes. Default: the machine's cores. */
  readonly workers?: number;
  /** Threads per process. Default 1, because two processes with one thread each are faster than one with two. */
  readonly threads?: number;
  readonly cacheFolder: string;
  readonly dataFolder?: string;
  /** Cells run in parallel only as long as their estimated memory stays below this. Default: 80 % of the machine's. */
  readonly memory?: number;
  /** URLs (file:…) of modules that every child imports before its first batch, such as one that registers an experiment of your own. */
  readonly modules?: readonly string[];
  /** The program the children run. */
  readonly launcher?: string;
}

/** Processes that compute cells, each one batch at a time. `stop` ends them immediately, whatever they are doing. */
export interface Pool extends CellExecutor {
  stop(): Promise<void>;
}

/** bin/worker.js, from src/platform/node/ as from dist/platform/node/. */
const ownLauncher = fileURLToPath(new URL("../../../bin/worker.js", import.meta.url));

/**
 * A pool of child processes. They are not worker threads, because a run of ONNX Runtime is synchronous
 * native code that cannot be interrupted: ending a thread during a run would end the whole process, but a child process can be ended.
 */
export function startPool({
  workers = availableParallelism(),
  threads = 1,
  cacheFolder,
  dataFolder,
  memory = availableMemory() * 0.8,
  modules = [],
  launcher = ownLauncher,
}: PoolOptions): Pool {
  const children = new Set<ChildProcess>();
  const idle: ChildProcess[] = [];
  const waiting: (() => void)[] = [];
  let used = 0;
  let running = 0;
  let stopped = false;

  const begin = (): ChildProcess => {
    const child = fork(launcher, [...modules], {
      serialization: "advanced",
      execArgv: [],
      env: { ...process.env, ORT_DISABLE_TELEMETRY: "1" },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    children.add(child);
    child.once("exit", () => {
      children.delete(child);
      const place = idle.indexOf(child);
      if (place >= 0) idle.splice(place, 1);
    });
    // Whether idle children keep this program alive is for `stop` to say, not for them.
    child.on("error", () => {});
    return child;
  };

  /** Waits until the cell fits into memory beside those that are running; a cell that never fits runs alone. */
  const admit = async (need: number) => {
    while (running > 0 && used + need > memory && !stopped) await new Promise<void>((go) => waiting.push(go));
    running++;
    used += need;
    return () => {
      running--;
      used -= need;
      for (const go of waiting.splice(0)) go();
    };
  };

  const compute = (child: ChildProcess, batch: Batch, { onEpoch, onResult }: BatchHooks) =>
    new Promise<void>((resolve, reject) => {
      let lastWords = "";
      const hear = (chunk: Buffer) => void (lastWords = (lastWords + chunk.toString()).slice(-4000));
      const settle = (end: () => void) => {
        child.off("message", listen).off("exit", died);
        child.stderr?.off("data", hear);
        end();
      };
      const listen = (message: BatchMessage) => {
        if (message.kind === "epoch") return onEpoch(message.record);
        if (message.kind === "result") return onResult(message.stored);
        settle(() => {
          idle.push(child);
          if (message.kind === "done") resolve();
          else
            reject(
              message.code !== undefined && message.code in errorCodes
                ? new SignflipError(message.code as ErrorCode, message.message)
                : new Error(message.message),
            );
        });
      };
      const died = (code: number | null, signal: NodeJS.Signals | null) => {
        settle(() => reject(new SignflipError("SF_WORKER", `the process computing ${batchName(batch)} ended ${howItEnded(code, signal, lastWords)}`)));
      };
      child.on("message", listen).on("exit", died);
      child.stderr?.on("data", hear);
      const task: BatchTask = { batch, threads, cacheFolder, ...(dataFolder === undefined ? {} : { dataFolder }) };
      child.send(task, (error) => error && child.kill("SIGKILL"));
    });

  return {
    slots: workers,
    async execute(batch, hooks) {
      const release = await admit(Math.max(...batch.map(({ config }) => experimentOf(config).memory(config))));
      try {
        if (stopped) throw new SignflipError("SF_STOPPED", "the pool was stopped");
        await compute(idle.pop() ?? begin(), batch, hooks);
      } finally {
        release();
      }
    },
    async stop() {
      stopped = true;
      for (const go of waiting.splice(0)) go();
      const pids = [...children].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
      await Promise.all(
        [...children].map((child) => {
          const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
          child.kill("SIGKILL");
          return gone;
        }),
      );
      // A child may have been writing its network.
      if (pids.length > 0) await removeTemporaryFiles(join(cacheFolder, "cells"), pids);
    },
  };
}

function howItEnded(code: number | null, signal: NodeJS.Signals | null, stderr: string): string {
  if (signal === "SIGKILL") return "by SIGKILL: it was killed, perhaps because memory ran out (fewer processes at once need less)";
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(at |Node\.js v|<---)/.test(line));
  const words = lines.find((line) => /error/i.test(line)) ?? lines.at(-1);
  return `${signal ? `by ${signal}` : `with exit code ${code}`}${words ? `: ${words.slice(0, 200)}` : ""}`;
}

/** The machine's memory, or what the container leaves of it. */
function availableMemory(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
