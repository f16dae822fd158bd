import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OutputFolder } from "../../../src/platform/node/output-folder.ts";
import { Publisher } from "../../../src/platform/node/publish.ts";
import { memoryStore, type StoredCell } from "../../../src/study/store.ts";
import type { PlannedCell } from "../../../src/study/plan.ts";
import { parseStudy } from "../../../src/study/parse.ts";
import { synthetic } from "../../figure/synthetic.ts";

test("a network that two studies share is one file and is counted once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "signflip-publish-"));
  try {
    const store = memoryStore();
    const results = new Map<string, StoredCell>();
    const cells: PlannedCell[] = [];
    for (const result of synthetic({ sizes: [5], m: [1000], seeds: 2 })) {
      const stored = { result, network: await store.putNetwork(result.key, new Uint8Array([1, 2, 3])) };
      await store.put(stored);
      results.set(result.key, stored);
      cells.push({ key: result.key, config: result.config, keepNetwork: true, swept: [] });
    }
    const plans = ["one", "other"].map((name) => ({ study: parseStudy(`name: ${name}`, "study.yaml"), cells }));
    const output = await OutputFolder.open(folder, "signflip report");
    const publisher = new Publisher({ output, store, plans, title: "Two studies", preset: "", commandLine: "signflip report" });
    const { files } = await publisher.publish(results);
    await output.close();
    expect(files.networks).toHaveLength(2);
    expect((await readdir(join(folder, "networks"))).length).toBe(files.networks.length);
  } finally {
    await rm(folder, { recursive: true });
  }
});
