/**
 * How small a step flips a network's predictions? Trains one on MNIST's zeros and ones and measures it.
 *
 *   node --import tsx examples/first-program.ts
 *
 * In a project of your own, import from "signflip".
 */
import { measureFlips, mnist, trainLazily, twoLayer } from "../src/platform/node/index.ts";

const { train, test } = await mnist({ digits: [0, 1], size: 14 });
const fresh = twoLayer({ d: train.d, m: 1000, bias: true, seed: 0 });
const { network, history } = await trainLazily(fresh, train, { c0: 10, test });
const flips = await measureFlips(network, test);

const { deviation, testAccuracy } = history.at(-1)!;
console.log(
  `trained ${history.length} epochs, to a distance of ${deviation.toFixed(3)} from the initial weights; ${(100 * testAccuracy!).toFixed(2)} % of the test images classified correctly`,
);
console.log(
  `‖∇f‖ = ${flips.gradientNorm.mean.toFixed(2)}, and ‖δ‖ = ${flips.perturbation.mean.toFixed(3)} ± ${flips.perturbation.sd.toFixed(3)} flips an image: ${(100 * flips.perturbationRelative.mean).toFixed(1)} % of its own length`,
);
