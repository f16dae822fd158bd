import { sizeOf } from "../../tensor/tensor.ts";
import { field, whole } from "../../util/field.ts";
import { sphere as points } from "../sphere.ts";
import type { DatasetKind } from "./kind.ts";

/** Points of the unit sphere, labeled by the sign of a random direction's inner product. */
export interface SphereConfig {
  readonly dataset: "sphere";
  /** Inputs. */
  readonly d: number;
  /** Training points, and as many test points. */
  readonly points: number;
}

/** The points are the same for every network, whatever its seed: they are drawn from this one. */
const seed = 0;

export const sphereSettings = {
  d: field({ ...whole(1, 65_536), description: "input dimension d", default: 784 }),
  points: field({ ...whole(1, 1_000_000), description: "number of points on the sphere to train on; the test has as many", default: 1000 }),
};

export const sphere: DatasetKind<SphereConfig> = {
  summary: "random points on the unit sphere",
  settings: sphereSettings,
  unitNormSettings: {},
  isSynthetic: true,
  unitNormRate: 10,
  dimension: ({ d }) => d,
  counts: ({ points }) => ({ train: points, test: points }),
  hasUnitNorm: () => true,
  unitNormOf: (d, least) => ({ dataset: "sphere", d, points: Math.max(sphereSettings.points.default, least) }),
  withDimension: (config, d) => ({ ...config, d }),
  label: ({ points }) => `${points.toLocaleString("en-US")} random points of the unit sphere`,
  scale: () => "",
  words: ({ d, points }) => [
    "sphere",
    `d ${d.toLocaleString("en-US")}`,
    ...(points === sphereSettings.points.default ? [] : [`${points.toLocaleString("en-US")} points`]),
  ],
  load: async ({ d, points: n }) => points({ d, n, testN: n, seed }),
  samples: async (part, _, { inputShape = [sphereSettings.d.default] }) => {
    const n = sphereSettings.points.default;
    const { name, x, y } = points({ d: sizeOf(inputShape), n, testN: n, seed })[part];
    return { name, values: x, shape: inputShape, y };
  },
};
