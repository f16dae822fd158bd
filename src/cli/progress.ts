import cliProgress from "cli-progress";
import { lazyRadius } from "../network/lazy-ball.ts";
import type { CellConfig } from "../study/cell.ts";
import { cellName, costOf, type PlannedCell } from "../study/plan.ts";
import type { StudyEvent } from "../study/run-study.ts";
import { duration, epochLine, fixed, percent, plural } from "./text.ts";

/** Shows how a study goes. */
export interface ProgressView {
  show(event: StudyEvent): void;
  /** A line that stays. */
  say(text: string): void;
  end(): void;
}

/**
 * How long the cells that are left will take: their estimated cost, at the rate of the cells finished in this run.
 * Undefined until one has finished.
 */
export class TimeLeft {
  #slots: number;
  #costLeft = 0;
  #costDone = 0;
  #secondsDone = 0;

  constructor(slots: number) {
    this.#slots = slots;
  }
  plan(cells: readonly PlannedCell[]): void {
    this.#costLeft = cells.reduce((sum, { config }) => sum + costOf(config), 0);
    this.#slots = Math.max(1, Math.min(this.#slots, cells.length));
  }
  /** A cell ended; `seconds` is absent where it failed. */
  done(config: CellConfig, seconds?: number): void {
    this.#costLeft -= costOf(config);
    if (seconds === undefined) return;
    this.#costDone += costOf(config);
    this.#secondsDone += seconds;
  }
  /** @param running seconds that cells now running have been at it */
  seconds(running = 0): number | undefined {
    if (this.#costDone === 0) return undefined;
    const left = this.#costLeft * (this.#secondsDone / this.#costDone);
    return Math.max(left - running, 0.1 * left) / this.#slots;
  }
}

/** Live bars on a terminal, a line per finished cell elsewhere. */
export function progressView({ slots, stream = process.stderr }: { slots: number; stream?: NodeJS.WriteStream }): ProgressView {
  return stream.isTTY ? liveView(slots, stream) : plainView(slots, stream);
}

function finishedLine(event: Extract<StudyEvent, { kind: "finished" }>): string {
  const { row } = event.stored.result;
  return `${cellName(event.cell.config)}   ${plural(row.epochs, "epoch")}  test ${percent(row.testAccuracy)}  ‖δ‖/‖x‖ ${fixed(row.perturbationRelative.mean)}  ${duration(row.seconds)}`;
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
        time.plan(event.toRun);
        done = event.cached;
        total = event.total;
      } else if (event.kind === "finished") {
        time.done(event.cell.config, event.stored.result.row.seconds);
        const left = ++done < total ? time.seconds() : undefined;
        say(`${done}/${total}  ${finishedLine(event)}${left === undefined ? "" : `   ${duration(left)} left`}`);
      } else if (event.kind === "failed") {
        time.done(event.cell.config);
        say(`failed: ${cellName(event.cell.config)}: ${event.error.message}`);
      }
    },
  };
}

function liveView(slots: number, stream: NodeJS.WriteStream): ProgressView {
  const time = new TimeLeft(slots);
  const bars = new cliProgress.MultiBar({ stream, hideCursor: true, clearOnComplete: true, linewrap: false, fps: 10, noTTYOutput: false, emptyOnZero: true });
  const lanes: { cell: PlannedCell | undefined; bar: cliProgress.SingleBar; began: number }[] = [];
  let totalBar: cliProgress.SingleBar | undefined;
  let done = 0;
  let total = 0;
  let ended = false;

  const laneOf = (cell: PlannedCell) => lanes.find((lane) => lane.cell?.key === cell.key);
  const refresh = () => {
    const running = lanes.reduce((sum, { cell, began }) => sum + (cell ? (performance.now() - began) / 1000 : 0), 0);
    const left = time.seconds(running);
    totalBar?.update(done, { left: done === total ? "" : left === undefined ? "estimating the time" : `${duration(left)} left` });
  };
  const ticker = setInterval(refresh, 1000);
  ticker.unref();

  return {
    say: (text) => (ended ? void stream.write(`${text}\n`) : void bars.log(`${text}\n`)),
    end() {
      if (ended) return;
      ended = true;
      clearInterval(ticker);
      bars.stop();
    },
    show(event) {
      switch (event.kind) {
        case "planned":
          time.plan(event.toRun);
          done = event.cached;
          total = event.total;
          if (event.toRun.length === 0) return;
          for (let i = 0; i < Math.min(slots, event.toRun.length); i++) {
            lanes.push({ cell: undefined, began: 0, bar: bars.create(1, 0, { text: "" }, { format: "  {text}" }) });
          }
          totalBar = bars.create(total, done, { left: "estimating the time" }, { format: "  {bar}  {value}/{total}   {left}", barsize: 24, barCompleteChar: "█", barIncompleteChar: "░" });
          return;
        case "started": {
          const lane = lanes.find(({ cell }) => cell === undefined);
          if (!lane) return;
          lane.cell = event.cell;
          lane.began = performance.now();
          lane.bar.update({ text: cellName(event.cell.config) });
          return;
        }
        case "epoch": {
          const { training, network } = event.cell.config;
          laneOf(event.cell)?.bar.update({ text: `${cellName(event.cell.config)}   ${epochLine(event.record, lazyRadius(training.c0, network.m))}` });
          return;
        }
        case "finished":
        case "failed": {
          const lane = laneOf(event.cell);
          if (lane) {
            lane.cell = undefined;
            lane.bar.update({ text: "" });
          }
          done += event.kind === "finished" ? 1 : 0;
          time.done(event.cell.config, event.kind === "finished" ? event.stored.result.row.seconds : undefined);
          if (event.kind === "failed") bars.log(`failed: ${cellName(event.cell.config)}: ${event.error.message}\n`);
          refresh();
          return;
        }
        default:
      }
    },
  };
}
