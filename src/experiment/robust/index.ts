import { defaultMemory } from "../../attack/config.ts";
import { countsOf, dimensionOf } from "../../data/index.ts";
import { canonicalJson } from "../../util/hash.ts";
import { percent } from "../../util/words.ts";
import { defineExperiment } from "../experiment.ts";
import { networkMemory, wordsOf } from "../network-cells.ts";
import { sgdCost, sgdEpochLine, usualPoints } from "../sgd.ts";
import { robustTables } from "./columns.ts";
import { isSgd, type RobustConfig, type RobustResult } from "./config.ts";
import { adversarialEpochLine } from "./epoch-line.ts";
import { robustListing } from "./listing.ts";
import { runRobust } from "./run.ts";
import { checkRobust, expandRobust, robustSchema, type RobustSections } from "./schema.ts";

/** Test accuracy under an attack, of networks trained adversarially (Algorithm 1, Sect. 5.2, Figure 4) or by SGD. */
export const robust = defineExperiment<RobustResult, RobustSections>({
  kind: "robust",
  summary: "accuracy on the test set under an attack, after adversarial training or SGD",
  version: 3,
  schema: robustSchema,
  keepsNetworks: true,
  check: checkRobust,
  expand: expandRobust,
  data: ({ data }) => data,
  cost: costOf,
  memory: (config) => {
    const { train, test } = countsOf(config.data);
    return networkMemory(config) + 4 * 4 * (train + test) * dimensionOf(config.data) + defaultMemory;
  },
  name([config, ...others]) {
    const { c0, method } = config.training;
    const ball = c0 === undefined ? `radius ${"radius" in config.training ? config.training.radius : ""}` : `C_0 ${c0}`;
    const budgets = [...new Set([config, ...others].map(({ measure }) => measure.robust.eps))];
    const attacks = [...new Set([config, ...others].map(({ measure: { robust: of } }) => (of.norm === "l2" ? of.attack : `${of.attack} ${of.norm}`)))];
    return wordsOf(config, ball, `ε ${budgets.join(", ")}`, method, ...(attacks.join() === "pgd" ? [] : [attacks.join(", ")]));
  },
  trajectory: ({ measure: _, ...config }) => canonicalJson(config),
  run: runRobust,
  columns: robustTables,
  listing: robustListing,
  headline: ({ robustTestAccuracy }) => `robust ${percent(robustTestAccuracy)}`,
  epochLine(record, config, options) {
    if (isSgd(config)) return "trainAccuracy" in record ? sgdEpochLine(record, config, options) : "";
    return "robustTrainAccuracy" in record ? adversarialEpochLine(record, config) : "";
  },
});

/** Two passes of all points for every PGD step, in every epoch; and those of the measurement at the end. */
function costOf(config: RobustConfig): number {
  const { data, network, measure } = config;
  const { train, test } = countsOf(data);
  const perPass = ((dimensionOf(data) + 60) * network.m * (train / usualPoints)) / 1.5;
  const steps = (measure.robust.steps ?? 1) * (measure.robust.restarts ?? 1);
  const measuring = (perPass * steps * 2 * test) / train;
  if (isSgd(config)) return sgdCost(config) + measuring;
  const { training } = config;
  const share = Math.min(1, (training.train ?? train) / train);
  return 2e4 + perPass * training.epochs * share * (2 * training.steps + 4) + measuring;
}
