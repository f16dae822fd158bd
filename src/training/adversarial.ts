import { type PreparedAttack, prepareAttack } from "../attack/prepare.ts";
import type { Box } from "../data/box.ts";
import { type Points, signsOf } from "../data/points.ts";
import { twoLayerShape } from "../model/two-layer/classifier.ts";
import { deviation, lazyRadius, projectToBall } from "../model/two-layer/lazy-ball.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import { predictor } from "../model/two-layer/predict.ts";
import { initialOf, parameters } from "../model/two-layer/two-layer.ts";
import type { EngineOptions } from "../runtime/engine.ts";
import { Session, dataOf, numberOf } from "../runtime/session.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";
import { checkMinibatch, checkTraining, trainingError } from "./check.ts";
import { epochGraph } from "./epoch-graph.ts";
import { index, scalar } from "./feeds.ts";
import { type AdversarialMethod, adversarialMethods, stepPerEps, stepsOf } from "./methods.ts";
import type { EpochRecord } from "./record.ts";
import { shuffled } from "./sgd.ts";

export interface AdversarialOptions extends EngineOptions {
  readonly method?: AdversarialMethod;
  /** Budget ‖δ‖₂ ≤ ε, in training and at test time. */
  readonly eps: number;
  /** The values that inputs may take. Default: [0, 1], as in the authors' code; `undefined` for any value. */
  readonly box?: Box | undefined;
  /** PGD steps. Default: the method's. */
  readonly steps?: number | undefined;
  /** Length of a PGD step. Default: 2.5 ε / steps when faithful, ε when fast. */
  readonly stepSize?: number | undefined;
  /** The ball's radius C_0/√m … */
  readonly c0?: number;
  /** … or the radius itself. */
  readonly radius?: number | undefined;
  /** When rows are projected back into the ball: after every step, after every epoch (Algorithm 1), or never. */
  readonly project?: "step" | "epoch" | "never";
  readonly lr?: number;
  readonly batch?: number;
  readonly epochs?: number;
  /** Training ends after this many epochs in a row in which robust training accuracy does not rise by more than `minRise`. */
  readonly patience?: number;
  readonly minRise?: number;
  readonly test?: Points;
  readonly seed?: number;
  readonly onEpoch?: (record: AdversarialRecord) => void;
  /** Stops between two runs with SF_STOPPED. */
  readonly signal?: AbortSignal;
}

/** One epoch: `loss` and `robustTrainAccuracy` over the perturbed minibatches, each before its own step. */
export interface AdversarialRecord extends Omit<EpochRecord, "trainAccuracy"> {
  readonly robustTrainAccuracy: number;
  /** Share of test points still classified correctly under PGD with the method's steps; absent without a test set. */
  readonly robustTestAccuracy?: number;
  /** Share of rows that are on the surface of the ball. */
  readonly onSurface: number;
  /** Passes through the network per training point, spent on finding this epoch's perturbations. */
  readonly forward: number;
  readonly backward: number;
}

export interface AdversarialTraining {
  readonly network: TwoLayerNetwork;
  readonly history: readonly AdversarialRecord[];
  /** `no-rise`: robust training accuracy stopped rising; `epochs`: all epochs were done. */
  readonly exitReason: "no-rise" | "epochs";
}

/**
 * Projected adversarial training (Algorithm 1): each epoch finds perturbations of the whole training set by PGD against the
 * current network, makes one pass of SGD over the perturbed set, and projects every row back into the lazy ball.
 * @throws SF_OPTION (usage), SF_DIVERGED, SF_STOPPED
 */
