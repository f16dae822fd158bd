import type { Points } from "../data/points.ts";
import type { AttackConfig, CommonConfig } from "./config.ts";
import { type Perturbed, nothingFound } from "./findings.ts";
import { type AttackName, attacks } from "./index.ts";
import { losses } from "./objective.ts";
import type { Attackable } from "./oracle/index.ts";
import { type AttackInput, prepareAttack } from "./prepare.ts";
import { type AttackResult, refuted, resultOf } from "./result.ts";
import type { AttackRule } from "./rule.ts";
import { type Score, isBroken } from "./score.ts";

/** The arguments of an ensemble: a budget and where it counts. There is nothing to tune. */
export type EnsembleCall = Omit<CommonConfig, "targeted" | "stopAtSuccess"> &
  Pick<AttackInput, "eps" | "target" | "signal"> & {
    /** Told after every attack how many samples it left, of how many. */
    readonly onAttack?: (done: EnsembleProgress) => void;
  };

export interface EnsembleProgress {
  readonly attack: AttackName;
  /** Samples still standing after it. */
  readonly left: number;
  readonly n: number;
}

export interface EnsembleResult extends AttackResult {
  /** The attack that broke each sample; undefined where none did, or there was nothing to break. */
  readonly brokenBy: readonly (AttackName | undefined)[];
}

/** The parts, cheapest first. apgd-ce has restarts, so that the ensemble holds what apgd with restarts finds; pgd stands in for it in l1. */
const parts: readonly (AttackConfig & { readonly attack: AttackName })[] = [
  { attack: "fgsm" },
  { attack: "apgd-ce", restarts: 5 },
  { attack: "apgd-dlr" },
  { attack: "apgd-t" },
  { attack: "pgd", steps: 100, restarts: 5 },
];

/** The attacks an ensemble consists of, for a number of classes and a norm: those whose loss is defined. */
export const ensembleParts = (classes: number, norm: NonNullable<CommonConfig["norm"]>): readonly AttackConfig[] =>
  parts.filter(({ attack: name }) => {
    const rule: AttackRule = attacks[name];
    if (name === "pgd" && attacks["apgd-ce"].norms.includes(norm)) return false;
    return rule.norms.includes(norm) && (!rule.loss || losses[rule.loss(classes)].from <= classes);
  });

/**
 * The worst case of several attacks for every sample, as AutoAttack has it (Croce & Hein 2020): cheapest first, and what is broken is left out of
 * those that follow. A part finds for a sample what it finds alone with the same seed, to the bit, so that no sample that a part breaks stands.
 * @throws SF_OPTION, SF_NETWORK (usage), SF_DIVERGED, SF_STOPPED as `attack` does
 */
export async function ensemble(model: Attackable, points: Points, call: EnsembleCall): Promise<EnsembleResult> {
  const { eps, target, signal, onAttack, norm = "l2", ...common } = call;
  const input: AttackInput = { x: points.x, y: points.y, eps, target, signal };
  const n = points.y.length;
  const targeted = target !== undefined;
  const brokenBy: (AttackName | undefined)[] = Array.from({ length: n }, () => undefined);
  const [standing, unconfirmed] = [new Uint8Array(n).fill(1), new Uint8Array(n)];
  const found = nothingFound(points.x, n);
  let before: Score | undefined;
  for (const part of ensembleParts("classes" in model ? model.classes : 2, norm)) {
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
      onAttack?.({ attack: part.attack, left: standing.reduce((sum, open) => sum + open, 0), n });
    } finally {
      await prepared.dispose();
    }
  }
  return { ...resultOf({ targeted, norm }, input, before!, found, unconfirmed), brokenBy };
}

function begin(found: Perturbed, { margin, loss, prediction }: Score): void {
  found.margin.set(margin);
  found.loss.set(loss);
  found.prediction.set(prediction);
}

/** Adds what a part found for a sample: its passes, and its point if it is worse and stands. */
function take(found: Perturbed, some: Perturbed, i: number, isRefuted: boolean): void {
  found.forward[i]! += some.forward[i]!;
  found.backward[i]! += some.backward[i]!;
  found.zeroGradient[i]! &= some.zeroGradient[i]!;
  if (isRefuted || !(some.margin[i]! < found.margin[i]!)) return;
  const d = found.points.length / found.margin.length;
  found.points.set(some.points.subarray(i * d, (i + 1) * d), i * d);
  [found.margin[i], found.loss[i], found.prediction[i]] = [some.margin[i]!, some.loss[i]!, some.prediction[i]!];
}
