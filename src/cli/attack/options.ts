import { z } from "zod";
import { norms, type Norm } from "../../attack/ball.ts";
import { attacks, type AttackName } from "../../attack/index.ts";
import { losses, type Loss } from "../../attack/objective.ts";
import { fields } from "../../experiment/fields.ts";
import { fromField, numberOf, option, outputFile, type OptionSpec } from "../option/option.ts";

const attackNames = Object.keys(attacks) as [AttackName, ...AttackName[]];
const choice = <T extends string>(names: readonly [T, ...T[]]) => {
  const listed = names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  return { type: "text" as const, schema: z.enum(names) as unknown as z.ZodType<T>, expected: listed, range: listed };
};

/** An attack and its own options; one that an attack does not have is an error of its own. */
export const attackOptions = {
  attack: option<AttackName>({
    flags: "--attack <name>",
    ...choice(attackNames),
    description: attackNames.map((name) => `${name} (${attacks[name].summary})`).join("; "),
    range: "",
    default: "pgd",
  }),
  norm: option<Norm>({ flags: "--norm <name>", ...choice(norms as unknown as [Norm, ...Norm[]]), description: "the norm the budget bounds", default: "l2" }),
  eps: option<readonly number[]>({
    flags: "--eps <budgets>",
    description: "budgets ε in pixel units, separated by commas",
    type: "list",
    default: [fields.eps.default],
    defaultText: String(fields.eps.default),
    expected: "one or more numbers from 0 to 1e18, separated by commas",
    range: "from 0",
    schema: z
      .array(
        z
          .string()
          .transform(numberOf)
          .pipe(fields.eps.schema as z.ZodType<number, number>),
      )
      .min(1)
      .transform((list) => [...new Set(list)]) as unknown as z.ZodType<readonly number[]>,
  }),
  steps: option<number | undefined>({
    flags: "--steps <count>",
    description: "gradient steps",
    type: "number",
    default: undefined,
    defaultText: "the attack's",
    expected: fields.steps.expected,
    range: fields.steps.range,
    schema: fields.steps.schema,
  }),
  stepSize: option<number | undefined>({
    flags: "--step-size <length>",
    description: "length of a step",
    type: "number",
    default: undefined,
    defaultText: "in proportion to ε, as the attack has it",
    expected: fields.stepSize.expected,
    range: fields.stepSize.range,
    schema: fields.stepSize.schema,
  }),
  restarts: option<number | undefined>({
    flags: "--restarts <runs>",
    description: "runs, all but the first from random points; the best counts for every image",
    type: "number",
    default: undefined,
    defaultText: "the attack's",
    expected: fields.seeds.expected,
    range: fields.seeds.range,
    schema: fields.seeds.schema,
  }),
  randomStart: option<boolean>({
    flags: "--random-start",
    description: "begin at a random point of the budget",
    type: "flag",
    default: false,
    expected: "given or not",
    schema: z.boolean(),
  }),
  box: { ...fromField("box", "--box"), off: "perturbed pixels may take any value" },
  loss: option<Loss | undefined>({
    flags: "--loss <name>",
    ...choice(Object.keys(losses) as [Loss, ...Loss[]]),
    description: "the loss to ascend",
    default: undefined,
    defaultText: "logistic for two classes",
  } as Omit<OptionSpec<Loss | undefined>, "code">),
  out: outputFile("--out <file>", "write a record of every image at every ε: .parquet or .csv", [".parquet", ".csv"], "not written"),
};
