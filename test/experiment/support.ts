import type { Cell, FinishedCell, RunContext } from "../../src/experiment/experiment.ts";
import { runContext } from "../../src/platform/node/context.ts";

/** What cells of tests run with: real data, one thread. */
export const context: RunContext = { ...runContext({}), threads: 1 };

/** Everything that a run gives, in its order. */
export async function collect<T extends Cell>(run: AsyncIterable<FinishedCell<T>>): Promise<FinishedCell<T>[]> {
  const cells: FinishedCell<T>[] = [];
  for await (const cell of run) cells.push(cell);
  return cells;
}

/** The one cell that a run gives. */
export async function only<T extends Cell>(run: AsyncIterable<FinishedCell<T>>): Promise<FinishedCell<T>> {
  const [cell, ...others] = await collect(run);
  if (cell === undefined || others.length > 0) throw new Error(`expected one cell; got ${others.length + +(cell !== undefined)}`);
  return cell;
}

/** What a run gave, but for how long it took. */
export function timeless<T>(value: T): T {
  if (Array.isArray(value)) return value.map((one: unknown) => timeless(one)) as T;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, of]: [string, unknown]) => [name, name === "seconds" ? 0 : timeless(of)])) as T;
}
