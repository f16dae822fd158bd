import { batchCost, type Batch } from "../../study/order.ts";

/** A batch that has ended. */
interface Measured {
  readonly kind: string;
  readonly cost: number;
  readonly seconds: number;
}

/** What a unit of cost takes before anything was measured, in seconds (see `Experiment.cost`), and what a batch takes beside it. */
const usualRate = 2e-7;
const usualOverhead = 0.25;
/** How far costs may be apart to be similar, as a factor; how many later batches halve the weight of one; the weight of another experiment. */
const similar = 4;
const halfLife = 12;
const elsewhere = 0.05;
/** Before this share of the run has passed, an estimate says nothing. */
const meaningful = 0.04;

/**
 * How long what is left will take. A batch that is still to come takes what those took in this run that were of its kind and of similar
 * cost, the recent ones above all; until there are such, what its cost says, on a machine as fast as this one has been so far. The first
 * batch of every process also pays for the start of the process, which is left out. Undefined until it says something.
 */
export class TimeLeft {
  readonly #now: () => number;
  readonly #costOf: (batch: Batch) => number;
  #slots: number;
  #waiting: Batch[] = [];
  #firsts = 0;
  #start = 0;
  readonly #running = new Map<Batch, { readonly began: number; readonly isFirst: boolean }>();
  readonly #ended: Measured[] = [];
  /** What the cells of a batch say they took. */
  readonly #told = new Map<string, number>();

  constructor(slots: number, { now = () => performance.now() / 1000, costOf = batchCost } = {}) {
    this.#slots = slots;
    this.#now = now;
    this.#costOf = costOf;
  }

  planned(batches: readonly Batch[]): void {
    this.#waiting = [...batches];
    this.#slots = Math.max(1, Math.min(this.#slots, batches.length));
    this.#start = this.#now();
  }

  started(batch: Batch): void {
    this.#waiting = this.#waiting.filter((one) => one !== batch);
    this.#running.set(batch, { began: this.#now(), isFirst: this.#firsts++ < this.#slots });
  }

  finished(key: string, seconds: number): void {
    this.#told.set(key, seconds);
  }

  ended(batch: Batch): void {
    const { began, isFirst } = this.#running.get(batch)!;
    this.#running.delete(batch);
    const told = Math.max(0, ...batch.map(({ key }) => this.#told.get(key) ?? 0));
    const elapsed = this.#now() - began;
    this.#ended.push({ kind: kindOf(batch), cost: this.#costOf(batch), seconds: isFirst && told > 0 ? Math.min(elapsed, told + usualOverhead) : elapsed });
  }

  get seconds(): number | undefined {
    if (this.#ended.length === 0) return undefined;
    const now = this.#now();
    const passed = now - this.#start;
    // Each process takes the next batch as soon as it is free.
    const free = [...this.#running].map(([batch, { began }]) => Math.max(this.#expected(batch) - (now - began), 0.1 * (now - began)));
    while (free.length < this.#slots) free.push(0);
    for (const batch of this.#waiting) {
      const next = free.indexOf(Math.min(...free));
      free[next]! += this.#expected(batch);
    }
    const left = Math.max(...free);
    return passed >= meaningful * (passed + left) ? left : undefined;
  }

  /** What a batch will take: the mean, in logarithms, of what a unit of cost took in batches like it. */
  #expected(batch: Batch): number {
    const cost = this.#costOf(batch);
    const kind = kindOf(batch);
    let weights = 0.1;
    let sum = weights * Math.log(usualRate);
    this.#ended.forEach((one, i) => {
      const distance = Math.log(one.cost / cost) / Math.log(similar);
      const age = this.#ended.length - 1 - i;
      const weight = Math.exp(-(distance ** 2)) * 0.5 ** (age / halfLife) * (one.kind === kind ? 1 : elsewhere);
      weights += weight;
      sum += weight * Math.log(Math.max(one.seconds - usualOverhead, 0.2 * one.seconds) / one.cost);
    });
    return usualOverhead + cost * Math.exp(sum / weights);
  }
}

const kindOf = (batch: Batch): string => batch[0]!.config.kind;
