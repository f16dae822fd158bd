import { type Box, boundsOf } from "../../data/box.ts";
import type { Points } from "../../data/points.ts";
import type { Classifier } from "../../model/classifier.ts";
import { classifierOf } from "../../model/index.ts";
import { SignflipError } from "../../util/errors.ts";
import type { DataValues } from "../experiment.ts";
import { type dataOptions, dataOptionsOf } from "../option/data.ts";
import { loadOptionsOf, type modelOptions } from "../option/model.ts";
import type { ValuesOf } from "../option/option.ts";

export type SubjectValues = DataValues &
  ValuesOf<typeof modelOptions> &
  ValuesOf<typeof dataOptions> & { readonly box: boolean; readonly seed: number; readonly dataFolder: string | undefined };

/** What is attacked. */
export interface Subject {
  readonly model: Classifier;
  readonly points: Points;
  readonly box: Box | undefined;
  /** What JSON says of the model and of the data. */
  readonly network: object;
  readonly data: object;
  readonly remarks: readonly string[];
}

/** A model from a file, and samples: with `data` any classifier and any data, without it a network saved by signflip and what it learned from. */
export async function openSubject(file: string, values: SubjectValues, given: ReadonlySet<string>): Promise<Subject> {
  if (values.data === undefined) return await savedNetwork(file, values, given);
  const [{ load }, { loadDataset }] = await Promise.all([import("../../platform/node/load.ts"), import("../../platform/node/data-files.ts")]);
  const model = await load(file, loadOptionsOf(values));
  const { inputShape, channelAxis, classes } = model;
  const { dataset } = await loadDataset(values.data, {
    ...dataOptionsOf(values, values.seed),
    inputShape,
    channelAxis,
    classes,
  });
  const domain = model.domain ?? dataset.domain;
  return {
    model,
    points: dataset,
    box: boundsOf({ name: dataset.name, domain }, values.box),
    network: { file, inputShape, classes },
    data: { data: values.data, n: dataset.n, fingerprint: dataset.fingerprint },
    remarks: model.assumptions,
  };
}

async function savedNetwork(file: string, values: SubjectValues, given: ReadonlySet<string>): Promise<Subject> {
  const [{ openNetwork }, { runContext }] = await Promise.all([import("../saved-network.ts"), import("../../platform/node/context.ts")]);
  const { network, data, remarks } = await openNetwork(file, values, given).catch((cause: unknown) => {
    if (!(cause instanceof SignflipError && (cause.code === "SF_ONNX" || cause.code === "SF_NETWORK"))) throw cause;
    throw new SignflipError(cause.code, `${cause.message}; another classifier needs its data as well (--data)`, { cause, usage: cause.usage });
  });
  const { test } = await runContext({ dataFolder: values.dataFolder }).load(data);
  const { kind, m, bias } = network;
  return { model: { ...classifierOf(network), name: file }, points: test, box: boundsOf(test, values.box), network: { kind, m, bias, file }, data, remarks };
}
