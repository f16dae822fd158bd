import { beforeAll, describe, expect, test } from "vitest";
import { attack } from "../../src/attack/attack.ts";
import { checkpoints } from "../../src/attack/apgd.ts";
import { signOf } from "../../src/data/points.ts";
import { sphere } from "../../src/data/sphere.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { apgdReference, pgdReference, type Reference, sparseReference } from "./reference.ts";
import { type Trained, at, norm, row, softmax, trained } from "./support.ts";

const norms = ["l2", "linf"] as const;
const boxes: readonly Reference["box"][] = [undefined, { low: -0.3, high: 0.35 }];
const everyNormAndBox = norms.flatMap((kind) => boxes.map((box) => [kind, box] as const));

let lazy: Trained;
beforeAll(async () => {
  lazy = await trained(5);
});

/** Samples inside the box, and how far each is from a reference's point. */
async function distances(
  config: Parameters<typeof attack>[2] & { readonly norm: "l2" | "linf" | "l1"; readonly eps: number; readonly box?: Reference["box"] },
  reference: (ref: Reference) => number[],
  steps: number,
): Promise<number[]> {
  const { network, test: data } = lazy;
  const { box } = config;
  const x = box ? data.x.map((value) => Math.max(box.low, Math.min(box.high, value))) : data.x;
  const { points } = await attack(network, { x, y: data.y }, config);
  return Array.from(data.y, (y, i) => {
    const own = row(x, i, data.d);
    const delta = reference({ network, x: [...own], y, norm: config.norm, eps: config.eps, steps, box });
    return norm(delta.map((value, j) => points[i * data.d + j]! - own[j]! - value));
  });
}

const share = (values: readonly number[], below: number) => values.filter((value) => value < below).length / values.length;

describe.each(everyNormAndBox)("%s, box %j", (kind, box) => {
  const eps = kind === "l2" ? 0.15 : 0.06;

  test.each([1, 2, 3, 5])("the first %i steps of PGD are those of a float64 implementation", async (steps) => {
    const stepSize = eps / 4;
    const found = await distances({ attack: "pgd", norm: kind, steps, stepSize, eps, box }, (ref) => pgdReference(ref, stepSize), steps);
    // Where a neuron or a coordinate of the gradient is at 0 to rounding, float32 may take another way; that is rare.
    expect(share(found, 1e-6)).toBeGreaterThan(0.98);
  });

  test("all of PGD's 40 steps with the default step size", async () => {
    expect(share(await distances({ attack: "pgd", norm: kind, steps: 40, eps, box }, (ref) => pgdReference(ref), 40), 1e-5)).toBeGreaterThan(0.95);
  });

  test("APGD takes the way of Algorithm 1, halvings and returns included", async () => {
    let halvings = 0;
    const found = await distances(
      { attack: "apgd", norm: kind, steps: 30, eps, box },
      (ref) => {
        const { delta, halvings: own } = apgdReference(ref);
        halvings += own;
        return delta;
      },
      30,
    );
    expect(halvings).toBeGreaterThan(found.length);
    expect(share(found, 3e-4)).toBeGreaterThan(0.97);
  });
});

test.each(boxes)("in l1 APGD takes the way of its own algorithm, with fewer entries as the best has fewer, box %j", async (box) => {
  let restarts = 0;
  const found = await distances(
    { attack: "apgd", norm: "l1", steps: 25, eps: 0.4, box },
    (ref) => {
      const { delta, restarts: own } = sparseReference(ref);
      restarts += own;
      return delta;
    },
    25,
  );
  expect(restarts).toBeGreaterThan(found.length);
  // Whether an entry has reached its bound is decided by rounding, and what follows is another way.
  expect(share(found, 1e-3)).toBeGreaterThan(box ? 0.8 : 0.9);
});

describe.each([
  ["l2", { d: 2, m: 4, eps: 4, steps: 40 }],
  ["linf", { d: 4, m: 8, eps: 2, steps: 20 }],
] as const)("APGD halves its step where a window, %s", (kind, { d, m, eps, steps }) => {
  test.each([
    ["has too few rises (condition 1)", 1],
    ["finds nothing better with the step it had (condition 2)", 2],
  ] as const)("%s", async (_, condition) => {
    const network = twoLayer({ d, m, bias: true, seed: 1 });
    const { train: data } = sphere({ d, n: 100, testN: 1, seed: 1 });
    const { points } = await attack(network, data, { attack: "apgd", norm: kind, steps, eps });
    const distances: number[] = [];
    for (let i = 0; i < data.n; i++) {
      const ref = { network, x: [...row(data.x, i, d)], y: data.y[i]!, norm: kind, eps, steps };
      const { delta } = apgdReference(ref);
      // Samples that end elsewhere without the condition.
      if (norm(apgdReference(ref, condition).delta.map((value, j) => value - delta[j]!)) < 0.01 * eps) continue;
      distances.push(norm(delta.map((value, j) => points[i * d + j]! - ref.x[j]! - value)) / eps);
    }
    expect(distances.length).toBeGreaterThanOrEqual(8);
    expect(share(distances, 1e-3)).toBeGreaterThan(0.8);
  });
});

