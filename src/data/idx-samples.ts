import { SignflipError } from "../util/errors.ts";
import { parseImages, parseLabels } from "./idx.ts";
import type { Samples } from "./samples.ts";

export interface IdxPart {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly imagesName: string;
  readonly labelsName: string;
}

/** All images of an IDX file with their labels, as classes 0, 1, 2, … @throws SF_DATA where a file is damaged or they do not belong together */
export function samplesOfIdx(name: string, { images, labels, imagesName, labelsName }: IdxPart, classNames?: readonly string[]): Samples {
  const { n, rows, columns, pixels } = parseImages(images, imagesName);
  const y = parseLabels(labels, labelsName);
  if (y.length !== n) throw new SignflipError("SF_DATA", `${labelsName}: expected a label for each of the ${n} images of ${imagesName}; got ${y.length}`);
  return { name, values: pixels, shape: [1, rows, columns], channelAxis: 0, y, classNames };
}
