import { canonicalJson } from "../../util/hash.ts";
import { significant } from "../../util/words.ts";
import { defineExperiment } from "../experiment.ts";
import { fields } from "../fields.ts";
import { networkSection, networkMemory, wordsOf } from "../network-cells.ts";
import { product, single } from "../settings.ts";
import { sgdCost, sgdEpochLine, sgdSection } from "../sgd.ts";
import { flipsTables } from "./columns.ts";
import type { FlipsConfig, FlipsResult } from "./config.ts";
import { flipsListing } from "./listing.ts";
import { runFlips } from "./run.ts";

const sections = {
  data: "any",
  network: networkSection,
  training: sgdSection,
  measure: { misclassified: single(fields.misclassified), samples: single(fields.samples) },
} as const;

/** The smallest step along its gradient that flips each test image, on a network trained by SGD within its lazy ball (Sect. 5.1, App. A). */
export const flips = defineExperiment<FlipsResult, typeof sections>({
  kind: "flips",
  summary: "the smallest step along its gradient that flips each test image",
  version: 3,
  schema: sections,
  keepsNetworks: true,
  expand: ({ data, network, training, measure, seeds }) =>
    product({ data, ...network, ...training, seed: seeds }).map(({ data, kind, m, bias, method, c0, lr, batch, exit, epochs, seed }): FlipsConfig => ({
      kind: "flips",
      data,
      network: { kind, m, bias },
      training: { method, c0, lr, batch, exit, epochs },
      measure: { flips: measure },
      seed,
    })),
  data: ({ data }) => data,
  cost: sgdCost,
  memory: networkMemory,
  name: (configs) => wordsOf(configs[0], `C_0 ${configs.map(({ training }) => training.c0).join(", ")}`),
  trajectory({ training: { c0: _, ...training }, ...config }) {
    return canonicalJson({ ...config, training });
  },
  place: ({ training }) => training.c0,
  run: runFlips,
  columns: flipsTables,
  listing: flipsListing,
  headline: ({ perturbationRelative }) => `‖δ‖/‖x‖ ${significant(perturbationRelative.mean)}`,
  epochLine: sgdEpochLine,
});
