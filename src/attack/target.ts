import type { ClassifierShape } from "../model/classifier.ts";
import type { AnyClassifier } from "../model/index.ts";
import { Session, dataOf } from "../runtime/session.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Resolved, usage } from "./config.ts";
import { parameterName, scoresGraph } from "./graph.ts";
import { functionPieces, scoresFrom } from "./function-path.ts";
import { type FunctionPair, fromFunctions } from "./oracle/functions.ts";
import { type Path, graphPieces, piecewisePath, wholePath } from "./path.ts";

export type Parameters = Readonly<Record<string, Tensor>>;

/** A model made ready for one attack. */
export interface Target {
  /** The path of the attack. */
  readonly path: Path;
  /** The weights as feeds; those the model came with if none are given. @throws SF_OPTION (usage) where there are none */
  weights(parameters: Parameters | undefined): Parameters;
  /** @param x `[n, d]` @returns `[n, 1]` for 2 classes, else `[n, classes]` */
  scores(x: Tensor<"float32">, weights: Parameters): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Work above which a run of the engine is cut into pieces: numbers that the model keeps in all steps of a batch together. About 5 s of a dense network. */
const mostWork = 1e9;

/** The functions of a user, made ready for an attack. @throws SF_OPTION (usage) where they have no gradient */
export async function functionTarget(model: FunctionPair, config: Resolved): Promise<Target> {
  const { name, engine, classes, stopAtSuccess } = config;
  const oracle = fromFunctions(model);
  if (!oracle.hasGradient) throw usage(`attack ${name}: it needs a gradient, and ${oracle.name} has no function gradient`);
  const path = piecewisePath(await functionPieces(oracle, config, stopAtSuccess, engine));
  return {
    path,
    weights(parameters) {
      if (parameters) throw usage(`attack ${name}: ${oracle.name} is made of functions and takes no parameters`);
      return {};
    },
    scores: async ({ data }) => scoresFrom(await oracle.logits(data), classes).data,
    dispose: () => path.dispose(),
  };
}

/** @throws SF_ENGINE if the engine refuses the graph */
export async function graphTarget(model: AnyClassifier, config: Resolved): Promise<Target> {
  const { name, engine, stopAtSuccess } = config;
  const scoring = await Session.create(scoresGraph(model), engine);
  const path = await pathOf(model, config).catch(async (cause: unknown) => {
    await scoring.dispose();
    throw cause;
  });
  return {
    path,
    weights(parameters = model.parameters) {
      const names = Object.keys(model.parameterTypes);
      if (!parameters && names.length > 0) throw usage(`attack ${name}: ${model.name} was given without weights; expected parameters with ${names.join(", ")}`);
      return Object.fromEntries(Object.entries(parameters ?? {}).map(([key, value]) => [parameterName(key), value]));
    },
    scores: async (x, weights) => dataOf(await scoring.run({ ...weights, x }), "scores", "float32"),
    async dispose() {
      await path.dispose();
      await scoring.dispose();
    },
  };

  async function pathOf(shape: ClassifierShape, plan: Resolved): Promise<Path> {
    const work = plan.rows * shape.numbersPerSample * plan.rule.steps(plan.options);
    if (!stopAtSuccess && work <= mostWork) return wholePath(shape, plan, engine);
    return piecewisePath(await graphPieces(shape, plan, stopAtSuccess, engine));
  }
}
