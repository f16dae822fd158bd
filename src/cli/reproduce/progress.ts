import cliProgress from "cli-progress";
import type { CellRecord } from "../../experiment/experiment.ts";
import { experimentOf } from "../../experiment/index.ts";
import { batchName, type Batch } from "../../study/order.ts";
import { plannedName } from "../../study/plan.ts";
import type { StudyEvent } from "../../study/run.ts";
import { TimeLeft } from "./time-left.ts";
import { duration } from "../text.ts";

/** Shows how a study goes. */
export interface ProgressView {
  show(event: StudyEvent): void;
  /** A line that stays. */
  say(text: string): void;
  end(): void;
}

/** Live bars on a terminal that can move its cursor, a line per finished cell elsewhere. */
export function progressView({ slots, stream = process.stderr }: { slots: number; stream?: NodeJS.WriteStream }): ProgressView {
  return stream.isTTY && process.env["TERM"] !== "dumb" ? liveView(slots, stream) : plainView(slots, stream);
}

function finishedLine({ cell, stored }: Extract<StudyEvent, { kind: "finished" }>): string {
  const { row } = stored.result;
  const found = experimentOf(row).headline?.(row);
  return [plannedName(cell), ...(found === undefined ? [] : [found]), duration(row.seconds)].join("   ");
}

/** What a batch is at. */
function epochOf(batch: Batch, record: CellRecord): string {
  const { config } = batch.at(-1)!;
  return experimentOf(config).epochLine?.(record, config, { short: true }) ?? `epoch ${record.epoch}`;
}

function failedLine({ cell, error }: Extract<StudyEvent, { kind: "failed" }>): string {
  return `failed: ${plannedName(cell)}: ${error.message.split("\n")[0]}`;
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
        time.finished(event.cell.key, event.stored.result.row.seconds);
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
          {
            format: "  {bar}  {value}/{total}   {left}",
            barsize: Math.max(6, Math.min(24, (stream.columns ?? 80) - 36)),
            barCompleteChar: "█",
            barIncompleteChar: "░",
          },
        );
      } else if (event.kind === "started") {
        time.started(event.batch);
        const lane = laneOf(undefined);
        if (!lane) return;
        lane.batch = event.batch;
        lane.bar.update({ text: batchName(event.batch) });
      } else if (event.kind === "epoch") {
        laneOf(event.batch)?.bar.update({ text: `${batchName(event.batch)}   ${epochOf(event.batch, event.record)}` });
      } else if (event.kind === "ended") {
        time.ended(event.batch);
        const lane = laneOf(event.batch);
        if (lane) lane.batch = undefined;
        lane?.bar.update({ text: "" });
        refresh();
      } else if (event.kind === "finished") {
        time.finished(event.cell.key, event.stored.result.row.seconds);
        done++;
        refresh();
      } else if (event.kind === "failed") say(failedLine(event));
    },
  };
}
