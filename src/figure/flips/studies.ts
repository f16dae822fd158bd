import type { StudyInput } from "../../study/study.ts";
import type { Preset } from "../preset.ts";

/* Sect. 5.1 has raw pixels and biases; App. A has ‖x‖ = 1 and no biases, as the theory does. */

/** The laptop preset stops training here, where the paper goes on to 1000 epochs or the edge of the lazy ball. */
const laptopEpochs = 60;

/** The fixed width at which Figure 3 varies C_0 and Figure 7 looks at single images. */
const fixedWidth: Readonly<Record<Preset, number>> = { smoke: 200, laptop: 1000, paper: 10_000 };

/** What the presets differ in. */
const scale = {
  smoke: {
    size: { each: [5, 7, 10] },
    normalizedSize: { each: [5, 7, 10] },
    largest: 10,
    m: { each: [100, 200] },
    c0: { each: [10, 20, 30] },
    fixedC0: 10,
    epochs: 12,
    seeds: 2,
  },
  laptop: {
    size: { each: [5, 7, 10, 14, 20, 28] },
    normalizedSize: { each: [5, 7, 10, 14, 28] },
    largest: 28,
    m: { each: [1000, 10_000] },
    c0: { each: [10, 20, 30] },
    fixedC0: 10,
    epochs: laptopEpochs,
    seeds: 3,
  },
  paper: {
    size: { each: [5, 7, 10, 14, 20, 28] },
    normalizedSize: { each: [5, 7, 10, 14, 20, 28] },
    largest: 28,
    m: { each: [1000, 10_000, 100_000] },
    c0: { each: [10, 20, 30] },
    fixedC0: 10,
    epochs: 1000,
    seeds: 5,
  },
} as const satisfies Record<Preset, unknown>;

const sgd = { method: "sgd", lr: 0.1, batch: 64, exit: "step" } as const;

/** ‖∇f‖, |η| and ‖δ‖ against d, a curve per width. */
export function againstWidth(name: string, { normalize }: { normalize: boolean }, preset: Preset): StudyInput {
  const { size, normalizedSize, m, fixedC0, epochs, seeds } = scale[preset];
  return {
    name,
    data: { size: normalize ? normalizedSize : size, normalize },
    network: { kind: "two-layer", m, bias: !normalize },
    training: { ...sgd, c0: fixedC0, epochs },
    measure: ["flips"],
    seeds,
  };
}

/** The same against d, a curve per C_0. */
export function againstC0(name: string, { normalize }: { normalize: boolean }, preset: Preset): StudyInput {
  const { size, normalizedSize, c0, epochs, seeds } = scale[preset];
  return {
    name,
    data: { size: normalize ? normalizedSize : size, normalize },
    network: { kind: "two-layer", m: fixedWidth[preset], bias: !normalize },
    training: { ...sgd, c0, epochs },
    measure: ["flips"],
    seeds,
  };
}

/** Histograms of the three over the test images at the full size. */
export function overSamples(name: string, preset: Preset): StudyInput {
  const { largest, fixedC0, epochs, seeds } = scale[preset];
  return {
    name,
    data: { size: largest, normalize: true },
    network: { kind: "two-layer", m: fixedWidth[preset], bias: false },
    training: { ...sgd, c0: fixedC0, epochs },
    measure: [{ flips: { samples: true } }],
    seeds,
  };
}
