/**
 * Where the time goes, by name. Off unless `startTiming` was called, and then no more than a function call.
 *
 * Every moment counts for one span: the one that began last among those that are open. Spans within spans thus take their time out
 * of the outer one, and all of them together give the whole.
 */
export interface Span {
  readonly name: string;
  readonly seconds: number;
  readonly count: number;
}

/** What lies between the spans. */
const between = "everything else";

let spans: Map<string, { seconds: number; count: number }> | undefined;
let open: string[] = [];
let since = 0;

/** Begins to count; `before` is what has gone by already, in seconds, and its name. */
export function startTiming(before?: { readonly name: string; readonly seconds: number }): void {
  spans = new Map(before === undefined ? [] : [[before.name, { seconds: before.seconds, count: 1 }]]);
  open = [];
  since = performance.now();
}

/** The spans so far, longest first, and no more counting. Empty where nothing was counted. */
export function stopTiming(): readonly Span[] {
  if (spans === undefined) return [];
  pass();
  const all = [...spans].map(([name, { seconds, count }]) => ({ name, seconds, count }));
  spans = undefined;
  return all.sort((a, b) => b.seconds - a.seconds);
}

/** Does some work, and counts its time under a name. */
export function timed<T>(name: string, work: () => T): T {
  if (spans === undefined) return work();
  pass();
  open.push(name);
  entry(name).count++;
  let result: T;
  try {
    result = work();
  } catch (error) {
    close(name);
    throw error;
  }
  if (!(result instanceof Promise)) {
    close(name);
    return result;
  }
  return result.finally(() => close(name)) as T;
}

/** Gives the time since the last change to the span that was open. */
function pass(): void {
  const now = performance.now();
  entry(open.at(-1) ?? between).seconds += (now - since) / 1000;
  since = now;
}

function entry(name: string): { seconds: number; count: number } {
  const found = spans?.get(name) ?? { seconds: 0, count: 0 };
  spans?.set(name, found);
  return found;
}

/** Of spans that are open at once, as under Promise.all, the first to end need not be the last that began. */
function close(name: string): void {
  pass();
  const place = open.lastIndexOf(name);
  if (place >= 0) open.splice(place, 1);
}
