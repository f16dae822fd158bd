import { encodeModel } from "../graph/encode.ts";
import type { Classifier } from "../model/classifier.ts";
import { classifierOf } from "../model/index.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import { type GradientGraphOptions, gradientGraph } from "./saliency/gradient-graph.ts";

/**
 * An .onnx file that computes a model's scores and its input gradient, for any program that runs ONNX files. Preprocessing is part of it.
 *
 * Inputs: `x`, float32 `[n, …inputShape]` in raw units; `class`, int64 `[n]`, unless a class was given. Outputs: `logits` `[n, classes]`
 * (`[n, 1]` for a model of one logit, where class 0 has the logit −f), `value` `[n]`, and `gradient`, ∂ value / ∂ x, in the shape of x.
 * Where samples can only be run one at a time, n is 1.
 * @throws SF_OPTION (usage); SF_GRADIENT that names the operator where one has no gradient
 */
export function exportGradient(model: Classifier | TwoLayerNetwork, options: GradientGraphOptions = {}): Uint8Array {
  const classifier = classifierOf(model);
  const { of = "logit", class: chosen } = options;
  const metadata = { "signflip.of": of, ...(chosen === undefined ? {} : { "signflip.class": String(chosen) }) };
  return encodeModel(gradientGraph(classifier, options, metadata));
}
