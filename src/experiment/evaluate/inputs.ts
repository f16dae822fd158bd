import type { Box } from "../../data/box.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { OnnxClassifier } from "../../model/onnx/load.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { canonicalJson, sha256Hex } from "../../util/hash.ts";
import type { OpenedData, RunContext } from "../experiment.ts";
import type { DataChoice } from "./config.ts";

/**
 * Data in the shape and the units of a model. Bytes become values from 0 to 255 where the model's own bounds say so, else from 0 to 1.
 * @param open reads data
 */
export async function samplesFor(
  model: Pick<OnnxClassifier, "inputShape" | "channelAxis" | "classes" | "domain">,
  source: string,
  options: DataChoice,
  open: NonNullable<RunContext["openData"]>,
): Promise<OpenedData> {
  const { inputShape, channelAxis, classes, domain } = model;
  const fit = { ...options, inputShape, channelAxis, classes };
  const opened = await open(source, fit);
  const isUnit = opened.dataset.domain !== undefined && highest(opened.dataset.domain) === 1;
  if (options.scale !== undefined || !isUnit || !domain || highest(domain) <= 1) return opened;
  return open(source, { ...fit, scale: "bytes" });
}

const highest = ({ high }: Box): number => (typeof high === "number" ? high : Math.max(...high));

/** SHA-256 of some samples and of where they stand: what a block's result depends on. */
export function blockFingerprint({ x, y, ids, inputShape, classes, domain }: Dataset, indices: ArrayLike<number>, from: number, to: number): string {
  const d = sizeOf(inputShape);
  const { buffer, byteOffset, byteLength } = x.subarray(from * d, to * d);
  const places = Array.from({ length: to - from }, (_, i) => indices[from + i]!);
  const words = canonicalJson({
    places,
    labels: Array.from(y.subarray(from, to)),
    ids: ids?.slice(from, to) ?? null,
    inputShape,
    classes,
    domain: domain ?? null,
  });
  return sha256Hex(words, new Uint8Array(buffer, byteOffset, byteLength));
}

/** Numbers of adversarial inputs that one cell keeps, at most. */
const mostNumbers = 4e6;

/**
 * How many samples a cell measures: few enough that little is lost when it is stopped, and at least two cells where there are two samples. It does not
 * depend on the machine, so that another one goes on from the same cells.
 */
export const samplesPerCell = (n: number, d: number): number => Math.max(1, Math.min(50, Math.ceil(n / 2), Math.floor(mostNumbers / d)));
