import type { StudyInput } from "../../study/study.ts";
import type { Preset } from "../preset.ts";
import { datasets } from "../../data/index.ts";
import { theorySgd } from "../theory/studies.ts";

/** Fine above 10, where training leaves the lazy ball: it leaves the cone soon after. */
const balls = [10, 10.05, 10.1, 10.2, 10.5, 11, 12, 15, 20, 25, 30, 40, 50, 70, 100];

const scale: Readonly<Record<Preset, { readonly size: number; readonly m: number; readonly epochs: number; readonly seeds: number }>> = {
  smoke: { size: 5, m: 100, epochs: 10, seeds: 1 },
  laptop: { size: 14, m: 1000, epochs: 20, seeds: 3 },
  paper: { size: 28, m: 1000, epochs: 300, seeds: 5 },
};

/** A path of training out of the lazy ball and of the cone around it, through the balls above as far as its epochs last. */
export function coneStudies(preset: Preset): StudyInput[] {
  const { size, m, epochs, seeds } = scale[preset];
  return [
    {
      name: "cone",
      data: { size, normalize: true },
      network: { kind: "two-layer", m, bias: false },
      training: { ...theorySgd, lr: datasets.mnist.unitNormRate, epochs },
      measure: [{ cone: { c0: balls } }],
      seeds,
    },
  ];
}
