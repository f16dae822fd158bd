import type { Dataset } from "../../data/dataset.ts";
import type { Preprocessing } from "../../model/classifier.ts";

/**
 * The mean and the standard deviation of training data: of each channel of images, and of each number of a flat input. What never changes is divided by 1.
 */
export function standardization({ x, n, d, inputShape }: Pick<Dataset, "x" | "n" | "d" | "inputShape">): Preprocessing {
  const groups = inputShape.length === 3 || inputShape.length === 1 ? inputShape[0]! : 1;
  const size = d / groups;
  const [sums, squares] = [new Float64Array(groups), new Float64Array(groups)];
  const each = (visit: (value: number, group: number) => void) => {
    for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) visit(x[i * d + j]!, Math.floor(j / size));
  };
  each((value, group) => (sums[group]! += value));
  const mean = Array.from(sums, (sum) => sum / (n * size));
  each((value, group) => (squares[group]! += (value - mean[group]!) ** 2));
  const std = Array.from(squares, (sum) => Math.sqrt(sum / (n * size)) || 1);
  return { mean, std };
}
