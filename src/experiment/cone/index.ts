import { significant } from "../../util/words.ts";
import { defineExperiment } from "../experiment.ts";
import { fields } from "../fields.ts";
import { biaslessSection, networkMemory, wordsOf } from "../network-cells.ts";
import { product, single } from "../settings.ts";
import { sgdCost, sgdEpochLine, sgdSection } from "../sgd.ts";
import { coneTables } from "./columns.ts";
import type { ConeConfig, ConeResult } from "./config.ts";
import { coneListing } from "./listing.ts";
import { runCone } from "./run.ts";

// The balls to look at say how far to train.
const { c0: _, ...training } = sgdSection;
const sections = { data: "unit norm", network: biaslessSection, training, measure: { c0: single(fields.coneC0) } } as const;

/** A path of training out of the lazy ball, and of the cone around it (Fig. 1). */
export const cone = defineExperiment<ConeResult, typeof sections>({
  kind: "cone",
  summary: "where training leaves the lazy ball, and where it leaves the cone around that ball",
  version: 3,
  schema: sections,
  expand: ({ data, network, training, measure, seeds }) =>
    product({ data, ...network, ...training, seed: seeds }).map(({ data, kind, m, bias, method, lr, batch, exit, epochs, seed }): ConeConfig => ({
      kind: "cone",
      data,
      network: { kind, m, bias },
      training: { method, c0: Math.max(...measure.c0), lr, batch, exit, epochs },
      measure: { cone: measure },
      seed,
    })),
  data: ({ data }) => data,
  cost: sgdCost,
  memory: networkMemory,
  name: ([config]) => wordsOf(config, `C_0 ${config.measure.cone.c0.join(", ")}`, "cone"),
  run: runCone,
  columns: coneTables,
  listing: coneListing,
  headline: ({ path, deviation }) => `cone distance ${significant(path.at(-1)?.coneDistance ?? Number.NaN)} of ${significant(deviation)}`,
  epochLine: sgdEpochLine,
});
