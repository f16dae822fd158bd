import { type Norm, norms } from "../../attack/ball.ts";
import type { Attackable } from "../../attack/oracle/index.ts";
import type { Oracle } from "../../attack/oracle/oracle.ts";
import { searchParts } from "../../attack/search/ensemble.ts";
import { type SearchName, searches } from "../../attack/search/index.ts";
import type { SearchRule } from "../../attack/search/rule.ts";
import { type Box, flatBox } from "../../data/box.ts";
import type { OnnxClassifier } from "../../model/onnx/load.ts";
import { SignflipError } from "../../util/errors.ts";
import { shown } from "../../util/field.ts";
import { nearest } from "../../util/nearest.ts";

/** What is measured, with nothing left open. */
export interface EvaluationPlan {
  readonly norm: Norm;
  /** Searches for the smallest perturbation, in the order in which they run. */
  readonly attacks: readonly SearchName[];
  /** Whether samples at which those find no gradient or nothing at all are searched without gradients, too. */
  readonly fallback: boolean;
  /** Budgets at which attacks of a fixed budget try what still stands, ascending. */
  readonly eps: readonly number[];
  /** The class to reach; any other than the sample's own if left out. */
  readonly target?: number | undefined;
  /** The values an input may take; any if left out. */
  readonly box?: Box | undefined;
  readonly seed: number;
}

export interface PlanOptions {
  /** The norm in which distances are measured. Default "l2". */
  readonly norm?: Norm | undefined;
  /** Searches by name. Default: those with gradients that are strongest in the norm; those without where the model has none. */
  readonly attacks?: readonly SearchName[] | undefined;
  /** Budgets at which attacks of a fixed budget try what still stands. Default: none. */
  readonly eps?: readonly number[] | undefined;
  readonly target?: number | undefined;
  /** The values an input may take. Default: the model's domain, or else the data's. */
  readonly box?: Box | undefined;
  /** Seed of everything random. Default 0. */
  readonly seed?: number | undefined;
}

/** Whether a model was read from a file. */
export const isFromFile = (model: Attackable): model is OnnxClassifier => "report" in model;

/** Whether attacks can follow the model's gradient. */
const hasGradient = (model: Attackable, oracle: Pick<Oracle, "hasGradient">): boolean =>
  oracle.hasGradient && !(isFromFile(model) && model.report.gradient !== "exact");

/** @throws SF_OPTION (usage) for whatever is unknown or does not fit the model */
export function planEvaluation(
  model: Attackable,
  oracle: Pick<Oracle, "name" | "classes" | "inputShape" | "channelAxis" | "domain" | "hasGradient">,
  options: PlanOptions = {},
  dataDomain?: Box,
): EvaluationPlan {
  const { norm = "l2", eps = [], target, seed = 0, box = oracle.domain ?? dataDomain } = options;
  const fail = (why: string) => new SignflipError("SF_OPTION", `evaluate: ${why}`, { usage: true });
  if (!norms.includes(norm)) throw fail(`norm must be one of ${norms.join(", ")}; got ${shown(norm)}`);
  const wrong = eps.find((one) => !(typeof one === "number" && one > 0 && one < Infinity));
  if (wrong !== undefined) throw fail(`eps must be positive numbers; got ${shown(wrong)}`);
  if (target !== undefined && !(Number.isInteger(target) && target >= 0 && target < oracle.classes))
    throw fail(`target must be a class of ${oracle.name}, from 0 to ${oracle.classes - 1}; got ${shown(target)}`);
  if (!(Number.isSafeInteger(seed) && seed >= 0)) throw fail(`seed must be a whole number from 0; got ${shown(seed)}`);
  if (box) {
    const { low, high } = flatBox(box, oracle, "evaluate: the bounds");
    const most = longest(norm, oracle.inputShape, { low, high });
    const beyond = eps.find((one) => one > most);
    if (beyond !== undefined)
      throw fail(`eps ${beyond} is beyond the range of the inputs: none is further than ${Number(most.toPrecision(4))} from another in ${norm}`);
  }
  const follows = hasGradient(model, oracle);
  const attacks = options.attacks ?? searchParts(norm, follows);
  if (attacks.length === 0 && !follows) throw fail(`${oracle.name} has no gradient, and without one there are only attacks in l2 and linf; got ${norm}`);
  if (attacks.length === 0) throw fail("attacks must be one name or more; got none");
  for (const name of attacks) {
    const known = Object.keys(searches);
    const like = nearest(String(name), known);
    if (!Object.hasOwn(searches, name))
      throw fail(`attacks must be some of ${known.join(", ")}; got ${shown(name)}${like === undefined ? "" : `: did you mean ${like}?`}`);
    const rule: SearchRule = searches[name];
    if (!rule.norms.includes(norm)) throw fail(`the attack ${name} is defined for the norm ${rule.norms.join(", ")}; got ${norm}`);
    if (rule.access === "gradients" && !follows) throw fail(`the attack ${name} needs gradients, and ${oracle.name} has none`);
  }
  return {
    norm,
    attacks: [...new Set(attacks)],
    fallback: options.attacks === undefined && follows,
    eps: [...new Set(eps)].sort((a, b) => a - b),
    ...(target === undefined ? {} : { target }),
    ...(box ? { box } : {}),
    seed,
  };
}

/** The largest distance of two inputs within bounds. */
function longest(norm: Norm, inputShape: readonly number[], { low, high }: ReturnType<typeof flatBox>): number {
  const d = inputShape.reduce((size, dim) => size * dim, 1);
  const side = (i: number) => (typeof high === "number" ? high : high[i]!) - (typeof low === "number" ? low : low[i]!);
  let [sum, squares, most] = [0, 0, 0];
  for (let i = 0; i < d; i++) [sum, squares, most] = [sum + side(i), squares + side(i) ** 2, Math.max(most, side(i))];
  return { l0: d, l1: sum, l2: Math.sqrt(squares), linf: most }[norm];
}
