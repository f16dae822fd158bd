import { norms } from "../../attack/ball.ts";
import { attacks, type AttackName } from "../../attack/index.ts";
import { losses } from "../../attack/objective.ts";
import type { AttackRule } from "../../attack/rule.ts";
import { lazyRadius } from "../../model/two-layer/lazy-ball.ts";
import { adversarialMethods, stepsOf } from "../../training/methods.ts";
import { field, oneOf, whole } from "../../util/field.ts";
import type { Choice, RawStudy, Variants } from "../experiment.ts";
import { adversarialDefaults, fields } from "../fields.ts";
import { networkSection } from "../network-cells.ts";
import { grid, optional, product } from "../settings.ts";
import { sgdSection } from "../sgd.ts";
import type { AdversarialTrainingConfig, RobustConfig, RobustMeasure } from "./config.ts";

const attackNames = Object.keys(attacks) as [AttackName, ...AttackName[]];

const attackSection = {
  attack: grid(field({ ...oneOf(...attackNames), description: "the attack that measures robust accuracy", default: "pgd" })),
  norm: grid(field({ ...oneOf(...norms), description: "the norm in which its budget is measured", default: "l2" })),
  steps: optional(
    field<number | undefined>({ ...whole(1, 1_000_000), description: "its gradient steps; by default, the attack's own number", default: undefined }),
  ),
  restarts: optional(
    field<number | undefined>({ ...whole(1, 1000), description: "its runs per image; by default, the attack's own number", default: undefined }),
  ),
};

const adversarialSections = {
  data: "any",
  network: networkSection,
  training: {
    method: grid(fields.adversarialMethod),
    eps: grid(fields.eps),
    c0: optional(fields.c0),
    radius: optional(fields.radius),
    lr: grid(fields.lr, adversarialDefaults.lr),
    batch: grid(fields.batch, adversarialDefaults.batch),
    epochs: grid(fields.epochs),
    patience: grid(fields.patience),
    minRise: grid(fields.minRise),
    project: grid(fields.project),
    box: grid(fields.box),
    steps: optional(fields.steps),
    stepSize: optional(fields.stepSize),
    train: optional(fields.train),
  },
  measure: {
    ...attackSection,
    eps: optional(field<number | undefined>({ ...fields.eps, description: "the budget ε of the test; by default, that of the training", default: undefined })),
  },
} as const;

const sgdSections = {
  data: "any",
  network: networkSection,
  training: sgdSection,
  measure: { ...attackSection, eps: grid({ ...fields.eps, description: "the budget ε of the test" }), box: grid(fields.box) },
} as const;

export type RobustSections = typeof adversarialSections | typeof sgdSections;
type AdversarialChoice = Choice<typeof adversarialSections>;

const mentions = (value: unknown, words: readonly string[]): boolean => {
  const text = JSON.stringify(value ?? null);
  return words.some((word) => text.includes(`"${word}"`));
};

/** Whether a study trains adversarially, by its method. */
export const namesAdversarialMethod = ({ training }: RawStudy): boolean => {
  const method = typeof training === "object" && training !== null ? Reflect.get(training, "method") : undefined;
  return mentions(method, Object.keys(adversarialMethods));
};

/** A study that measures nothing else trains adversarially unless it says SGD; beside other measurements it trains by SGD. */
export const robustSchema: Variants<RobustSections> = {
  all: [adversarialSections, sgdSections],
  choose(study) {
    if (namesAdversarialMethod(study)) return adversarialSections;
    const { training, measure } = study;
    const method = typeof training === "object" && training !== null ? Reflect.get(training, "method") : undefined;
    const isAlone = !Array.isArray(measure) || measure.length < 2;
    return method === undefined && isAlone ? adversarialSections : sgdSections;
  },
};

const isAdversarialChoice = (choice: Choice<RobustSections>): choice is AdversarialChoice => "patience" in choice.training;

