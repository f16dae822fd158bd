import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Files that change what others in their process would see: a module of Node, the registry of experiments. */
const alone = ["test/platform/node/files.test.ts", "test/study/plan.test.ts", "test/study/toy/dice.test.ts"];

export default defineConfig({
  test: {
    pool: "forks",
    // As many processes as the machine runs at once. Vitest by itself leaves one processor idle, which is half of a machine with two.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      // Files share their process, so that each process imports the sources and loads the engine once.
      { extends: true, test: { name: "together", include: ["test/**/*.test.ts"], exclude: alone, isolate: false } },
      { extends: true, test: { name: "alone", include: alone, sequence: { groupOrder: 1 } } },
    ],
  },
});
