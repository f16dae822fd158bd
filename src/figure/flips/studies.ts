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

/**
 * Runs beside the seeds of the preset, where intervals are widest and runs are cheap: with 3 runs a 95 % interval is 2.5 standard
 * deviations to either side, with 5 it is 1.2, with 10 it is 0.7.
 */
const moreSeeds: Readonly<
  Record<Preset, readonly { readonly name: string; readonly sizes: readonly number[]; readonly m: readonly number[]; readonly seeds: readonly number[] }[]>
> = {
  smoke: [],
  laptop: [
    { name: "more-seeds", sizes: [5, 7, 10, 14], m: [1000, 10_000], seeds: [3, 4] },
    { name: "more-seeds-large", sizes: [28], m: [1000], seeds: [3, 4] },
    { name: "most-seeds", sizes: [5, 7], m: [1000, 10_000], seeds: [5, 6, 7, 8, 9] },
  ],
  paper: [],
};

const sgd = { method: "sgd", lr: 0.1, batch: 64, exit: "step" } as const;

interface Varied {
  readonly name: string;
  readonly normalize: boolean;
  readonly m: readonly number[];
  readonly c0: readonly number[];
}

/** The study of a figure, and those of its further runs. */
function studiesOf({ name, normalize, m, c0 }: Varied, preset: Preset): StudyInput[] {
  const { size, normalizedSize, epochs, seeds } = scale[preset];
  const sizes: readonly number[] = (normalize ? normalizedSize : size).each;
  const base = { name, sizes, m, seeds: Array.from({ length: seeds }, (_, seed) => seed) };
  const further = moreSeeds[preset].map((more) => ({
    name: `${name}-${more.name}`,
    sizes: more.sizes.filter((one) => sizes.includes(one)),
    m: more.m.filter((one) => m.includes(one)),
    seeds: more.seeds,
  }));
  return [base, ...further.filter(({ m: widths }) => widths.length > 0)].map((one) => ({
    name: one.name,
    data: { size: { each: one.sizes }, normalize },
    network: { kind: "two-layer", m: { each: one.m }, bias: !normalize },
    training: { ...sgd, c0: { each: c0 }, epochs },
    measure: ["flips"],
    seeds: one.seeds,
  }));
}

/** ‖∇f‖, |η| and ‖δ‖ against d, a curve per width. */
export const againstWidth = (name: string, { normalize }: { normalize: boolean }, preset: Preset): StudyInput[] =>
  studiesOf({ name, normalize, m: scale[preset].m.each, c0: [scale[preset].fixedC0] }, preset);

/** The same against d, a curve per C_0. */
export const againstC0 = (name: string, { normalize }: { normalize: boolean }, preset: Preset): StudyInput[] =>
  studiesOf({ name, normalize, m: [fixedWidth[preset]], c0: scale[preset].c0.each }, preset);

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