test("APGD's checkpoints are the published ones", () => {
  expect(checkpoints(100)).toEqual([22, 41, 57, 70, 80, 87, 93, 99]);
  expect(checkpoints(1000)).toEqual([220, 410, 570, 700, 800, 870, 930, 990]);
  expect(checkpoints(10)).toEqual([3, 5, 6, 7, 8, 9]);
  expect(checkpoints(1)).toEqual([]);
});

test("the single step is the paper's: against the sign, along the gradient, as long as the budget", async () => {
  const { network, test: data } = lazy;
  const { points, samples } = await attack(network, data, { attack: "single-step", eps: 0.1 });
  let moved = 0;
  for (let i = 0; i < data.n; i++) {
    const x = row(data.x, i, data.d);
    const { f, gradient } = at(network, x);
    if (samples.l2[i] === 0) {
      // No step, where it does not lower the margin: a sample that is wrong would be put right.
      expect(
        at(
          network,
          Array.from(x, (value, j) => value - (Math.sign(f) * 0.1 * gradient[j]!) / norm(gradient)),
        ).f * signOf(data.y[i]!),
      ).toBeGreaterThan(f * signOf(data.y[i]!) - 1e-6);
      continue;
    }
    moved++;
    expect(samples.wasCorrect[i]).toBe(1);
    gradient.forEach((slope, j) => expect(points[i * data.d + j]! - x[j]!).toBeCloseTo((-Math.sign(f) * 0.1 * slope) / norm(gradient), 5));
  }
  expect(moved).toBeGreaterThan(data.n / 2);
});

describe("on trained networks", () => {
  const seeds = [1, 2, 3, 4];

  test("PGD is never weaker than the single step, nor one PGD with more steps than one with few", async () => {
    for (const seed of seeds) {
      const { network, test: data } = await trained(seed);
      const target = network;
      for (const eps of [0.03, 0.06, 0.1, 0.15]) {
        const robust = async (config: Parameters<typeof attack>[2]) => (await attack(target, data, config)).summary.robustAccuracy;
        const single = await robust({ attack: "single-step", eps });
        const few = await robust({ attack: "pgd", norm: "l2", steps: 5, eps });
        const many = await robust({ attack: "pgd", norm: "l2", steps: 40, eps });
        expect(few).toBeLessThanOrEqual(single);
        expect(many).toBeLessThanOrEqual(few);
      }
    }
  });

  test.each(norms)("APGD is no weaker than PGD at equal passes, %s", async (kind) => {
    for (const seed of seeds) {
      const { network, test: data } = await trained(seed);
      const target = network;
      for (const eps of kind === "l2" ? [0.05, 0.1, 0.15] : [0.02, 0.04]) {
        const [pgd, apgd] = [
          await attack(target, data, { attack: "pgd", norm: kind, steps: 40, eps }),
          await attack(target, data, { attack: "apgd", norm: kind, steps: 40, eps }),
        ];
        expect(apgd.summary.forward).toBe(pgd.summary.forward);
        const [a, p] = [apgd, pgd].map(({ samples }) => samples.success.reduce((count, value) => count + value, 0)) as [number, number];
        expect(a).toBeGreaterThanOrEqual(p - 1);
        const [lower, higher] = [apgd, pgd].map(({ samples }) => samples.marginAfter.reduce((sum, margin) => sum + margin, 0) / data.n) as [number, number];
        expect(lower).toBeLessThan(higher + 1e-3);
      }
    }
  });
});

test.each(["ce", "dlr", "dlr-targeted"] as const)("five classes: %s finds what a step cannot", async (loss) => {
  const { target, data } = softmax({ n: 200 });
  const eps = 0.25;
  const single = await attack(target, data, { attack: "single-step", eps });
  for (const name of ["pgd", "apgd"] as const) {
    const found = await attack(target, data, { attack: name, norm: "l2", steps: 30, eps, loss, restarts: loss === "dlr-targeted" ? 4 : 1 });
    expect(found.summary.robustAccuracy).toBeLessThanOrEqual(single.summary.robustAccuracy + 0.01);
    expect(found.summary.cleanAccuracy).toBe(single.summary.cleanAccuracy);
    if (loss === "dlr-targeted") expect(found.samples.forward[0]).toBe(1 + 1 + 4 * 32);
  }
});
