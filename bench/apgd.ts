/**
 * APGD beside PGD at equal passes on trained networks: a table of robust accuracies. Not a matter of time.
 *
 *   node --import tsx bench/apgd.ts [--steps 40] [--size 10] [--width 1000]
 */
import { parseArgs } from "node:util";
import { runAttack } from "../src/attack/attack.ts";
import type { Norm } from "../src/attack/ball.ts";
import { prepareAttack } from "../src/attack/prepare.ts";
import { twoLayerShape } from "../src/attack/target.ts";
import { parameters, twoLayer } from "../src/network/two-layer.ts";
import { mnist } from "../src/node/mnist.ts";
import { useNodeEngine } from "../src/runtime/node.ts";
import { trainAdversarially } from "../src/training/adversarial.ts";
import { shuffled, trainLazily } from "../src/training/sgd.ts";

useNodeEngine();
const { values } = parseArgs({
  options: { steps: { type: "string", default: "40" }, size: { type: "string", default: "10" }, width: { type: "string", default: "1000" } },
});
const [steps, size, m] = [values.steps, values.size, values.width].map(Number) as [number, number, number];
const { train: all, test } = await mnist({ size, normalize: true });
const { x, y } = shuffled(all, 0);
const n = 2_000;
const train = { ...all, n, x: x.slice(0, n * all.d), y: y.slice(0, n) };
const fresh = twoLayer({ d: all.d, m, bias: true, seed: 0 });
const adversarial = async (eps: number) => (await trainAdversarially(fresh, train, { method: "fast", eps, lr: 0.4, epochs: 6 })).network;
const networks = {
  SGD: (await trainLazily(fresh, all, { epochs: 20 })).network,
  "adversarial, ε 0.2": await adversarial(0.2),
  "adversarial, ε 0.4": await adversarial(0.4),
};
const budgets: Readonly<Record<Norm, readonly number[]>> = { l2: [0.1, 0.2, 0.3, 0.4, 0.5], linf: [0.01, 0.02, 0.04, 0.06, 0.08] };

console.log(`d ${all.d}, m ${m}, C_0 10, ‖x‖ = 1, box [0, 1], ${steps} steps each; robust accuracy in % of ${test.n} test images\n`);
let weaker = 0;
for (const norm of Object.keys(budgets) as Norm[]) {
  const [pgd, apgd] = await Promise.all(
    (["pgd", "apgd"] as const).map((attack) => prepareAttack(twoLayerShape(fresh), { attack, norm, steps, box: { low: 0, high: 1 } })),
  );
  console.log(`${norm}: ε`.padEnd(22) + budgets[norm].map((eps) => String(eps).padStart(14)).join("") + "   passes");
  for (const [name, network] of Object.entries(networks)) {
    const cells = [];
    let passes = "";
    for (const eps of budgets[norm]) {
      const [a, b] = [
        await runAttack(pgd!, { x: test.x, y: test.y, parameters: parameters(network), eps }),
        await runAttack(apgd!, { x: test.x, y: test.y, parameters: parameters(network), eps }),
      ];
      if (b.summary.robustAccuracy > a.summary.robustAccuracy) weaker++;
      cells.push(`${(100 * a.summary.robustAccuracy).toFixed(2)} ≥ ${(100 * b.summary.robustAccuracy).toFixed(2)}`.padStart(14));
      passes = [a, b].map(({ summary }) => (summary.forward + summary.backward) / summary.n).join(" / ");
    }
    console.log(`  ${name}`.padEnd(22) + cells.join("") + `   ${passes}`);
  }
  await pgd!.dispose();
  await apgd!.dispose();
}
console.log(weaker > 0 ? `\napgd is weaker than pgd in ${weaker} cells` : "\npgd ≥ apgd in every cell: apgd is never weaker");
if (weaker > 0) process.exitCode = 1;
