import { dimensionOf } from "../../data/index.ts";
import { tallyInWords, tallyOf } from "../../theory/tally.ts";
import { defineExperiment } from "../experiment.ts";
import { fields } from "../fields.ts";
import { biaslessSection, networkMemory, wordsOf } from "../network-cells.ts";
import { grid, product } from "../settings.ts";
import { sgdCost, sgdEpochLine, sgdSection } from "../sgd.ts";
import { theoryTables } from "./columns.ts";
import type { TheoryConfig, TheoryResult } from "./config.ts";
import { theoryListing } from "./listing.ts";
import { runTheory } from "./run.ts";

const sections = {
  data: "unit norm",
  network: biaslessSection,
  training: { ...sgdSection, c0: grid(fields.ballC0), epochs: grid(fields.mostEpochs) },
  measure: { gamma: grid(fields.gamma), draws: grid(fields.draws), points: grid(fields.measured), searches: grid(fields.searches), c1: grid(fields.c1) },
} as const;

/** Every statement of the theory at one setting: bound, exact extreme, measurement, simulation. */
export const theory = defineExperiment<TheoryResult, typeof sections>({
  kind: "theory",
  summary: "every statement of the theory: its bound, the exact extreme, a measurement",
  version: 3,
  schema: sections,
  expand: ({ data, network, training, measure, seeds }) =>
    product({ data, ...network, ...training, ...measure, seed: seeds }).map(
      ({ data, kind, m, bias, method, c0, lr, batch, exit, epochs, gamma, draws, points, searches, c1, seed }): TheoryConfig => ({
        kind: "theory",
        data,
        network: { kind, m, bias },
        training: { method, c0, lr, batch, exit, epochs },
        measure: { theory: { gamma, draws, points, searches, c1 } },
        seed,
      }),
    ),
  data: ({ data }) => data,
  cost: (config) => sgdCost(config) + checkCost(config),
  memory: (config) => networkMemory(config) + 4 * 6 * config.network.m * config.measure.theory.points,
  name: ([config]) => wordsOf(config, `C_0 ${config.training.c0}`, `γ ${config.measure.theory.gamma}`, "theory"),
  run: runTheory,
  columns: theoryTables,
  listing: theoryListing,
  headline: ({ statements }) => tallyInWords(tallyOf(statements)),
  epochLine: sgdEpochLine,
});

/**
 * A quarter of a second for all that is small; draws of (a, z) and what each statement makes of them; passes of the points; searches,
 * which end after 3·10⁸ multiplications or, in small networks, when all their starts are done.
 */
function checkCost({ data, network: { m }, measure: { theory: of } }: TheoryConfig): number {
  const d = dimensionOf(data);
  const search = 3e6 * Math.min(1, (1200 * m * d) / 3e8) + 1e3 * m;
  return 1.2e6 + 2 * m * of.draws + ((d + 60) * m * of.points) / 40 + of.searches * search;
}