/** What must hold between settings. */
export function checkRobust(choice: Choice<RobustSections>): string | undefined {
  if (isAdversarialChoice(choice) && choice.training.c0 !== undefined && choice.training.radius !== undefined)
    return "training.radius and c0 cannot be combined: c0 is the radius C_0/√m";
  for (const name of choice.measure.attack) {
    const { defaults, norms: known, loss }: AttackRule = attacks[name];
    if (loss && losses[loss(2)].from > 2) return `measure.robust.attack ${name} is for networks of ${losses[loss(2)].from} or more classes; these have 2`;
    for (const option of ["steps", "restarts"] as const)
      if (choice.measure[option] !== undefined && !(option in defaults)) return `measure.robust.${option} is not an option of the attack ${name}`;
    const foreign = choice.measure.norm.find((norm) => !known.includes(norm));
    if (foreign !== undefined) return `measure.robust.norm ${foreign} is not a norm of the attack ${name} (it has ${known.join(", ")})`;
  }
  return undefined;
}

/** The lazy ball by its radius, or by C_0. */
export type BallSetting = { readonly radius: number } | { readonly c0: number };

export function expandRobust(choice: Choice<RobustSections>): RobustConfig[] {
  const { attack, norm, steps = [undefined], restarts = [undefined] } = choice.measure;
  const attacking = { attack, norm, attackSteps: steps, restarts };
  const { data, network, seeds: seed } = choice;
  if (!isAdversarialChoice(choice)) {
    const { eps, box } = choice.measure as Choice<typeof sgdSections>["measure"];
    const { training } = choice as Choice<typeof sgdSections>;
    return product({ data, ...network, ...training, ...attacking, eps, box, seed }).map(
      ({ data, kind, m, bias, method, c0, lr, batch, exit, epochs, box, seed, ...measure }) => ({
        kind: "robust",
        data,
        network: { kind, m, bias },
        training: { method, c0, lr, batch, exit, epochs },
        measure: { robust: { ...measureOf(measure), box } },
        seed,
      }),
    );
  }
  const { c0, radius, steps: pgdSteps = [undefined], stepSize = [undefined], train = [undefined], ...rest } = choice.training;
  const ball: readonly BallSetting[] = radius ? radius.map((value) => ({ radius: value })) : (c0 ?? [fields.c0.default]).map((value) => ({ c0: value }));
  const lists = { data, ...network, ...rest, ball, steps: pgdSteps, stepSize, train, ...attacking, testEps: choice.measure.eps ?? [undefined], seed };
  return product(lists).map(({ data, kind, m, bias, attack, norm, attackSteps, restarts, testEps, seed, ...training }) => ({
    kind: "robust",
    data,
    network: { kind, m, bias },
    training: adversarialTraining(training, m),
    measure: { robust: measureOf({ attack, norm, attackSteps, restarts, eps: testEps ?? training.eps }) },
    seed,
  }));
}

/** A measurement from its settings; what is left to the attack is resolved here. */
export function measureOf({
  attack,
  norm,
  eps,
  attackSteps,
  restarts,
}: Pick<RobustMeasure, "attack" | "norm" | "eps"> & { readonly attackSteps: number | undefined; readonly restarts: number | undefined }): RobustMeasure {
  const { defaults }: AttackRule = attacks[attack];
  const steps = attackSteps ?? defaults.steps;
  return { attack, norm, eps, ...(steps === undefined ? {} : { steps }), ...(restarts === undefined ? {} : { restarts }) };
}

/** The training of a cell from its settings; what is left to the method is resolved here. */
export function adversarialTraining(
  {
    ball,
    steps,
    stepSize,
    train,
    ...training
  }: Pick<AdversarialTrainingConfig, "method" | "eps" | "lr" | "batch" | "epochs" | "patience" | "minRise" | "project" | "box"> & {
    readonly ball: BallSetting;
    readonly steps: number | undefined;
    readonly stepSize: number | undefined;
    readonly train?: number | undefined;
  },
  m: number,
): AdversarialTrainingConfig {
  return {
    ...training,
    ...("c0" in ball ? { c0: ball.c0, radius: lazyRadius(ball.c0, m) } : ball),
    steps: steps ?? stepsOf[training.method],
    ...(stepSize === undefined ? {} : { stepSize }),
    ...(train === undefined ? {} : { train }),
  };
}
