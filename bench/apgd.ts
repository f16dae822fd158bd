/**
 * APGD beside PGD at equal passes on trained networks: a table of robust accuracies. Not a matter of time.
 *
 *   node --import tsx bench/apgd.ts [--steps 100] [--size 10] [--width 1000]
 */
import { parseArgs } from "node:util";
import { runAttack } from "../src/attack/attack.ts";
import { prepareAttack } from "../src/attack/prepare.ts";
import { parameters, twoLayer } from "../src/model/two-layer/two-layer.ts";
import { mnist } from "../src/platform/node/idx-folder.ts";
import { useNodeEngine } from "../src/platform/node/engine.ts";
import { trainAdversarially } from "../src/training/adversarial.ts";
import { shuffled, trainLazily } from "../src/training/sgd.ts";
import { finish, judged } from "./timing.ts";

useNodeEngine();
const { values } = parseArgs({
  options: { steps: { type: "string", default: "100" }, size: { type: "string", default: "10" }, width: { type: "string", default: "1000" } },
});
const [steps, size, m] = [values.steps, values.size, values.width].map(Number) as [number, number, number];
const { train: all, test } = await mnist({ size, normalize: true });
const { x, y } = shuffled(all, 0);
const n = 2_000;
const train = { x: x.slice(0, n * all.d), y: y.slice(0, n) };
const fresh = twoLayer({ d: all.d, m, bias: true, seed: 0 });
const adversarial = async (eps: number) => (await trainAdversarially(fresh, train, { method: "fast", eps, lr: 0.4, epochs: 6 })).network;
const networks = {
  SGD: (await trainLazily(fresh, all, { epochs: 20 })).network,
  "adversarial, ε 0.2": await adversarial(0.2),
  "adversarial, ε 0.4": await adversarial(0.4),
};
/** Fewer steps, where the paths have not settled: for comparison. */
const few = 40;
const budgets: Readonly<Record<"l2" | "linf", readonly number[]>> = { l2: [0.1, 0.2, 0.3, 0.4, 0.5], linf: [0.01, 0.02, 0.04, 0.06, 0.08] };

/** Cells in which APGD leaves more and fewer images right than PGD does, and images that only one of them flips. */
interface Tally {
  cells: number;
  weaker: number;
  stronger: number;
  onlyPgd: number;
  onlyApgd: number;
}

/** Both attacks with so many steps in every cell; prints the table where asked to. */
async function compare(steps: number, print: (line: string) => void): Promise<Tally> {
  const tally = { cells: 0, weaker: 0, stronger: 0, onlyPgd: 0, onlyApgd: 0 };
  for (const norm of Object.keys(budgets) as ("l2" | "linf")[]) {
    const [pgd, apgd] = await Promise.all((["pgd", "apgd"] as const).map((attack) => prepareAttack(fresh, { attack, norm, steps, box: { low: 0, high: 1 } })));
    print(`${norm}: ε`.padEnd(22) + budgets[norm].map((eps) => String(eps).padStart(14)).join("") + "   passes");
    for (const [name, network] of Object.entries(networks)) {
      const cells = [];
      let passes = "";
      for (const eps of budgets[norm]) {
        const input = { x: test.x, y: test.y, parameters: parameters(network), eps };
        const [a, b] = [await runAttack(pgd!, input), await runAttack(apgd!, input)];
        const difference = b.summary.robustAccuracy - a.summary.robustAccuracy;
        tally.cells++;
        tally.weaker += +(difference > 0);
        tally.stronger += +(difference < 0);
        a.samples.success.forEach((flipped, i) => {
          tally.onlyPgd += +(flipped > b.samples.success[i]!);
          tally.onlyApgd += +(flipped < b.samples.success[i]!);
        });
        cells.push(`${(100 * a.summary.robustAccuracy).toFixed(2)} ${difference > 0 ? "<" : "≥"} ${(100 * b.summary.robustAccuracy).toFixed(2)}`.padStart(14));
        passes = [a, b].map(({ summary }) => (summary.forward + summary.backward) / summary.n).join(" / ");
      }
      print(`  ${name}`.padEnd(22) + cells.join("") + `   ${passes}`);
    }
    await pgd!.dispose();
    await apgd!.dispose();
  }
  return tally;
}

const inWords = (steps: number, { cells, weaker, stronger, onlyPgd, onlyApgd }: Tally) =>
  `${steps} steps: of ${cells} cells apgd is stronger in ${stronger} and weaker in ${weaker}; ${onlyApgd} images only apgd flips, ${onlyPgd} only pgd`;

console.log(`d ${all.d}, m ${m}, C_0 10, ‖x‖ = 1, box [0, 1], ${steps} steps each; robust accuracy in % of ${test.n} test images\n`);
const asked = await compare(steps, (line) => console.log(line));
console.log(`\n${inWords(steps, asked)}   weaker ${judged(asked.weaker, ["at most", 0])}`);
if (steps !== few) console.log(inWords(few, await compare(few, () => {})));
finish();
