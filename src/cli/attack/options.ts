import { z } from "zod";
import { norms, type Norm } from "../../attack/ball.ts";
import { attacks, type AttackName } from "../../attack/index.ts";
import { losses, type Loss } from "../../attack/objective.ts";
import { fields } from "../../experiment/fields.ts";
import { alternatives } from "../../util/field.ts";
import { fromField, listOf, nameOf, numberOf, option, outputFile } from "../option/option.ts";

export type AttackChoice = AttackName | "ensemble";
const attackNames = Object.keys(attacks) as AttackName[];
/** Those that some attack has. */
const attackNorms = norms.filter((norm) => attackNames.some((name) => (attacks[name].norms as readonly Norm[]).includes(norm)));
const choice = <T extends string>(names: readonly T[]) => ({
  type: "text" as const,
  schema: nameOf(names),
  expected: alternatives(names),
  range: alternatives(names),
});

/** An attack and its own options; one that an attack does not have is an error of its own. */
export const attackOptions = {
  attack: option<AttackChoice>({
    flags: "--attack <name>",
    ...choice<AttackChoice>([...attackNames, "ensemble"]),
    description: `${attackNames.map((name) => `${name} (${attacks[name].summary})`).join("; ")}; ensemble (the worst case of several, cheapest first)`,
    range: "",
    default: "pgd",
  }),
  norm: option<Norm>({ flags: "--norm <name>", ...choice(attackNorms), description: "the norm in which the budget is measured", default: "l2" }),
  eps: option<readonly number[]>({
    flags: "--eps <budgets>",
    description: "budgets ε in pixel units, separated by commas",
    type: "list",
    default: [fields.eps.default],
    defaultText: String(fields.eps.default),
    expected: "one or more numbers from 0 to 1e18, separated by commas",
    range: "from 0",
    schema: listOf((part) => fields.eps.schema.safeParse(numberOf(part)).data),
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
    defaultText: "proportional to ε, depending on the attack",
    expected: fields.stepSize.expected,
    range: fields.stepSize.range,
    schema: fields.stepSize.schema,
  }),
  restarts: option<number | undefined>({
    flags: "--restarts <runs>",
    description: "runs per image, of which the best counts; all but the first start at random points",
    type: "number",
    default: undefined,
    defaultText: "the attack's",
    expected: fields.seeds.expected,
    range: fields.seeds.range,
    schema: fields.seeds.schema,
  }),
  targets: option<number | undefined>({
    flags: "--targets <count>",
    description: "classes that apgd-t steers to, one after the other: the most likely wrong ones",
    type: "number",
    default: undefined,
    defaultText: "the attack's",
    expected: fields.seeds.expected,
    range: fields.seeds.range,
    schema: fields.seeds.schema,
  }),
  target: option<number | undefined>({
    flags: "--target <class>",
    description: "the class that images are to be taken for, from 0; images of that class are left out",
    type: "number",
    default: undefined,
    defaultText: "any other than the image's own",
    expected: "a whole number from 0",
    schema: z.int().nonnegative(),
  }),
  randomStart: option<boolean>({
    flags: "--random-start",
    description: "start at a random point within the budget",
    type: "flag",
    default: false,
    expected: "given or not",
    schema: z.boolean(),
  }),
  box: { ...fromField("box", "--box"), off: "let perturbed pixels take any value" },
  loss: option<Loss | undefined>({
    flags: "--loss <name>",
    ...choice(Object.keys(losses) as Loss[]),
    description: "the loss to maximize",
    default: undefined,
    defaultText: "logistic for two classes",
  }),
  out: outputFile("--out <file>", "write a record of every image at every ε: .parquet or .csv", [".parquet", ".csv"], "not written"),
};
