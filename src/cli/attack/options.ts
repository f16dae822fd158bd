import { z } from "zod";
import { norms, type Norm } from "../../attack/ball.ts";
import { attacks, type AttackName } from "../../attack/index.ts";
import { losses, type Loss } from "../../attack/objective.ts";
import { fields } from "../../experiment/fields.ts";
import { alternatives, type Field } from "../../util/field.ts";
import { amount, flag, fromField, listOf, nameOf, numberOf, option, outputFile } from "../option/option.ts";

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

/** A number with the limits of a setting of experiments, and words of its own. */
const limitedAs = (field: "steps" | "stepSize" | "seeds", flags: string, description: string, defaultText: string) => {
  const { expected, range, schema }: Field<any> = fields[field];
  return { ...amount(flags, description, defaultText, expected, schema), range };
};

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
  steps: limitedAs("steps", "--steps <count>", "gradient steps", "the attack's"),
  stepSize: limitedAs("stepSize", "--step-size <length>", "length of a step", "proportional to ε, depending on the attack"),
  restarts: limitedAs("seeds", "--restarts <runs>", "runs per image, of which the best counts; all but the first start at random points", "the attack's"),
  targets: limitedAs("seeds", "--targets <count>", "classes that apgd-t steers to, one after the other: the most likely wrong ones", "the attack's"),
  target: amount(
    "--target <class>",
    "the class that images are to be taken for, from 0; images of that class are left out",
    "any other than the image's own",
    "a whole number from 0",
    z.int().nonnegative(),
  ),
  randomStart: flag("--random-start", "start at a random point within the budget"),
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
