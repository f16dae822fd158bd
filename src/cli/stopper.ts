import type { Pool } from "../platform/node/pool.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Stops a pool when the user or the system asks the program to end; asked twice, it ends at once. Call `release` when the work is done. */
export function stopOnSignals(pool: Pick<Pool, "stop">): { readonly signal: AbortSignal; release(): void } {
  const stopper = new AbortController();
  const stop = () => {
    if (stopper.signal.aborted) process.exit(130);
    stopper.abort();
    void pool.stop();
  };
  for (const signal of signals) process.on(signal, stop);
  return {
    signal: stopper.signal,
    release: () => {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
