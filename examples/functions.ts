/**
 * A model outside of ONNX as a pair of functions: its logits, and the gradient of their weighted sum. Here, two rings told apart in plain JavaScript.
 *
 *   node --import tsx examples/functions.ts
 *
 * In a project of your own, import from "signflip".
 */
import { type FunctionPair, attack, smallest } from "../src/platform/node/index.ts";

// The point (a, b) is of class 1 where a² + b² > 1.
const rings: FunctionPair = {
  name: "rings",
  inputShape: [2],
  classes: 2,
  logits: (x, n) => Array.from({ length: n }, (_, i) => x[2 * i]! ** 2 + x[2 * i + 1]! ** 2 - 1),
  gradient: (x, dlogits) => x.map((value, j) => 2 * value * dlogits[j >> 1]!),
};
const points = { x: Float32Array.of(0.5, 0, 0, 0.2, 1.5, 0, 0.9, 1.2), y: [0, 0, 1, 1] };

const { summary } = await attack(rings, points, { attack: "pgd", norm: "l2", eps: 0.55 });
console.log(`${100 * summary.robustAccuracy} % of the points keep their class within a distance of 0.55`);

const { samples } = await smallest(rings, points, { attack: "deepfool", norm: "l2" });
console.log(`distances to the other class: ${Array.from(samples.distance, (one) => one.toFixed(2)).join(", ")}`);
