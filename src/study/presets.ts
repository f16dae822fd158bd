import { figureNumbers, resolveStudy, type FigureNumber, type Study, type StudyInput } from "./schema.ts";

export const presetNames = ["smoke", "laptop", "paper"] as const;
export type Preset = (typeof presetNames)[number];

export const presetDescriptions: Readonly<Record<Preset, string>> = {
  smoke: "seconds: small images and narrow networks, to see that everything works",
  laptop: "under 10 minutes on 2 cores",
  paper: "the paper's whole grid, for a big machine and patience",
};

/** The laptop preset stops training here, where the paper goes on to 1000 epochs or the edge of the lazy ball. */
const laptopEpochs = 60;

/** The fixed width at which Figure 3 varies C_0 and Figure 7 looks at single images. */
const fixedWidth: Readonly<Record<Preset, number>> = { smoke: 200, laptop: 1000, paper: 10_000 };

/** What the presets differ in. */
const scale = {
  smoke: { size: { each: [5, 7, 10] }, largest: 10, m: { each: [100, 200] }, c0: { each: [10, 20, 30] }, fixedC0: 10, epochs: 12, seeds: 2 },
  laptop: {
    size: { each: [5, 7, 10, 14, 20, 28] },
    largest: 28,
    m: { each: [1000, 10_000] },
    c0: { each: [10, 20, 30] },
    fixedC0: 10,
    epochs: laptopEpochs,
    seeds: 3,
  },
  paper: {
    size: { each: [5, 7, 10, 14, 20, 28] },
    largest: 28,
    m: { each: [1000, 10_000, 100_000] },
    c0: { each: [10, 20, 30] },
    fixedC0: 10,
    epochs: 1000,
    seeds: 5,
  },
} as const satisfies Record<Preset, unknown>;

const sgd = { method: "sgd", lr: 0.1, batch: 64, exit: "step" } as const;

const recipes: Readonly<Record<FigureNumber, (preset: Preset) => StudyInput>> = {
  /** ‖∇f‖, |η| and ‖δ‖ against d, a curve per width. */
  2: (preset) => {
    const { size, m, fixedC0, epochs, seeds } = scale[preset];
    return {
      name: "figure-2",
      figures: [2],
      data: { dataset: "mnist", digits: [0, 1], size, normalize: false },
      network: { kind: "two-layer", m, bias: true },
      training: { ...sgd, c0: fixedC0, epochs },
      measure: ["flips"],
      seeds,
    };
  },
  /** The same against d, a curve per C_0. */
  3: (preset) => {
    const { size, c0, epochs, seeds } = scale[preset];
    return {
      name: "figure-3",
      figures: [3],
      data: { dataset: "mnist", digits: [0, 1], size, normalize: false },
      network: { kind: "two-layer", m: fixedWidth[preset], bias: true },
      training: { ...sgd, c0, epochs },
      measure: ["flips"],
      seeds,
    };
  },
  /** Histograms of the three over the test images at the full size: ‖x‖ = 1 and no biases, as the theory has it. */
  7: (preset) => {
    const { largest, fixedC0, epochs, seeds } = scale[preset];
    return {
      name: "figure-7",
      figures: [7],
      data: { dataset: "mnist", digits: [0, 1], size: largest, normalize: true },
      network: { kind: "two-layer", m: fixedWidth[preset], bias: false },
      training: { ...sgd, c0: fixedC0, epochs },
      measure: [{ flips: { samples: true } }],
      seeds,
    };
  },
};

/** The study behind a figure of the paper; `seeds` overrides how many runs it has. */
export function figureStudy(figure: FigureNumber, preset: Preset, options: { seeds?: number | undefined } = {}): Study {
  const input = recipes[figure](preset);
  return resolveStudy({ ...input, seeds: options.seeds ?? input.seeds }, `preset ${preset}`);
}

export { figureNumbers };