export async function trainAdversarially(network: TwoLayerNetwork, train: Points, options: AdversarialOptions): Promise<AdversarialTraining> {
  const { method = "faithful", eps, steps = stepsOf[method], stepSize, c0 = 10, project = "epoch", lr = 0.01, batch = 32, epochs = 1000 } = options;
  const { patience = 20, minRise = 1e-4, test, seed = network.seed, onEpoch, signal, threads, provider } = options;
  const box = "box" in options ? options.box : { low: 0, high: 1 };
  if (!Object.hasOwn(adversarialMethods, method))
    throw trainingError(`method must be one of ${Object.keys(adversarialMethods).join(", ")}; got ${String(method)}`);
  checkTraining(network, [train, ...(test ? [test] : [])], { c0, lr, batch, epochs });
  if (!(eps >= 0 && eps < Infinity)) throw trainingError(`eps must be a number from 0; got ${eps}`);
  if (!(Number.isSafeInteger(patience) && patience >= 1)) throw trainingError(`patience must be a whole number from 1; got ${patience}`);
  const { d, m, bias } = network;
  const radius = options.radius ?? lazyRadius(c0, m);
  if (!(radius > 0 && radius < Infinity)) throw trainingError(`radius must be a positive number; got ${radius}`);
  await checkMinibatch(network, train, batch);

  const { x, y } = shuffled(train, seed);
  const n = y.length;
  const initial = initialOf(network);
  const engine: EngineOptions = { ...(threads === undefined ? {} : { threads }), ...(provider === undefined ? {} : { provider }) };
  const fixed: Record<string, Tensor> = {
    y: { element: "float32", shape: [n, 1], data: signsOf(y) },
    W0: { element: "float32", shape: [m, d], data: initial.weights },
    ...(bias ? { b0: { element: "float32", shape: [m], data: initial.hiddenBias } } : {}),
    deviation_before: scalar(0),
    loss_before: scalar(0),
    radius: scalar(radius),
    start: index(0),
  };
  const pass = await Session.create(epochGraph({ d, m, bias, n: n, batch, lr, exit: project === "step" ? "project" : "epoch" }), engine);
  let pgd: PreparedAttack | undefined;
  const predict = test && (await predictor(network, engine));
  try {
    pgd = await prepareAttack(twoLayerShape(network), {
      attack: "pgd",
      norm: "l2",
      box,
      steps,
      stepSize: stepSize ?? (eps > 0 ? eps * stepPerEps[method](steps) : undefined),
      ...engine,
    });
    const history: AdversarialRecord[] = [];
    let now = network;
    let best = -Infinity;
    let bestAt = 0;
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const began = performance.now();
      const last = history.at(-1);
      const found = await pgd.perturb({ x, y, parameters: parameters(now), eps, signal });
      if (signal?.aborted) throw new SignflipError("SF_STOPPED", `training stopped after ${epoch - 1} epochs`);
      const out = await pass.run({ ...parameters(now), ...fixed, X: { element: "float32", shape: [n, d], data: found.points } });
      const loss = numberOf(out, "loss") / numberOf(out, "seen");
      if (!Number.isFinite(loss + numberOf(out, "deviation")))
        throw new SignflipError(
          "SF_DIVERGED",
          `adversarial training diverged in epoch ${epoch} (m ${m}, d ${d}, eps ${eps}, lr ${lr}); try a smaller learning rate`,
        );
      now = { ...now, weights: dataOf(out, "W_after", "float32"), ...(bias ? { hiddenBias: dataOf(out, "b_after", "float32") } : {}) };
      const inside = projectToBall(now, initial, radius);
      if (project !== "never") now = inside.network;
      const robustTest = test && (await pgd.perturb({ x: test.x, y: test.y, parameters: parameters(now), eps, signal }));
      const testAccuracy = test && predict && (await predict.accuracy(now, test));
      const record: AdversarialRecord = {
        epoch,
        loss,
        robustTrainAccuracy: numberOf(out, "correct") / numberOf(out, "seen"),
        ...(testAccuracy === undefined ? {} : { testAccuracy }),
        ...(robustTest ? { robustTestAccuracy: robustTest.margin.reduce((right, margin) => right + +(margin > 0), 0) / robustTest.margin.length } : {}),
        deviation: deviation(now, initial),
        onSurface: inside.onSurface,
        steps: (last?.steps ?? 0) + numberOf(out, "steps"),
        forward: found.forward[0]!,
        backward: found.backward[0]!,
        seconds: (performance.now() - began) / 1000,
      };
      history.push(record);
      onEpoch?.(record);
      if (record.robustTrainAccuracy > best + minRise) [best, bestAt] = [record.robustTrainAccuracy, epoch];
      if (epoch - bestAt >= patience) return { network: now, history, exitReason: "no-rise" };
    }
    return { network: now, history, exitReason: "epochs" };
  } finally {
    await pass.dispose();
    await pgd?.dispose();
    await predict?.dispose();
  }
}
