import type { UpgradeCase } from "./cases/case.ts";
import { broadcast, elementwise, reduce, softmax } from "./cases/elementwise.ts";
import { experimental, images, resized } from "./cases/images.ts";
import { normalization } from "./cases/normalization.ts";
import { loops, recurrent, signals } from "./cases/recurrent.ts";
import { shapes } from "./cases/shapes.ts";

export type { UpgradeCase };

export const cases: readonly UpgradeCase[] = [
  ...reduce,
  ...softmax,
  ...broadcast,
  ...normalization,
  ...resized,
  ...shapes,
  ...elementwise,
  ...images,
  ...signals,
  ...recurrent,
  ...experimental,
  ...loops,
];
