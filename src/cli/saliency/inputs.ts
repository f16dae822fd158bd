import { basename } from "node:path";
import { readPictures } from "../../data/image.ts";
import { fitSamples } from "../../data/samples.ts";
import type { Dataset } from "../../data/dataset.ts";
import { loadDataset } from "../../platform/node/data-files.ts";
import { readWhole } from "../../platform/node/files.ts";
import type { LoadedModel } from "../../platform/node/load.ts";
import { decodePicture } from "../../platform/node/picture-files.ts";
import { SignflipError } from "../../util/errors.ts";
import { dataOptionsOf } from "../option/data.ts";
import type { ValuesOf } from "../option/option.ts";
import type { saliencyOptions } from "./options.ts";

export interface Explained {
  readonly dataset: Dataset;
  /** What each sample is called. */
  readonly titles: readonly string[];
}

/** The inputs to explain: a picture, or samples of data. @throws SF_OPTION (usage), SF_DATA, SF_FILE */
export async function inputsOf(model: LoadedModel, values: ValuesOf<typeof saliencyOptions>): Promise<Explained> {
  const { image, data } = values;
  if ((image === undefined) === (data === undefined))
    throw new SignflipError("SF_OPTION", "saliency needs an input: --image FILE or --data DATA, one of them", { usage: true });
  const { inputShape, channelAxis, classes, domain } = model;
  const fit = { inputShape, channelAxis, classes };
  // Bytes become values from 0 to 255 where the model's own bounds say so.
  const takesBytes = domain !== undefined && Math.max(...[domain.high].flat()) > 1;
  if (image !== undefined) {
    const pictures = await readPictures([{ name: image, bytes: () => readWhole(image) }], decodePicture, { fit, resize: values.resize });
    const samples = { name: basename(image), ...pictures, channelAxis: 2, y: Int32Array.of(0) };
    return { dataset: fitSamples(samples, { ...fit, scale: values.scale ?? (takesBytes ? "bytes" : "unit") }), titles: [basename(image)] };
  }
  const read = dataOptionsOf({ ...values, samples: values.samples ?? 4 }, values.seed);
  let { dataset, indices } = await loadDataset(data!, { ...fit, ...read });
  if (values.scale === undefined && takesBytes && dataset.domain?.high === 1)
    ({ dataset, indices } = await loadDataset(data!, { ...fit, ...read, scale: "bytes" }));
  const name = (label: number) => model.classNames?.[label] ?? dataset.classNames?.[label] ?? `class ${label}`;
  const titles = Array.from(indices, (index, i) => `${dataset.ids?.[i] ?? `sample ${index}`} (label ${name(dataset.y[i]!)})`);
  return { dataset, titles };
}
