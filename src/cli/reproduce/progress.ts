import { isCone } from "../../experiment/cone/config.ts";
import { isRobust } from "../../experiment/robust/config.ts";
import { isTheory, type TheoryRow } from "../../experiment/theory/config.ts";
import type { Cell } from "../../experiment/experiment.ts";
import { batchCost, batchName, type Batch } from "../../study/order.ts";
import { cellName } from "../../experiment/index.ts";
import cliProgress from "cli-progress";
import { radiusOf } from "../../study/plan.ts";
import type { StudyEvent } from "../../study/run-study.ts";
import { duration, epochLine, fixed, percent, plural } from "../text.ts";

/** Shows how a study goes. */
export interface ProgressView {
  show(event: StudyEvent): void;
  /** A line that stays. */
  say(text: string): void;
  end(): void;
}

/**
 * How long what is left will take: its estimated cost, at the rate of what has finished in this run. Undefined
 * until something has.
 */
export class TimeLeft {
  #slots: number;
  #costLeft = 0;
  #costDone = 0;
  #secondsDone = 0;
  readonly #began = new Map<Batch, number>();

  constructor(slots: number) {
    this.#slots = slots;
  }
  planned(batches: readonly Batch[]): void {
    this.#costLeft = batches.reduce((sum, batch) => sum + batchCost(batch), 0);
    this.#slots = Math.max(1, Math.min(this.#slots, batches.length));
  }
  started(batch: Batch): void {
    this.#began.set(batch, performance.now());
  }
  ended(batch: Batch): void {
    this.#secondsDone += (performance.now() - this.#began.get(batch)!) / 1000;
    this.#began.delete(batch);
    this.#costLeft -= batchCost(batch);
    this.#costDone += batchCost(batch);
  }
  get seconds(): number | undefined {
    if (this.#costDone === 0) return undefined;
    const rate = this.#secondsDone / this.#costDone;
    // What runs has done a part of its cost, but never all of it.
    const underWay = [...this.#began].reduce((sum, [batch, began]) => sum + Math.min((performance.now() - began) / 1000, 0.95 * rate * batchCost(batch)), 0);
    return (this.#costLeft * rate - underWay) / this.#slots;
  }
}

/** Live bars on a terminal that can move its cursor, a line per finished cell elsewhere. */
export function progressView({ slots, stream = process.stderr }: { slots: number; stream?: NodeJS.WriteStream }): ProgressView {
  return stream.isTTY && process.env["TERM"] !== "dumb" ? liveView(slots, stream) : plainView(slots, stream);
}

function finishedLine(event: Extract<StudyEvent, { kind: "finished" }>): string {
  const { result } = event.stored;
  const { epochs, testAccuracy, seconds } = result.row;
  return `${cellName(event.cell.config)}   ${plural(epochs, "epoch")}  test ${percent(testAccuracy)}  ${foundIn(result)}  ${duration(seconds)}`;
}

/** The number one looks for first. */
function foundIn(result: Cell): string {
  if (isRobust(result)) return `robust ${percent(result.row.robustTestAccuracy)}`;
  if (isTheory(result)) return statementsIn(result.row.statements);
  if (isCone(result)) return `cone distance ${fixed(result.row.path.at(-1)?.coneDistance ?? Number.NaN)} of ${fixed(result.row.deviation)}`;
  return `‖δ‖/‖x‖ ${fixed(result.row.perturbationRelative.mean)}`;
}

/** "5 bounds held, 4 vacuous": a vacuous one claims nothing. */
function statementsIn(statements: TheoryRow["statements"]): string {
  const claims = statements.filter(({ vacuous }) => !vacuous);
  const broken = claims.filter(({ holds }) => !holds);
  const held = `${plural(claims.length - broken.length, "bound")} held`;
  return `${held}${broken.length > 0 ? `, not ${broken.map(({ id }) => id).join(", ")}` : ""}, ${statements.length - claims.length} vacuous`;
}

function failedLine({ cell, error }: Extract<StudyEvent, { kind: "failed" }>): string {
  return `failed: ${cellName(cell.config)}: ${error.message.split("\n")[0]}`;
}

function plainView(slots: number, stream: NodeJS.WriteStream): ProgressView {
  const time = new TimeLeft(slots);
  let done = 0;
  let total = 0;
  const say = (text: string) => void stream.write(`${text}\n`);
  return {
    say,
    end() {},
    show(event) {
      if (event.kind === "planned") {
        time.planned(event.toRun);
        done = event.cached;
        total = event.total;
      } else if (event.kind === "started") time.started(event.batch);
      else if (event.kind === "ended") time.ended(event.batch);
      else if (event.kind === "finished") {
        const left = ++done < total ? time.seconds : undefined;
        say(`${done}/${total}  ${finishedLine(event)}${left === undefined ? "" : `   ${duration(left)} left`}`);
      } else if (event.kind === "failed") say(failedLine(event));
    },
  };
}

/** Bars are cut at the terminal's edge; a line that stays is not. */
const [wrapOn, wrapOff] = ["\u001b[?7h", "\u001b[?7l"];

function liveView(slots: number, stream: NodeJS.WriteStream): ProgressView {
  const time = new TimeLeft(slots);
  const bars = new cliProgress.MultiBar({ stream, hideCursor: true, clearOnComplete: true, linewrap: false, fps: 10, noTTYOutput: false, emptyOnZero: true });
  const lanes: { batch: Batch | undefined; bar: cliProgress.SingleBar }[] = [];
  let totalBar: cliProgress.SingleBar | undefined;
  let done = 0;
  let total = 0;
  let ended = false;

  const laneOf = (batch: Batch | undefined) => lanes.find((lane) => lane.batch === batch);
  const refresh = () => {
    const left = time.seconds;
    totalBar?.update(done, { left: done === total ? "" : left === undefined ? "estimating the time" : `${duration(left)} left` });
  };
  const ticker = setInterval(refresh, 1000);
  ticker.unref();
  const say = (text: string) => (ended ? void stream.write(`${text}\n`) : void bars.log(`${wrapOn}${text}\n${wrapOff}`));

  return {
    say,
    end() {
      if (ended) return;
      ended = true;
      clearInterval(ticker);
      bars.stop();
    },
    show(event) {
      if (event.kind === "planned") {
        time.planned(event.toRun);
        done = event.cached;
        total = event.total;
        if (event.toRun.length === 0) return;
        for (let i = 0; i < Math.min(slots, event.toRun.length); i++) {
          lanes.push({ batch: undefined, bar: bars.create(1, 0, { text: "" }, { format: "  {text}" }) });
        }
        totalBar = bars.create(
          total,
          done,
          { left: "estimating the time" },
          { format: "  {bar}  {value}/{total}   {left}", barsize: 24, barCompleteChar: "█", barIncompleteChar: "░" },
        );
      } else if (event.kind === "started") {
        time.started(event.batch);
        const lane = laneOf(undefined);
        if (!lane) return;
        lane.batch = event.batch;
        lane.bar.update({ text: batchName(event.batch) });
      } else if (event.kind === "epoch") {
        const largest = event.batch.at(-1)!.config;
        laneOf(event.batch)?.bar.update({
          text: `${batchName(event.batch)}   ${epochLine(event.record, radiusOf(largest), { short: true })}`,
        });
      } else if (event.kind === "ended") {
        time.ended(event.batch);
        const lane = laneOf(event.batch);
        if (lane) lane.batch = undefined;
        lane?.bar.update({ text: "" });
        refresh();
      } else if (event.kind === "finished") {
        done++;
        refresh();
      } else if (event.kind === "failed") say(failedLine(event));
    },
  };
}
