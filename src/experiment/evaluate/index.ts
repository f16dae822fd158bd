import { z } from "zod";
import { norms } from "../../attack/ball.ts";
import { type SearchName, searches } from "../../attack/search/index.ts";
import { scales } from "../../data/samples.ts";
import { count, percent } from "../../util/words.ts";
import { field, oneOf, whole } from "../../util/field.ts";
import { type CellConfig, defineExperiment } from "../experiment.ts";
import { grid, optional, product, single } from "../settings.ts";
import { evaluateTables } from "./columns.ts";
import type { EvaluateConfig, EvaluateResult } from "./config.ts";
import { samplesPerCell } from "./inputs.ts";
import { runEvaluate } from "./run.ts";

const searchNames = Object.keys(searches) as [SearchName, ...SearchName[]];
const path = { schema: z.string().min(1), expected: "a path", range: "" };

const sections = {
  measure: {
    model: grid(field<string>({ ...path, description: "the .onnx file of a classifier", default: "model.onnx" })),
    data: single(field<string>({ ...path, description: "a dataset by its name, a file or a folder (see data.md)", default: "data.npz" })),
    samples: single(field({ ...whole(1, 1_000_000), description: "use at most this many samples, drawn with the seed", default: 1000 })),
    scale: optional(
      field<(typeof scales)[number] | undefined>({
        ...oneOf(...scales),
        description: "what bytes become: unit (0 to 1) or bytes (0 to 255)",
        default: undefined,
      }),
    ),
    norm: grid(field({ ...oneOf(...norms), description: "the norm in which distances are measured", default: "l2" })),
    attacks: single(
      field<readonly SearchName[]>({
        schema: z.array(z.enum(searchNames)),
        expected: `a list of ${searchNames.join(", ")}`,
        range: searchNames.join(", "),
        description: "searches for the smallest perturbation; [] for the usual ones of the norm",
        default: [],
      }),
    ),
    eps: single(
      field<readonly number[]>({
        schema: z.array(z.number().positive().max(1e18)),
        expected: "a list of numbers above 0",
        range: "above 0",
        description: "budgets at which an ensemble of attacks tries what still stands",
        default: [],
      }),
    ),
    target: optional(
      field<number | undefined>({ ...whole(0, 1_000_000), description: "the class that attacks aim for; any other class if left out", default: undefined }),
    ),
  },
} as const;

/** Bytes that the engine and a model of unknown size take. */
const usualMemory = 5e8;
/** Copies of the weights in a process: the file, the graph, and what the engine makes of both for each kind of question. Measured with weights of 411 MB. */
const copies = 8;

/** Bytes of a process that measures a block: the oracle keeps the activations of a batch below 256 MiB where that is more than one sample. */
const memoryOf = ({ numbersPerSample = 0, parameters = 0 }: Partial<NonNullable<EvaluateConfig["size"]>> = {}): number =>
  usualMemory + 2 * Math.max(4 * numbersPerSample, Math.min(2 ** 28, 512 * 4 * numbersPerSample)) + copies * 4 * parameters;

/** The smallest perturbations of a classifier's predictions, and its robust accuracy over ε. */
export const evaluate = defineExperiment<EvaluateResult, typeof sections>({
  kind: "evaluate",
  summary: "the smallest perturbation that changes each prediction of an ONNX classifier",
  version: 3,
  schema: sections,
  expand: ({ measure: { model, data, samples, scale, norm, attacks, eps, target }, seeds }) => {
    const step = samplesPerCell(samples, 1);
    const blocks = Array.from({ length: Math.ceil(samples / step) }, (_, i) => ({ from: i * step, to: Math.min(samples, (i + 1) * step) }));
    const lists = { path: model, scale: scale ?? [undefined], norm, target: target ?? [undefined], seed: seeds, block: blocks };
    return product(lists).map(({ path: file, scale: bytes, norm: in_, target: aim, seed, block }): EvaluateConfig => ({
      kind: "evaluate",
      model: { path: file, options: {} },
      data: { source: data, options: { limit: samples, seed, ...(bytes === undefined ? {} : { scale: bytes }) } },
      measure: { evaluate: { norm: in_, attacks, eps, ...(aim === undefined ? {} : { target: aim }) } },
      ...block,
      seed,
    }));
  },
  files: ({ model, data }) => [
    model.path,
    ...Object.values(model.options.given ?? {}).filter((value) => typeof value === "string"),
    ...(data.fingerprint === undefined ? [data.source] : []),
  ],
  identity: ({ kind, model, data, measure, from, to, seed }) => ({
    kind,
    model: model.options,
    data: data.fingerprint ?? data.options,
    measure,
    from,
    to,
    seed,
  }),
  cost: ({ size, from, to }) => (to - from) * Math.max(1, (size?.multiplyAdds ?? 1e6) / 1e3) * 400,
  memory: ({ size }) => memoryOf(size),
  name: ([{ model, measure, from, to }, ...others]) => [
    model.path.split(/[\\/]/).at(-1)!,
    measure.evaluate.norm,
    `samples ${count(from)} to ${count(Math.max(to, ...others.map((one) => one.to)) - 1)}`,
  ],
  run: runEvaluate,
  columns: evaluateTables,
  headline: ({ n, correct }) => (n === 0 ? "0 samples" : `clean ${percent(correct / n)}`),
  epochLine: ({ share }) => percent(share, 0),
});

export const isEvaluate = (config: CellConfig): config is EvaluateConfig => config.kind === "evaluate";
