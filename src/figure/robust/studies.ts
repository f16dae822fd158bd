import type { StudyInput } from "../../study/study.ts";
import { adversarialDefaults } from "../../experiment/fields.ts";
import type { Preset } from "../preset.ts";

/** Which cells straddle the threshold depends on how large the preset's images and networks are. */
const scale = {
  smoke: {
    left: { size: { each: [5, 10] }, eps: { each: [0.1, 0.4, 0.8] }, m: 100 },
    right: { size: 10, m: { each: [100, 200] }, radius: { each: [0.3, 1] } },
    training: { method: "fast", lr: 0.4, batch: 32, epochs: 4, train: 500 },
    seeds: 1,
  },
  laptop: {
    left: { size: { each: [5, 7, 10, 14, 28] }, eps: { each: [0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7] }, m: 1000 },
    right: { size: 28, m: { each: [100, 200, 450, 1000] }, radius: { each: [0.1, 0.2, 0.35, 0.6, 1, 1.7] } },
    training: { method: "fast", lr: 0.4, batch: 32, epochs: 6, train: 2000 },
    seeds: 1,
  },
  paper: {
    left: { size: { each: [5, 7, 10, 14, 20, 28] }, eps: { each: inSteps(0.05, 1) }, m: 1000 },
    right: { size: 28, m: { each: [1000, 3162, 10_000, 31_623, 100_000] }, radius: { each: inSteps(0.05, 1) } },
    training: { method: "faithful", ...adversarialDefaults, epochs: 1000 },
    seeds: 5,
  },
} as const satisfies Record<Preset, unknown>;

/** step, 2 step, … to. */
function inSteps(step: number, to: number): number[] {
  return Array.from({ length: Math.round(to / step) }, (_, i) => Number(((i + 1) * step).toFixed(12)));
}

/** Robust accuracy after adversarial training: over (d, ε), and over (m, radius). */
export function robustStudies(preset: Preset): StudyInput[] {
  const { left, right, training, seeds } = scale[preset];
  return [
    {
      name: "figure-4-left",
      data: { size: left.size, normalize: true },
      network: { kind: "two-layer", m: left.m, bias: true },
      training: { ...training, eps: left.eps, c0: 10 },
      measure: ["robust"],
      seeds,
    },
    {
      name: "figure-4-right",
      data: { size: right.size, normalize: true },
      network: { kind: "two-layer", m: right.m, bias: true },
      training: { ...training, eps: 0.2, radius: right.radius },
      measure: ["robust"],
      seeds,
    },
  ];
}
