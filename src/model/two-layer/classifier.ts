import type { Classifier, ClassifierShape } from "../classifier.ts";
import { rayCrossing } from "./crossing.ts";
import type { TwoLayerNetwork } from "./network.ts";
import { visitRays } from "./rays.ts";
import { forward, parameterTypes, parameters, valuesOf } from "./two-layer.ts";

/** The two-layer network as a classifier, for any weights of that size. */
export function twoLayerShape({ d, m, bias }: Pick<TwoLayerNetwork, "d" | "m" | "bias">): ClassifierShape {
  return {
    name: `the two-layer network (m ${m}, d ${d})`,
    inputShape: [d],
    classes: 2,
    output: "logit",
    parameterTypes: parameterTypes({ d, m, bias }),
    numbersPerSample: 4 * m, // z, σ(z), its gradient and that of z
    scores: (g, x, values) => forward(g, x, valuesOf(values), m).f,
  };
}

/** The two-layer network with its weights, shared and not copied. It is piecewise linear along a ray, so its breakpoints give the first crossing exactly. */
export function twoLayerClassifier(network: TwoLayerNetwork): Classifier {
  return {
    ...twoLayerShape(network),
    parameters: parameters(network),
    visitRays(x, visit, engine) {
      const firstCrossing = rayCrossing(network.outer, network.outerBias);
      return visitRays(
        network,
        x,
        (i, { f, steepness, z, p, at }) => visit(i, { f, steepness, firstCrossing: () => firstCrossing(z, p, at, Math.abs(f) / steepness) }),
        engine,
      );
    },
  };
}
