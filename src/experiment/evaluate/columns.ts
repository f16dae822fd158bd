import type { EvaluatedSample } from "../../measure/evaluation.ts";
import { type FlatRow, type Table, at, maybeAt, recordOf } from "../columns.ts";
import type { EvaluateResult } from "./config.ts";

/** The columns of a sample. */
export const evaluatedColumns = [
  at("index", "whole", "", "the sample's place in the data, from 0"),
  maybeAt("id", "text", "", "what its source calls it: a file's name, for example"),
  at("label", "whole", "", "its class"),
  at("prediction", "whole", "", "the class the model gives it"),
  maybeAt(
    "distance",
    "real",
    "raw units",
    "the smallest distance at which an attack changed the prediction; 0 if it is wrong as it is, empty if no attack did",
  ),
  maybeAt("attack", "text", "", "the attack that found it"),
  maybeAt("adversarialPrediction", "whole", "", "the class the model gives the adversarial input"),
  at("forward", "whole", "passes", "forward passes spent on the sample, all attacks together"),
  at("backward", "whole", "passes", "backward passes, counted in the same way"),
  at("zeroGradient", "flag", "", "whether a gradient was 0 or not finite"),
  at("unconfirmed", "whole", "", "adversarial inputs that the model's own file did not confirm; they are not counted"),
] as const;

export const evaluatedRecord = (sample: EvaluatedSample): FlatRow => recordOf(sample, evaluatedColumns);

const cellColumns = [
  at("config.model.path", "text", "", "the file of the model", "model"),
  at("config.data.source", "text", "", "the data", "data"),
  at("config.measure.evaluate.norm", "text", "", "the norm of the distances"),
  at("row.seed", "whole", "", "seed of everything random"),
  at("key", "text", "", "the cell's key in the cache"),
];

export const evaluateTables: readonly Table<EvaluateResult>[] = [
  {
    suffix: "",
    row: "sample",
    about: "Every sample with the smallest perturbation found. `signflip evaluate` writes the columns up to `unconfirmed` with `--csv` and `--parquet`.",
    columns: [...evaluatedColumns, ...cellColumns],
    records: (results) =>
      results.flatMap((result) => {
        const of = recordOf(result, cellColumns);
        return result.row.samples.map((sample) => ({ ...evaluatedRecord(sample), ...of }));
      }),
  },
];
