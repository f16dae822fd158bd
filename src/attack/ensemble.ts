import type { Points } from "../data/points.ts";
import type { Norm } from "./ball.ts";
import type { AttackConfig, CommonConfig } from "./config.ts";
import { type Perturbed, nothingFound } from "./findings.ts";
import { type AttackName, attacks } from "./index.ts";
import { losses } from "./objective.ts";
import { isFunctionPair } from "./oracle/functions.ts";
import type { Attackable } from "./oracle/index.ts";
import { type AttackInput, prepareAttack } from "./prepare.ts";
import { type AttackResult, refuted, resultOf } from "./result.ts";
import type { AttackRule } from "./rule.ts";
import { type Score, isBroken } from "./score.ts";
import { type SearchName, searches } from "./search/index.ts";
import type { SearchRule } from "./search/rule.ts";
import { scoreAt, searchWithin } from "./search-within.ts";

/** The arguments of an ensemble: a budget and where it counts. There is nothing to tune. */
export type EnsembleCall = Omit<CommonConfig, "targeted" | "stopAtSuccess"> &
  Pick<AttackInput, "eps" | "target" | "signal"> & {
    /** Told after every attack how many samples it left, of how many. */
    readonly onAttack?: (done: EnsembleProgress) => void;
  };

export interface EnsembleProgress {
  readonly attack: PartName;
  /** Samples still standing after it. */
  readonly left: number;
  readonly n: number;
}

export interface EnsembleResult extends AttackResult {
  /** The attack that broke each sample; undefined where none did, or there was nothing to break. */
  readonly brokenBy: readonly (PartName | undefined)[];
}

export type PartName = AttackName | SearchName;

/** The parts, cheapest first. apgd-ce has restarts, so that the ensemble holds what apgd with restarts finds. */
const parts: readonly (AttackConfig & { readonly attack: AttackName })[] = [
  { attack: "fgsm" },
  { attack: "apgd-ce", restarts: 5 },
  { attack: "apgd-dlr" },
  { attack: "apgd-t" },
];

/** The attacks an ensemble consists of, for a number of classes and a norm: those whose loss is defined. */
export const ensembleParts = (classes: number, norm: Norm): readonly AttackConfig[] =>
  parts.filter(({ attack: name }) => {
    const rule: AttackRule = attacks[name];
    return rule.norms.includes(norm) && (!rule.loss || losses[rule.loss(classes)].from <= classes);
  });

/** The searches that try what still stands after the attacks of a fixed budget, for a norm and a model with or without a gradient. */
export const ensembleSearches = (norm: Norm, hasGradient: boolean): readonly SearchName[] =>
  (["fab", "square"] as const).filter((name) => {
    const rule: SearchRule = searches[name];
    return rule.norms.includes(norm) && (hasGradient || rule.access !== "gradients");
  });

/**
 * The worst case of several attacks for every sample, as AutoAttack has it (Croce & Hein 2020): attacks of a fixed budget, then FAB and Square, each
 * without what is broken already. A model without a gradient meets Square alone. A part finds for a sample what it finds alone with the same seed, to the bit, so that no sample that a part breaks stands.
 * @throws SF_OPTION, SF_NETWORK (usage), SF_DIVERGED, SF_STOPPED as `attack` does
 */
export async function ensemble(model: Attackable, points: Points, call: EnsembleCall): Promise<EnsembleResult> {
  const { eps, target, signal, onAttack, norm = "l2", ...common } = call;
  const input: AttackInput = { x: points.x, y: points.y, eps, target, signal };
  const n = points.y.length;
  const targeted = target !== undefined;
  const brokenBy: (PartName | undefined)[] = Array.from({ length: n }, () => undefined);
  const [standing, unconfirmed] = [new Uint8Array(n).fill(1), new Uint8Array(n)];
  const found = nothingFound(points.x, n);
  let before: Score | undefined;
  const tell = (attack: PartName) => onAttack?.({ attack, left: standing.reduce((sum, open) => sum + open, 0), n });
  const follows = !isFunctionPair(model) || model.gradient !== undefined;
  if (!follows) {
    before = await scoreAt(model, input, common);
    begin(found, before);
    before.margin.forEach((margin, i) => (standing[i] = +!isBroken(margin, targeted)));
  }
  for (const part of follows ? ensembleParts("classes" in model ? model.classes : 2, norm) : []) {
    const prepared = await prepareAttack(model, { ...common, norm, ...part, targeted, stopAtSuccess: true });
    try {
      if (!before) {
        before = await prepared.score(input);
        begin(found, before);
        before.margin.forEach((margin, i) => (standing[i] = +!isBroken(margin, targeted)));
        found.zeroGradient.set(standing);
      }
      if (standing.every((open) => open === 0)) break;
      const some = await prepared.perturb({ ...input, only: standing });
      const broken = Uint8Array.from(standing, (open, i) => +(open === 1 && isBroken(some.margin[i]!, targeted)));
      const wrong = await refuted(prepared, input, some.points, broken);
      for (let i = 0; i < n; i++) {
        if (!standing[i]) continue;
        take(found, some, i, wrong[i] === 1);
        unconfirmed[i]! |= wrong[i]!;
        if (!broken[i] || wrong[i]) continue;
        [standing[i], unconfirmed[i], brokenBy[i]] = [0, 0, part.attack];
      }
      tell(part.attack);
    } finally {
      await prepared.dispose();
    }
  }

  const budgets = typeof eps === "number" ? Array.from({ length: n }, () => eps) : Array.from(eps);
  for (const attack of ensembleSearches(norm, follows)) {
    // A search changes a class: it has nothing to do for a sample that is wrong and is to be taken for its own.
    const open = Array.from(standing.keys()).filter((i) => standing[i] && budgets[i]! > 0 && aimOf(target, i) !== points.y[i]);
    if (open.length === 0) break;
    const some = await searchWithin(model, { ...input, eps: budgets }, open, { ...common, norm, attack, signal });
    for (const [k, i] of open.entries()) {
      take(found, some, i, false, k);
      if (!isBroken(some.margin[k]!, targeted)) continue;
      [standing[i], unconfirmed[i], brokenBy[i]] = [0, 0, attack];
    }
    tell(attack);
  }
  return { ...resultOf({ targeted, norm }, input, before!, found, unconfirmed), brokenBy };
}

const aimOf = (target: EnsembleCall["target"], i: number): number | undefined => (typeof target === "object" ? target[i] : target);

function begin(found: Perturbed, { margin, loss, prediction }: Score): void {
  found.margin.set(margin);
  found.loss.set(loss);
  found.prediction.set(prediction);
}

/** Adds what a part found for a sample: its passes, and its point if it is worse and stands. @param k the sample's place in the part */
function take(found: Perturbed, some: Perturbed, i: number, isRefuted: boolean, k = i): void {
  found.forward[i]! += some.forward[k]!;
  found.backward[i]! += some.backward[k]!;
  found.zeroGradient[i]! &= some.zeroGradient[k]!;
  if (isRefuted || !(some.margin[k]! < found.margin[i]!)) return;
  const d = found.points.length / found.margin.length;
  found.points.set(some.points.subarray(k * d, (k + 1) * d), i * d);
  [found.margin[i], found.loss[i], found.prediction[i]] = [some.margin[k]!, some.loss[k]!, some.prediction[k]!];
}
