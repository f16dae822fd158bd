import type { GraphBuilder } from "../../src/graph/builder.ts";
import { f32 } from "../../src/graph/ir.ts";
import type { AttackConfig } from "../../src/attack/config.ts";
import { attacks, type AttackName } from "../../src/attack/index.ts";
import { losses } from "../../src/attack/objective.ts";
import type { AttackRule } from "../../src/attack/rule.ts";
import type { Points } from "../../src/data/points.ts";
import type { Classifier } from "../../src/model/classifier.ts";
import { sphere } from "../../src/data/sphere.ts";
import type { Split } from "../../src/data/dataset.ts";
import type { TwoLayerNetwork } from "../../src/model/two-layer/network.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { tensorOf } from "../../src/tensor/tensor.ts";
import { trainLazily } from "../../src/training/sgd.ts";
import { random } from "../../src/util/random.ts";

useNodeEngine();

export interface Trained extends Split {
  readonly network: TwoLayerNetwork;
}

/** A small two-layer network that has learned which side of a hyperplane points of the sphere lie on. */
export async function trained(seed: number, { d = 12, m = 96, n = 400, testN = 120 } = {}): Promise<Trained> {
  const split = sphere({ d, n, testN, seed });
  const { network } = await trainLazily(twoLayer({ d, m, bias: true, seed }), split.train, { c0: 60, lr: 0.5, epochs: 15, batch: 16 });
  return { ...split, network };
}

/** Softmax classifier with one hidden layer and its own labels, every tenth of them changed: 90 % of its samples are right. */
export function softmax({ d = 6, hidden = 24, classes = 5, n = 90, seed = 0 } = {}): {
  target: Classifier;
  data: Points;
  logits: (x: ArrayLike<number>) => number[];
} {
  const draw = (what: string, size: number) => random(seed, "test", what).fillNormal(new Float32Array(size));
  const [W, b, V] = [draw("W", hidden * d), draw("b", hidden), draw("V", classes * hidden)];
  const target: Classifier = {
    name: "a softmax network",
    inputShape: [d],
    classes,
    output: "logits",
    parameterTypes: { x: f32([hidden, d]), b: f32([hidden]), V: f32([classes, hidden]) },
    parameters: { x: tensorOf("float32", [hidden, d], W), b: tensorOf("float32", [hidden], b), V: tensorOf("float32", [classes, hidden], V) },
    numbersPerSample: 4 * hidden,
    // A weight called x, to see that names of the model and of the attack do not meet.
    scores: (g: GraphBuilder, x, values) => g.gemm(g.relu(g.gemm(x, values["x"]!, { c: values["b"]!, transB: true })), values["V"]!, { transB: true }),
  };
  const logits = (x: ArrayLike<number>) => {
    const z = Array.from({ length: hidden }, (_, s) => Math.max(0, dot(W.subarray(s * d, (s + 1) * d), x) + b[s]!));
    return Array.from({ length: classes }, (_, k) => dot(V.subarray(k * hidden, (k + 1) * hidden), z));
  };
  const x = draw("x", n * d);
  const y = Array.from({ length: n }, (_, i) => {
    const z = logits(x.subarray(i * d, (i + 1) * d));
    return (z.indexOf(Math.max(...z)) + +(i % 10 === 9)) % classes;
  });
  return { target, data: { x, y }, logits };
}

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
export const norm = (a: ArrayLike<number>): number => Math.sqrt(dot(a, a));

/** f and ∇f of a two-layer network at one point, in float64. */
export function at(network: TwoLayerNetwork, x: ArrayLike<number>): { f: number; gradient: number[] } {
  const { d, m, weights, hiddenBias, outer, outerBias } = network;
  let f = outerBias;
  const gradient = Array.from({ length: d }, () => 0);
  for (let s = 0; s < m; s++) {
    const w = weights.subarray(s * d, (s + 1) * d);
    const z = dot(w, x) + hiddenBias[s]!;
    if (!(z > 0)) continue;
    f += outer[s]! * z;
    for (let j = 0; j < d; j++) gradient[j]! += (outer[s]! * w[j]!) / Math.sqrt(m);
  }
  return { f: f / Math.sqrt(m), gradient };
}

/** Every attack with every norm it has; few steps, so that tests are quick. */
export const everyAttack = (Object.keys(attacks) as AttackName[]).flatMap((name) =>
  attacks[name].norms.map((norm) => ({
    name,
    norm,
    config: { attack: name, norm, ...("steps" in attacks[name].defaults ? { steps: 12 } : {}) } as AttackConfig,
  })),
);

/** Whether an attack's loss is defined for so many classes. */
export function fits(name: AttackName, classes: number): boolean {
  const { loss }: AttackRule = attacks[name];
  return !loss || losses[loss(classes)].from <= classes;
}

export const row = (data: Float32Array, i: number, d: number): Float32Array => data.subarray(i * d, (i + 1) * d);
