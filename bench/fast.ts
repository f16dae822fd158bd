/**
 * Adversarial training, fast beside faithful: robust test accuracy (PGD-100 for both) and passes spent, on cells that
 * straddle the threshold. Not a matter of time, so it can run on a busy machine.
 *
 *   node --import tsx bench/fast.ts [--size 7] [--width 500] [--points 2000] [--epochs 60] [--eps 0.2,0.3,0.4,0.5,0.6,0.8]
 */
import { parseArgs } from "node:util";
import { runAttack } from "../src/attack/attack.ts";
import { prepareAttack } from "../src/attack/prepare.ts";
import { twoLayerShape } from "../src/model/two-layer/classifier.ts";
import { parameters, twoLayer } from "../src/model/two-layer/two-layer.ts";
import { mnist } from "../src/platform/node/idx-folder.ts";
import { useNodeEngine } from "../src/platform/node/engine.ts";
import { trainAdversarially } from "../src/training/adversarial.ts";
import { shuffled } from "../src/training/sgd.ts";
import { finish, verdict } from "./timing.ts";

useNodeEngine();
const { values } = parseArgs({
  options: {
    size: { type: "string", default: "7" },
    width: { type: "string", default: "500" },
    points: { type: "string", default: "2000" },
    epochs: { type: "string", default: "60" },
    eps: { type: "string", default: "0.2,0.3,0.4,0.5,0.6,0.8" },
  },
});
const [size, m, points, epochs] = [values.size, values.width, values.points, values.epochs].map(Number) as [number, number, number, number];
const targets = { passes: 1 / 8, points: 1 };
const { train: all, test } = await mnist({ size, normalize: true });
const { x, y } = shuffled(all, 0);
const train = { x: x.slice(0, points * all.d), y: y.slice(0, points) };
const box = { low: 0, high: 1 };

console.log(
  `d ${all.d}, m ${m}, C_0 10, ‖x‖ = 1, ${points} training points, at most ${epochs} epochs; robust accuracy of ${test.n} test images under PGD-100\n`,
);
console.log("   ε      faithful  epochs  passes    fast  epochs  passes   difference  share of the passes");
const pgd = await prepareAttack(twoLayerShape({ d: all.d, m, bias: true }), { attack: "pgd", norm: "l2", box });
for (const eps of values.eps.split(",").map(Number)) {
  const cells: Cell[] = [];
  for (const method of ["faithful", "fast"] as const) {
    const { network, history } = await trainAdversarially(twoLayer({ d: all.d, m, bias: true, seed: 0 }), train, { method, eps, epochs });
    const { summary } = await runAttack(pgd, { x: test.x, y: test.y, parameters: parameters(network), eps });
    cells.push({
      accuracy: 100 * summary.robustAccuracy,
      epochs: history.length,
      passes: history.reduce((sum, { forward, backward }) => sum + forward + backward, 0),
    });
  }
  const [faithful, fast] = cells as [Cell, Cell];
  const difference = fast.accuracy - faithful.accuracy;
  const share = fast.passes / faithful.passes;
  const met = Math.abs(difference) <= targets.points && share <= targets.passes;
  const row = ({ accuracy, epochs, passes }: Cell) => `${accuracy.toFixed(1).padStart(6)} %  ${String(epochs).padStart(6)}  ${String(passes).padStart(6)}`;
  console.log(
    `${eps.toFixed(2).padStart(5)}    ${row(faithful)}  ${row(fast)}   ${difference.toFixed(2).padStart(6)} points   1/${(1 / share).toFixed(1)}   ${verdict(met)}`,
  );
}
await pgd.dispose();
console.log(`\nevery cell: at most ${targets.points} point apart, for at most 1/${1 / targets.passes} of the passes`);
finish();

interface Cell {
  /** Robust test accuracy in percent. */
  readonly accuracy: number;
  readonly epochs: number;
  /** Forward and backward passes for every training point over the whole training. */
  readonly passes: number;
}
