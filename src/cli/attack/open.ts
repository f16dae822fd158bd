import { runAttack } from "../../attack/attack.ts";
import type { AttackConfig, CommonConfig } from "../../attack/config.ts";
import { ensemble } from "../../attack/ensemble.ts";
import { prepareAttack } from "../../attack/prepare.ts";
import type { AttackResult } from "../../attack/result.ts";
import { type Points, pointsAt } from "../../data/points.ts";
import { type Classifier, dimensionOf } from "../../model/classifier.ts";
import { SignflipError } from "../../util/errors.ts";
import type { AttackChoice } from "./options.ts";

export interface Chosen {
  readonly name: AttackChoice;
  readonly common: Pick<CommonConfig, "norm" | "box" | "seed" | "threads">;
  /** The options of the attack's own that are given. */
  readonly own: object;
  readonly target: number | undefined;
}

/** An attack ready for any budget. */
export interface Opened {
  /** Labels of the samples that are attacked. */
  readonly y: ArrayLike<number>;
  /** Every option with its value. */
  readonly settings: object;
  run(eps: number): Promise<AttackResult>;
  dispose(): Promise<void>;
}

/** Prepares an attack, or the ensemble. With a target, samples of that class are left out. */
export async function openAttack(model: Classifier, all: Points, { name, common, own, target }: Chosen): Promise<Opened> {
  const { x, y } = target === undefined ? all : others(model, all, target);
  const aimed = target === undefined ? {} : { target };
  if (name === "ensemble")
    return {
      y,
      settings: { attack: name, norm: common.norm, ...aimed },
      run: (eps) => ensemble(model, { x, y }, { ...common, ...aimed, eps }),
      dispose: async () => {},
    };
  const prepared = await prepareAttack(model, { ...common, ...own, attack: name, ...(target === undefined ? {} : { targeted: true }) } as AttackConfig);
  const { norm, options, loss } = prepared.config;
  return {
    y,
    settings: { attack: name, norm, ...options, loss, ...aimed },
    run: (eps) => runAttack(prepared, { x, y, eps, ...aimed }),
    dispose: () => prepared.dispose(),
  };
}

function others(model: Classifier, { x, y }: Points, target: number): Points {
  if (target >= model.classes)
    throw new SignflipError("SF_OPTION", `the target must be a class of ${model.name}, from 0 to ${model.classes - 1}; got ${target}`, { usage: true });
  const d = dimensionOf(model);
  const places = Array.from({ length: y.length }, (_, i) => i).filter((i) => y[i] !== target);
  if (places.length === 0) throw new SignflipError("SF_OPTION", `every sample has the target's class ${target}: none is left to attack`, { usage: true });
  return pointsAt({ x, y }, places, d);
}
