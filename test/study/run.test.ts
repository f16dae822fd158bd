import { describe, expect, it } from "vitest";
import type { CellConfig } from "../../src/experiment/experiment.ts";
import { isFlipsConfig } from "../../src/experiment/flips/config.ts";
import { isAdversarialConfig } from "../../src/experiment/robust/config.ts";
import { planStudies, type PlannedStudy } from "../../src/study/plan.ts";
import { resolveStudy } from "../../src/study/resolve.ts";
import { runStudies, type CellExecutor, type StudyEvent } from "../../src/study/run.ts";
import { memoryStore } from "../../src/study/store.ts";
import { SignflipError } from "../../src/util/errors.ts";
import { exampleResult, robustResult } from "./example.ts";

const fingerprints = { data: async () => "fingerprint" };
const sizeOf = (config: CellConfig) => (isFlipsConfig(config) && "size" in config.data ? config.data.size : undefined);
const ballOf = (config: CellConfig) => (isFlipsConfig(config) ? config.training.c0 : undefined);

const plan = (sizes: readonly number[], name = "any"): Promise<PlannedStudy[]> =>
  planStudies([resolveStudy({ name, data: { size: { each: sizes } }, training: { epochs: 1 }, seeds: 2 }, name)], fingerprints, {
    networks: "none",
  });

/** An executor that makes numbers up and remembers what it was asked. */
function pretend({ slots = 2, fail = () => undefined }: { slots?: number; fail?: (config: CellConfig) => Error | undefined } = {}) {
  const ran: string[] = [];
  let atOnce = 0;
  let most = 0;
  const executor: CellExecutor = {
    slots,
    async execute(batch, { onEpoch, onResult }) {
      most = Math.max(most, ++atOnce);
      await new Promise((go) => setTimeout(go, 1));
      atOnce--;
      for (const { config, key } of batch) {
        ran.push(key);
        const error = fail(config);
        if (error) throw error;
        const result = isAdversarialConfig(config) ? robustResult(config) : exampleResult(isFlipsConfig(config) ? config : undefined);
        onEpoch(result.history[0]!);
        onResult({ result });
      }
    },
  };
  return { executor, ran, most: () => most };
}

describe("running studies", () => {
  it("computes every cell once, side by side, and tells what happens", async () => {
    const plans = [...(await plan([5, 7], "a")), ...(await plan([5, 7, 10], "b"))];
    const { executor, ran, most } = pretend();
    const events: StudyEvent[] = [];
    const outcome = await runStudies(plans, { store: memoryStore(), executor, onEvent: (event) => events.push(event) });
    expect(ran).toHaveLength(6);
    expect(new Set(ran).size).toBe(6);
    expect(most()).toBe(2);
    expect(outcome).toMatchObject({ computed: 6, cached: 0, failed: [], stopped: false });
    const kinds = events.map(({ kind }) => kind);
    expect(kinds[0]).toBe("planned");
    for (const kind of ["started", "epoch", "finished", "ended"] as const) expect(kinds.filter((k) => k === kind)).toHaveLength(6);
    // The smaller study is complete before the larger one's last cells are.
    const complete = events.flatMap((event, i) => (event.kind === "complete" ? [{ name: event.plan.study.name, i }] : []));
    expect(complete.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(complete[0]!.i).toBeLessThan(kinds.lastIndexOf("finished"));
  });

  it("computes nothing that is there", async () => {
    const store = memoryStore();
    await runStudies(await plan([5, 7]), { store, executor: pretend().executor });
    const second = pretend();
    const outcome = await runStudies(await plan([5, 7, 10]), { store, executor: second.executor });
    expect(second.ran).toHaveLength(2);
    expect(outcome).toMatchObject({ computed: 2, cached: 4 });
    expect(outcome.results.size).toBe(6);
  });

  it("computes a cell again when its network is wanted and was not kept", async () => {
    const store = memoryStore();
    const [bare] = await plan([5]);
    await runStudies([bare!], { store, executor: pretend().executor });
    const again = pretend();
    const wanting = { ...bare!, cells: bare!.cells.map((cell) => ({ ...cell, keepNetwork: cell.config.seed === 0 })) };
    await runStudies([wanting], { store, executor: again.executor });
    expect(again.ran).toHaveLength(1);
  });

  it("goes on when a cell fails and keeps what is finished", async () => {
    const store = memoryStore();
    const broken = pretend({ fail: (config) => (sizeOf(config) === 7 ? new SignflipError("SF_DIVERGED", "not finite") : undefined) });
    const outcome = await runStudies(await plan([5, 7, 10]), { store, executor: broken.executor });
    expect(outcome.computed).toBe(4);
    expect(outcome.failed.map(({ cell }) => sizeOf(cell.config))).toEqual([7, 7]);
    const mended = pretend();
    await runStudies(await plan([5, 7, 10]), { store, executor: mended.executor });
    expect(mended.ran).toHaveLength(2);
  });

  it("keeps what a batch finished before it failed", async () => {
    const study = resolveStudy({ name: "c0", training: { c0: { each: [10, 20, 30] } } }, "c0");
    const plans = await planStudies([study], fingerprints, { networks: "none" });
    const outcome = await runStudies(plans, {
      store: memoryStore(),
      executor: pretend({ fail: (config) => (ballOf(config) === 30 ? new Error("killed") : undefined) }).executor,
    });
    expect(outcome.computed).toBe(2);
    expect(outcome.failed.map(({ cell }) => ballOf(cell.config))).toEqual([30]);
  });

  it("begins nothing after an abort", async () => {
    const stop = new AbortController();
    const slow = pretend({ slots: 1 });
    const outcome = await runStudies(await plan([5, 7, 10]), {
      store: memoryStore(),
      executor: slow.executor,
      signal: stop.signal,
      onEvent: (event) => event.kind === "finished" && stop.abort(),
    });
    expect(slow.ran).toHaveLength(1);
    expect(outcome).toMatchObject({ stopped: true, computed: 1, failed: [] });
  });

  it("gives up at once when results cannot be stored", async () => {
    const full = pretend({ slots: 1, fail: () => new SignflipError("SF_FILE", "the disk is full") });
    await expect(runStudies(await plan([5, 7, 10]), { store: memoryStore(), executor: full.executor })).rejects.toThrow("the disk is full");
    expect(full.ran).toHaveLength(1);
  });
});
