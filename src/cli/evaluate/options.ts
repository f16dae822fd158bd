import { z } from "zod";
import { type Norm, norms } from "../../attack/ball.ts";
import { type SearchName, searches } from "../../attack/search/index.ts";
import { alternatives } from "../../util/field.ts";
import { dataOptions } from "../option/data.ts";
import { modelOptions } from "../option/model.ts";
import { fromField, listOf, nameOf, numberOf, option, outputFile, path, type OptionSpec } from "../option/option.ts";
import { studyOptions, threadsOption, workersOption } from "../option/options.ts";

const searchNames = Object.keys(searches) as SearchName[];

const amount = (flags: string, description: string, expected: string, holds: (value: number) => boolean): OptionSpec<number | undefined> =>
  option<number | undefined>({
    flags,
    description,
    type: "number",
    default: undefined,
    defaultText: "none",
    expected,
    schema: z.number().refine(holds),
  });

const isShare = (value: number) => value >= 0 && value <= 1;

/** What `evaluate` measures, and where the results go. */
export const evaluateOptions = {
  ...dataOptions,
  ...modelOptions,
  norm: option<Norm>({
    flags: "--norm <name>",
    description: "the norm in which distances are measured",
    type: "text",
    default: "l2",
    expected: alternatives(norms),
    range: alternatives(norms),
    schema: nameOf(norms),
  }),
  eps: option<readonly number[]>({
    flags: "--eps <budgets>",
    description: "budgets to report, separated by commas; an ensemble of attacks tries what still stands at each, with about 5,000 passes a sample",
    type: "list",
    default: [],
    defaultText: "none: the whole curve follows from the distances",
    expected: "one or more numbers above 0, separated by commas",
    schema: listOf((part) => (numberOf(part) > 0 ? numberOf(part) : undefined)),
  }),
  attacks: option<readonly SearchName[]>({
    flags: "--attacks <names>",
    description: `searches for the smallest perturbation, separated by commas: ${searchNames.join(", ")}`,
    type: "list",
    default: [],
    defaultText: "the strongest of the norm",
    expected: `one or more of ${searchNames.join(", ")}, separated by commas`,
    schema: listOf((part) => searchNames.find((name) => name === part)),
  }),
  target: option<number | undefined>({
    flags: "--target <class>",
    description: "the class that attacks aim for",
    type: "number",
    default: undefined,
    defaultText: "any other",
    expected: "a whole number from 0",
    schema: z.int().min(0),
  }),
  seed: { ...fromField("seed", "--seed <seed>"), description: "seed of everything random, and of which samples are drawn" },
  report: outputFile("--report <file.html>", "write a page that needs nothing else", [".html"], "not written"),
  json: {
    ...path("--json [file.json]", "write everything as JSON; without a file, or with -, to stdout", "not written"),
    schema: z.union([z.string().min(1), z.literal(true)]).optional(),
  } as OptionSpec<string | true | undefined>,
  csv: outputFile("--csv <file.csv>", "write a row for every sample", [".csv"], "not written"),
  parquet: outputFile("--parquet <file.parquet>", "the same as Parquet", [".parquet"], "not written"),
  junit: outputFile("--junit <file.xml>", "write the thresholds and comparisons as JUnit XML, which CI systems read", [".xml"], "not written"),
  saveAdversarial: path("--save-adversarial <folder>", "write the adversarial inputs as .npy, and as PNG where they are pictures", "not written"),
  failUnder: amount("--fail-under <share>", "exit with 3 if the robust accuracy is lower, at --at or else the clean accuracy", "a number from 0 to 1", isShare),
  at: amount("--at <budget>", "the budget of --fail-under", "a number above 0", (value) => value > 0),
  baseline: path("--baseline <file.json>", "compare with an earlier evaluation of another model on the same samples; exit with 3 on a regression", "none"),
  cache: studyOptions.cache,
  workers: workersOption,
  threads: threadsOption,
};
