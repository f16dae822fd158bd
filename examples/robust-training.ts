/**
 * Two small convolutional networks for the digits of MNIST, one trained plainly and one on perturbed digits: the same accuracy, but another robustness.
 *
 *   node --import tsx examples/robust-training.ts
 *
 * In a project of your own, import from "signflip".
 */
import { attack, loadDataset, networks, saveClassifier, trainClassifier } from "../src/platform/node/index.ts";

const { dataset: train } = await loadDataset("mnist", { part: "train", limit: 2000, seed: 0 });
const { dataset: test } = await loadDataset("mnist", { part: "test", limit: 300, seed: 0 });
const fresh = networks.conv.build({ inputShape: train.inputShape, classes: train.classes, domain: train.domain, width: 8 });

const common = { epochs: 4, batch: 50, lr: 0.003, test } as const;
const plain = await trainClassifier(fresh, train, common);
const robust = await trainClassifier(fresh, train, { ...common, method: "adversarial", norm: "l2", eps: 1, steps: 4 });

for (const [name, { model, history }] of Object.entries({ plain, robust })) {
  const { summary } = await attack(model, test, { attack: "pgd", norm: "l2", eps: 1, steps: 20, box: test.domain });
  const [clean, attacked] = [history.at(-1)!.testAccuracy!, summary.robustAccuracy].map((share) => (100 * share).toFixed(1));
  console.log(`${name}: ${clean} % of the test digits right, ${attacked} % under attack with ε 1; ${saveClassifier(model).length} bytes as .onnx`);
}
