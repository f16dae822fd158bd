import { SignflipError } from "../util/errors.ts";
import { checkIndices, type Labels, readLabels } from "./labels.ts";
import type { NpyArray } from "./npy.ts";
import type { Samples } from "./samples.ts";

export interface NamedArray {
  /** What errors call it. */
  readonly name: string;
  readonly array: NpyArray;
}

/**
 * Samples from an array of inputs `[n, …]` and one of labels: `[n]`, `[n, 1]`, or `[n, classes]` with a single 1 in every row.
 * @throws SF_DATA where they do not belong together or are not numbers
 */
export function samplesOfArrays(name: string, inputs: NamedArray, labels: NamedArray, classNames?: readonly string[]): Samples {
  const { shape, data } = inputs.array;
  const [n, ...sample] = shape;
  if (n === undefined || sample.length === 0) throw bad(inputs, "inputs [n, …]", shape);
  if (!ArrayBuffer.isView(data)) throw new SignflipError("SF_DATA", `${inputs.name}: expected numbers; got text`);
  if (n === 0 || sample.includes(0)) throw bad(inputs, "at least one sample", shape);
  const { shape: labelShape } = labels.array;
  if (labelShape[0] !== n || labelShape.length > 2) throw bad(labels, `a label for each of the ${n} samples of ${inputs.name}`, labelShape);
  const values = data instanceof Uint8Array || data instanceof Float32Array ? data : new Float32Array(data);
  return { name, values, shape: sample, ...labelsOf(labels, classNames) };
}

function labelsOf({ name, array: { shape, data } }: NamedArray, order: readonly string[] | undefined): Labels {
  const [n, columns = 1] = shape as [number, number?];
  const nameOf = (i: number) => `sample ${i}`;
  if (columns !== 1) return { y: oneHot(name, data, n, columns), classNames: order };
  if (ArrayBuffer.isView(data)) return { y: checkIndices(name, data, nameOf), classNames: order };
  return readLabels(name, data, nameOf, order);
}

function oneHot(name: string, data: NpyArray["data"], n: number, columns: number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => {
    const row = Array.from({ length: columns }, (_, j) => Number(data[i * columns + j]));
    const at = row.indexOf(1);
    if (at >= 0 && row.every((value, j) => value === +(j === at))) return at;
    throw new SignflipError(
      "SF_DATA",
      `${name}: expected class indices [n], or rows with a single 1; sample ${i} has [${row.slice(0, 6).join(", ")}${columns > 6 ? ", …" : ""}]`,
    );
  });
}

function bad({ name }: NamedArray, expected: string, shape: readonly number[]): SignflipError {
  return new SignflipError("SF_DATA", `${name}: expected ${expected}; got the shape [${shape.join(", ")}]`);
}
