/**
 * Your own .onnx classifier: its predictions, its gradient, an attack, what a prediction depends on, and a file with the gradient in it.
 *
 *   node --import tsx examples/onnx-model.ts
 *
 * In a project of your own, import from "signflip".
 */
import { attack, exportGradient, load, mnist, saveNetwork, trainLazily, twoLayer } from "../src/platform/node/index.ts";

// A file to have one at hand; take your own, and say what it expects: load("classifier.onnx", { mean: 0.5, std: 0.5, bounds: { low: 0, high: 1 } })
const { train, test } = await mnist({ digits: [3, 8], size: 14 });
const { network } = await trainLazily(twoLayer({ d: train.d, m: 200, bias: true, seed: 0 }), train, { epochs: 1 });
const file = saveNetwork(network);

const model = await load(file, { bounds: { low: 0, high: 1 } });
const x = test.x.subarray(0, test.d);
const [prediction] = await model.predict(x);
console.log(`class ${prediction!.class}, with probability ${prediction!.probabilities[prediction!.class]!.toFixed(3)}`);

const { gradient } = await model.gradient(x, { of: "loss", class: test.y[0]! });
console.log(`‖∂ loss / ∂x‖ = ${Math.hypot(...gradient).toFixed(3)}`);

const { summary } = await attack(model, test, { attack: "apgd", norm: "linf", eps: 0.1, box: model.domain });
console.log(`${(100 * summary.robustAccuracy).toFixed(1)} % still right where every pixel may change by 0.1`);

const { attributions, samples } = await model.saliency(x);
const { value, completeness } = samples[0]!;
const sum = attributions.reduce((total, one) => total + one, 0);
console.log(`attributions add up to ${sum.toFixed(3)}; the logit changed by ${(value - completeness!.baselineValue).toFixed(3)} from a black image`);

console.log(`a file with the gradient in it: ${exportGradient(model, { of: "loss" }).length} bytes`);
await model.dispose();
