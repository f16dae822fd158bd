/**
 * Any classifier can be attacked: say what its inputs are and how a graph computes its scores.
 *
 *   node --import tsx examples/classifier.ts
 *
 * In a project of your own, import from "signflip".
 */
import { attack, type Classifier, mnist, tensorOf } from "../src/platform/node/index.ts";

const { train, test } = await mnist({ digits: [3, 8], size: 14 });
const { d, n, x, y, inputShape } = train;

// The nearest mean, on standardized pixels: an image is of the class whose mean is closer.
const pixels = x.reduce((sum, value) => sum + value, 0) / x.length;
const spread = Math.sqrt(x.reduce((sum, value) => sum + (value - pixels) ** 2, 0) / x.length);
const means = [0, 1].map((label) => {
  const members = Array.from({ length: n }, (_, i) => i).filter((i) => y[i] === label);
  return Array.from({ length: d }, (_, j) => members.reduce((sum, i) => sum + (x[i * d + j]! - pixels) / spread, 0) / members.length);
});
const weights = Array.from({ length: d }, (_, j) => means.map((mean) => mean[j]!)).flat();
const offsets = means.map((mean) => -mean.reduce((sum, value) => sum + value ** 2, 0) / 2);

const nearestMean: Classifier = {
  name: "nearest mean",
  inputShape, // [1, 14, 14]
  classes: 2,
  output: "logits",
  domain: test.domain,
  preprocessing: { mean: pixels, std: spread },
  parameterTypes: {},
  parameters: {},
  numbersPerSample: 2 * d,
  scores: (g, images) =>
    g.add(g.matMul(g.reshape(images, [0, d]), g.constant(tensorOf("float32", [d, 2], weights))), g.constant(tensorOf("float32", [1, 2], offsets))),
};

for (const eps of [0.5, 1, 2]) {
  const { summary } = await attack(nearestMean, test, { attack: "pgd", steps: 20, eps, box: nearestMean.domain });
  const [clean, robust] = [summary.cleanAccuracy, summary.robustAccuracy].map((share) => (100 * share).toFixed(1));
  console.log(`ε ${eps}: ${clean} % of the images right, ${robust} % still right under attack`);
}
