/**
 * Attacks or trains adversarially in a process of its own, and prints as JSON by how many bytes that raised its largest resident size, and
 * what came out.  node --import tsx test/attack/peak.ts attack|train [bytes for a batch]
 */
import { attack } from "../../src/attack/attack.ts";
import { sphere } from "../../src/data/sphere.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { trainAdversarially } from "../../src/training/adversarial.ts";

useNodeEngine();
const [what, memory] = process.argv.slice(2);
const [d, m, n] = what === "attack" ? [6, 20_000, 1_200] : [6, 40_000, 2_000];
const { train: data } = sphere({ d, n, testN: 1, seed: 0 });
const network = twoLayer({ d, m, bias: true, seed: 0 });
const peak = () => 1024 * process.resourceUsage().maxRSS;

const before = peak();
let found: Float32Array;
if (what === "attack") {
  const { points } = await attack(network, data, { attack: "pgd", steps: 2, eps: 0.1, ...(memory ? { memory: Number(memory) } : { rows: n }) });
  found = points;
} else {
  found = (await trainAdversarially(network, data, { eps: 0.1, box: undefined, steps: 1, epochs: 1 })).network.weights;
}
console.log(JSON.stringify({ rise: peak() - before, found: [...found] }));
