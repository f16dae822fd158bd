import { adversarialDefaults } from "../experiment/fields.ts";
import { coneStudies, presetNames, theoryStudies, type Preset } from "./presets-theory.ts";
import { resolveStudy, type FigureKey, type Study, type StudyInput } from "./schema.ts";

export { presetNames, type Preset };

export const presetDescriptions: Readonly<Record<Preset, string>> = {
  smoke: "seconds: small images and narrow networks, to see that everything works",
  laptop: "under 20 minutes on 2 cores",
  paper: "the paper's whole grid, for a big machine and patience",
};

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

/** Figure 4: which cells straddle the threshold depends on how large the preset's images and networks are. */
const robust = {
  smoke: {
    left: { size: { each: [5, 10] }, eps: { each: [0.1, 0.4, 0.8] }, m: 100 },
    right: { m: { each: [100, 200] }, radius: { each: [0.3, 1] } },
    training: { method: "fast", lr: 0.4, batch: 32, epochs: 4, train: 500 },
    seeds: 1,
  },
  laptop: {
    left: { size: { each: [5, 7, 10, 14, 28] }, eps: { each: [0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7] }, m: 1000 },
    right: { m: { each: [100, 200, 450, 1000] }, radius: { each: [0.1, 0.2, 0.35, 0.6, 1, 1.7] } },
    training: { method: "fast", lr: 0.4, batch: 32, epochs: 6, train: 2000 },
    seeds: 1,
  },
  paper: {
    left: { size: { each: [5, 7, 10, 14, 20, 28] }, eps: { each: inSteps(0.05, 1) }, m: 1000 },
    right: { m: { each: [1000, 3162, 10_000, 31_623, 100_000] }, radius: { each: inSteps(0.05, 1) } },
    training: { method: "faithful", ...adversarialDefaults, epochs: 1000 },
    seeds: 5,
  },
} as const;

/** step, 2 step, … to. */
function inSteps(step: number, to: number): number[] {
  return Array.from({ length: Math.round(to / step) }, (_, i) => Number(((i + 1) * step).toFixed(12)));
}

const sgd = { method: "sgd", lr: 0.1, batch: 64, exit: "step" } as const;

/** ‖∇f‖, |η| and ‖δ‖ against d, a curve per width. */
function againstWidth(figure: 2 | 5, { normalize }: { normalize: boolean }, preset: Preset): StudyInput {
  const { size, normalizedSize, m, fixedC0, epochs, seeds } = scale[preset];
  return {
    name: `figure-${figure}`,
    data: { dataset: "mnist", digits: [0, 1], size: normalize ? normalizedSize : size, normalize },
    network: { kind: "two-layer", m, bias: !normalize },
    training: { ...sgd, c0: fixedC0, epochs },
    measure: ["flips"],
    seeds,
  };
}

/** The same against d, a curve per C_0. */
function againstC0(figure: 3 | 6, { normalize }: { normalize: boolean }, preset: Preset): StudyInput {
  const { size, normalizedSize, c0, epochs, seeds } = scale[preset];
  return {
    name: `figure-${figure}`,
    data: { dataset: "mnist", digits: [0, 1], size: normalize ? normalizedSize : size, normalize },
    network: { kind: "two-layer", m: fixedWidth[preset], bias: !normalize },
    training: { ...sgd, c0, epochs },
    measure: ["flips"],
    seeds,
  };
}

/** The studies behind each figure. Sect. 5.1 has raw pixels and biases; App. A has ‖x‖ = 1 and no biases, as the theory does. */
const recipes: Readonly<Record<FigureKey, (preset: Preset) => readonly StudyInput[]>> = {
  /** Where training leaves the lazy ball, and where the cone around it. */
  1: coneStudies,
  2: (preset) => [againstWidth(2, { normalize: false }, preset)],
  3: (preset) => [againstC0(3, { normalize: false }, preset)],
  /** Robust accuracy after adversarial training: over (d, ε), and over (m, radius). */
  4: (preset) => {
    const { left, right, training, seeds } = robust[preset];
    return [
      {
        name: "figure-4-left",
        data: { dataset: "mnist", digits: [0, 1], size: left.size, normalize: true },
        network: { kind: "two-layer", m: left.m, bias: true },
        training: { ...training, eps: left.eps, c0: 10 },
        measure: ["robust"],
        seeds,
      },
      {
        name: "figure-4-right",
        data: { dataset: "mnist", digits: [0, 1], size: scale[preset].largest, normalize: true },
        network: { kind: "two-layer", m: right.m, bias: true },
        training: { ...training, eps: 0.2, radius: right.radius },
        measure: ["robust"],
        seeds,
      },
    ];
  },
  5: (preset) => [againstWidth(5, { normalize: true }, preset)],
  6: (preset) => [againstC0(6, { normalize: true }, preset)],
  /** Histograms of the three over the test images at the full size. */
  7: (preset) => {
    const { largest, fixedC0, epochs, seeds } = scale[preset];
    return [
      {
        name: "figure-7",
        data: { dataset: "mnist", digits: [0, 1], size: largest, normalize: true },
        network: { kind: "two-layer", m: fixedWidth[preset], bias: false },
        training: { ...sgd, c0: fixedC0, epochs },
        measure: [{ flips: { samples: true } }],
        seeds,
      },
    ];
  },
  bounds: theoryStudies,
  "single-step": theoryStudies,
  /** Every exponent that a figure can give, beside the theory's own grid. */
  "scaling-laws": (preset) => [...theoryStudies(preset), ...recipes[4](preset), ...recipes[5](preset), ...recipes[6](preset)],
};

/**
 * The studies behind some figures: for each one, or one for each panel where panels vary different things. A study
 * that several of them are drawn from stands once, with all of these.
 */
export function figureStudies(figures: readonly FigureKey[], preset: Preset): Study[] {
  const studies = new Map<string, StudyInput & { readonly figures: readonly FigureKey[] }>();
  for (const figure of figures)
    for (const study of recipes[figure](preset)) studies.set(study.name, { ...study, figures: [...(studies.get(study.name)?.figures ?? []), figure] });
  return [...studies.values()].map((input) => resolveStudy(input, `preset ${preset}`));
}

/** The studies that check the theory and nothing else, with the figures they are drawn in. */
export function checkStudies(preset: Preset): Study[] {
  const own = new Set([...coneStudies(preset), ...theoryStudies(preset)].map(({ name }) => name));
  return figureStudies([1, "bounds", "single-step", "scaling-laws"], preset).filter(({ name }) => own.has(name));
}
