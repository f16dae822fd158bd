/** What attacks and measurements accept: any classifier, or the paper's network itself. */
import type { Classifier, ClassifierShape } from "./classifier.ts";
import { twoLayerClassifier } from "./two-layer/classifier.ts";
import type { TwoLayerNetwork } from "./two-layer/network.ts";

/** A classifier that may come without its weights. */
export type AnyClassifier = ClassifierShape & Partial<Pick<Classifier, "parameters" | "predictOriginal">>;

/** The classifier that a model is. */
export function classifierOf(model: Classifier | TwoLayerNetwork): Classifier;
export function classifierOf(model: AnyClassifier | TwoLayerNetwork): AnyClassifier;
export function classifierOf(model: AnyClassifier | TwoLayerNetwork): AnyClassifier {
  return isTwoLayer(model) ? twoLayerClassifier(model) : model;
}

const isTwoLayer = (model: AnyClassifier | TwoLayerNetwork): model is TwoLayerNetwork => "kind" in model && model.kind === "two-layer";
