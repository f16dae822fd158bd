import type { Classifier } from "../../model/classifier.ts";
import { classifierOf } from "../../model/index.ts";
import type { TwoLayerNetwork } from "../../model/two-layer/network.ts";
import { type OracleOptions, fromClassifier } from "./classifier.ts";
import { type FunctionPair, fromFunctions, isFunctionPair } from "./functions.ts";
import type { Oracle } from "./oracle.ts";

/** Everything that can be attacked. */
export type Attackable = Classifier | TwoLayerNetwork | FunctionPair;

/**
 * @param model a classifier with its weights, the two-layer network, or functions of your own
 * @throws SF_OPTION (usage) if its description contradicts itself; with the first question SF_ENGINE, or SF_GRADIENT if an operator has no gradient
 */
export function oracleOf(model: Attackable, options: OracleOptions = {}): Oracle {
  return isFunctionPair(model) ? fromFunctions(model) : fromClassifier(classifierOf(model), options);
}
