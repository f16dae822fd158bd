import { datasets } from "../../data/index.ts";
import type { StudyInput } from "../../study/study.ts";
import type { Preset } from "../preset.ts";

/** A line of the theory's grid: what varies along it; C_0 is 10 and γ 0.05 where it does not say otherwise. */
interface Line {
  readonly name: string;
  /** Sides of MNIST's images, or dimensions of the sphere. */
  readonly size?: readonly number[];
  readonly d?: readonly number[];
  readonly m: readonly number[];
  readonly c0?: readonly number[];
  readonly gamma?: readonly number[];
  readonly draws?: number;
  readonly searches?: number;
  /** Runs, where not those of the preset. */
  readonly seeds?: number;
}

interface Scale {
  /** Lines that cross where d, m and C_0 are moderate: against d on MNIST and on the sphere, m, C_0 and γ. */
  readonly lines: readonly Line[];
  readonly draws: number;
  readonly points: number;
  readonly searches: number;
  readonly epochs: number;
  readonly seeds: number;
}

const scale: Readonly<Record<Preset, Scale>> = {
  smoke: {
    lines: [
      { name: "theory-mnist", size: [5, 7], m: [100] },
      { name: "theory-dimension", d: [16, 64], m: [100] },
      { name: "theory-width", d: [16], m: [100, 400] },
      { name: "theory-ball", d: [16], m: [100], c0: [2, 10] },
    ],
    draws: 200,
    points: 20,
    searches: 1,
    epochs: 20,
    seeds: 1,
  },
  laptop: {
    lines: [
      { name: "theory-mnist", size: [5, 7, 10, 14, 20, 28], m: [1000] },
      { name: "theory-dimension", d: [16, 64, 256, 1024, 4096], m: [2000] },
      { name: "theory-width", d: [64], m: [100, 1000, 10_000] },
      // As many draws of so wide a network would take longer than all else.
      { name: "theory-widest", d: [64], m: [100_000], draws: 200, searches: 1, seeds: 1 },
      { name: "theory-ball", d: [64], m: [1000], c0: [2, 10, 30] },
      { name: "theory-failure", d: [64], m: [1000], gamma: [0.01, 0.05, 0.3] },
    ],
    draws: 2000,
    points: 200,
    searches: 2,
    epochs: 60,
    seeds: 3,
  },
  paper: {
    lines: [
      { name: "theory-mnist", size: [5, 7, 10, 14, 20, 28], m: [1000, 10_000, 100_000], c0: [2, 10, 30] },
      { name: "theory-sphere", d: [16, 64, 256, 1024, 4096], m: [100, 1000, 10_000], c0: [0, 2, 10, 30], gamma: [0.001, 0.01, 0.05, 0.3] },
      { name: "theory-widest", d: [16, 64, 256, 1024], m: [100_000], c0: [2, 10, 30] },
    ],
    draws: 10_000,
    points: 1000,
    searches: 10,
    epochs: 1000,
    seeds: 5,
  },
};

export const theorySgd = { method: "sgd", batch: 64, exit: "step" } as const;

/** Every statement of the theory, along each line of the preset's grid. */
export function theoryStudies(preset: Preset): StudyInput[] {
  const { lines, draws, points, searches, epochs, seeds } = scale[preset];
  return lines.map(({ name, size, d, m, c0 = [10], gamma = [0.05], draws: own = draws, searches: most = searches, seeds: runs = seeds }) => {
    const [dataset, data] = size
      ? [datasets.mnist, { size: { each: size }, normalize: true }]
      : [datasets.sphere, { dataset: "sphere" as const, d: { each: d ?? [] } }];
    return {
      name,
      data,
      network: { kind: "two-layer", m: { each: m }, bias: false },
      training: { ...theorySgd, lr: dataset.unitNormRate, c0: { each: c0 }, epochs },
      measure: [{ theory: { gamma: { each: gamma }, draws: own, points, searches: most } }],
      seeds: runs,
    };
  });
}
