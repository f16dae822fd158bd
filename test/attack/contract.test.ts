import { beforeAll, describe, expect, test } from "vitest";
import { attack, runAttack } from "../../src/attack/attack.ts";
import type { AttackResult } from "../../src/attack/result.ts";
import { prepareAttack } from "../../src/attack/prepare.ts";
import { type Points, signOf } from "../../src/data/points.ts";
import { type Classifier, dimensionOf } from "../../src/model/classifier.ts";
import { classifierOf } from "../../src/model/index.ts";
import { twoLayerShape } from "../../src/model/two-layer/classifier.ts";
import { parameters, twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { type Trained, at, everyAttack, fits, norm, row, softmax, trained } from "./support.ts";

interface Case {
  readonly target: Classifier;
  readonly data: Points;
  /** Largest budget that does not flip everything. */
  readonly eps: number;
  /** So tight that many a sample lies on its surface. */
  readonly box: { readonly low: number; readonly high: number };
  readonly margin: (x: ArrayLike<number>, label: number) => number;
}

let lazy: Trained;
const cases: Record<"two classes" | "five classes", Case> = {} as never;
beforeAll(async () => {
  lazy = await trained(3);
  const { network } = lazy;
  const five = softmax();
  cases["two classes"] = {
    target: classifierOf(network),
    data: lazy.test,
    eps: 0.15,
    box: { low: -0.3, high: 0.35 },
    margin: (x, y) => signOf(y) * at(network, x).f,
  };
  cases["five classes"] = {
    ...five,
    eps: 0.3,
    box: { low: -0.7, high: 1 },
    margin: (x, y) => {
      const z = five.logits(x);
      return z[y]! - Math.max(...z.filter((_, k) => k !== y));
    },
  };
});

const bits = (x: Float32Array) => new Uint32Array(x.buffer, x.byteOffset, x.length);

describe.each(["two classes", "five classes"] as const)("%s", (which) => {
  describe.each(everyAttack.filter(({ name }) => fits(name, which === "two classes" ? 2 : 5)))("$name $norm", ({ name, norm: kind, config }) => {
    test.each(["without", "with"])("%s a box: stays inside it and the budget, and is what its records say", async (boxed) => {
      const { target, data, eps, margin, ...other } = cases[which];
      const d = dimensionOf(target);
      const box = boxed === "with" ? other.box : undefined;
      const inside = box ? { y: data.y, x: data.x.map((value) => Math.min(box.high, Math.max(box.low, value))) } : data;
      const { points, samples, summary } = await attack(target, inside, { ...config, eps, box });
      const n = data.y.length;
      let [robust, clean, moved] = [0, 0, 0];
      for (let i = 0; i < n; i++) {
        const [x, point] = [row(inside.x, i, d), row(points, i, d)];
        const delta = Array.from(point, (value, j) => value - x[j]!);
        const [l2, linf] = [norm(delta), Math.max(...delta.map(Math.abs))];
        const l1 = delta.reduce((sum, change) => sum + Math.abs(change), 0);
        expect({ l2, linf, l1, l0: 0 }[kind]).toBeLessThanOrEqual(eps * (1 + 1e-12));
        if (box) expect(point.every((value) => value >= box.low - 1e-7 && value <= box.high + 1e-7)).toBe(true);
        expect(samples.l2[i]).toBeCloseTo(l2, 9);
        expect(samples.linf[i]).toBeCloseTo(linf, 9);
        expect(samples.l1[i]).toBeCloseTo(l1, 9);
        expect(samples.l0[i]).toBe(delta.filter((change) => change !== 0).length);
        const [before, after] = [margin(x, data.y[i]!), margin(point, data.y[i]!)];
        expect(samples.marginBefore[i]).toBeCloseTo(before, 4);
        expect(samples.marginAfter[i]).toBeCloseTo(after, 4);
        expect(samples.marginAfter[i]).toBeLessThanOrEqual(samples.marginBefore[i]!);
        if (which === "two classes") expect(samples.lossAfter[i]).toBeCloseTo(Math.log1p(Math.exp(-after)), 4);
        if (Math.abs(before) > 1e-4) expect(samples.wasCorrect[i]).toBe(+(before > 0));
        if (Math.abs(after) > 1e-4) expect(samples.success[i]).toBe(+(after <= 0));
        robust += +(samples.wasCorrect[i] === 1 && samples.success[i] === 0);
        clean += samples.wasCorrect[i]!;
        moved += +(l2 > 0);
      }
      expect(summary).toMatchObject({ n, norm: kind, eps, robustAccuracy: robust / n, cleanAccuracy: clean / n });
      expect(robust).toBeLessThan(clean);
      expect(moved).toBeGreaterThan(n / 2);
    });

    test("with a budget of 0 returns its input, bit for bit", async () => {
      const { target, data } = cases[which];
      const { points, samples, summary } = await attack(target, data, { ...config, eps: 0 });
      expect(bits(points)).toEqual(bits(data.x));
      expect(summary.robustAccuracy).toBe(summary.cleanAccuracy);
      expect(samples.l2.every((value) => value === 0)).toBe(true);
    });

    test("gives the same split into batches as in one", async () => {
      const { target, data, eps } = cases[which];
      const [one, many] = [await attack(target, data, { ...config, eps, rows: 1000 }), await attack(target, data, { ...config, eps, rows: 7 })];
      expect(largestDifference(one.points, many.points)).toBeLessThan(1e-5);
      expect(many.samples.success).toEqual(one.samples.success);
      expect(many.summary).toEqual(one.summary);
    });

    test("robust accuracy does not rise with the budget", async () => {
      const { target, data, eps } = cases[which];
      const prepared = await prepareAttack(target, config);
      const robust: number[] = [];
      for (const share of [0, 0.1, 0.25, 0.5, 0.75, 1]) {
        robust.push((await runAttack(prepared, { ...data, parameters: target.parameters, eps: share * eps })).summary.robustAccuracy);
      }
      await prepared.dispose();
      expect(robust).toEqual(robust.toSorted((a, b) => b - a));
    });

    test("counts the passes spent on every sample", async () => {
      const { target, data, eps } = cases[which];
      const { samples, summary } = await attack(target, data, { ...config, eps });
      // One at the sample, one to verify; a path of 12 steps is looked at in 13 places.
      const iterative = name !== "fgsm" && name !== "single-step";
      const [once, backward] = iterative ? [12 + 1, 12] : [1, 1];
      // A path to each of four wrong classes begins with a pass that ranks them.
      const [forward, back] = name === "apgd-t" ? [1 + 1 + 4 * (once + 1), 4 * backward] : [once + 2, backward];
      expect(samples.forward.every((count) => count === forward)).toBe(true);
      expect(samples.backward.every((count) => count === back)).toBe(true);
      expect(summary).toMatchObject({ forward: forward * data.y.length, backward: back * data.y.length });
    });
  });
});

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

describe("random starts", () => {
  const same = (a: AttackResult, b: AttackResult) => largestDifference(a.points, b.points) === 0;

  test.each(everyAttack.filter(({ name }) => name !== "single-step" && fits(name, 2)))(
    "$name $norm: the seed decides, and restarts only help",
    async ({ config }) => {
      const { target, data, eps } = cases["two classes"];
      const run = (seed: number, more: object = {}) =>
        attack(target, data, { ...config, eps, seed, randomStart: true, ...more } as Parameters<typeof attack>[2]);
      const [a, again, other] = [await run(1), await run(1), await run(2)];
      expect(same(a, again)).toBe(true);
      expect(same(a, other)).toBe(false);
      const more = await run(1, { restarts: 3 });
      expect(more.samples.marginAfter.every((margin, i) => margin <= a.samples.marginAfter[i]!)).toBe(true);
      expect(more.samples.forward[0]).toBe(3 * (a.samples.forward[0]! - 1) + 1);
      expect(more.samples.backward[0]).toBe(3 * a.samples.backward[0]!);
      // Streams belong to samples, not to batches.
      expect(largestDifference((await run(1, { rows: 11 })).points, a.points)).toBeLessThan(1e-5);
    },
  );

  test("without them the seed changes nothing", async () => {
    const { target, data, eps } = cases["two classes"];
    expect(
      same(await attack(target, data, { attack: "pgd", steps: 3, eps, seed: 1 }), await attack(target, data, { attack: "pgd", steps: 3, eps, seed: 2 })),
    ).toBe(true);
  });
});

describe("one preparation", () => {
  test("serves changing weights, budgets of single samples and starts", async () => {
    const { network, test: data } = lazy;
    const { x, y, d } = data;
    const prepared = await prepareAttack(network, { attack: "pgd", norm: "l2", steps: 10, randomStart: false });
    const eps = Float64Array.from(y, (_, i) => (i % 3) * 0.05);
    const own = await runAttack(prepared, { x, y, eps });
    for (const share of [0, 1, 2]) {
      const whole = await runAttack(prepared, { x, y, eps: share * 0.05 });
      own.samples.l2.forEach((length, i) => {
        if (i % 3 === share) expect(length).toBeCloseTo(whole.samples.l2[i]!, 5);
      });
    }
    const fresh = twoLayer({ d, m: network.m, bias: true, seed: 99 });
    const other = await runAttack(prepared, { x, y, parameters: parameters(fresh), eps: 0.1 });
    expect(other.summary).toEqual((await attack(fresh, data, { attack: "pgd", norm: "l2", steps: 10, eps: 0.1 })).summary);

    // Beginning where an attack ended, one step already is no weaker than that attack was.
    const first = await prepared.perturb({ x, y, eps: 0.1 });
    const start = first.points.map((value, i) => value - x[i]!);
    const warm = await prepareAttack(network, { attack: "pgd", norm: "l2", steps: 1 });
    const second = await warm.perturb({ x, y, eps: 0.1, start });
    expect(second.margin.every((margin, i) => margin <= first.margin[i]! + 1e-5)).toBe(true);
    expect([second.forward[0], second.backward[0]]).toEqual([3, 1]);
    await warm.dispose();
    await prepared.dispose();
  });
});

test("two logits are attacked as the one score that is their difference", async () => {
  const one = classifierOf(lazy.network);
  // z_0 = f², z_1 = f² + f
  const two: Classifier = {
    ...one,
    output: "logits",
    scores: (g, x, values) => {
      const f = one.scores(g, x, values);
      return g.concat([g.mul(f, f), g.add(g.mul(f, f), f)], 1);
    },
  };
  for (const { config } of everyAttack.filter(({ name }) => fits(name, 2))) {
    const [a, b] = [await attack(one, lazy.test, { ...config, eps: 0.1 }), await attack(two, lazy.test, { ...config, eps: 0.1 })];
    expect(b.summary).toEqual(a.summary);
    expect(largestDifference(a.points, b.points)).toBeLessThan(1e-3);
  }
});

test("a network without a gradient is attacked in vain, not in NaN", async () => {
  const dead = { ...twoLayer({ d: 12, m: 3, bias: true, seed: 0 }), weights: new Float32Array(36), hiddenBias: Float32Array.of(-1, -1, -1), outerBias: 1 };
  for (const { config } of everyAttack.filter(({ name }) => fits(name, 2))) {
    const { points, samples, summary } = await attack(dead, lazy.test, { ...config, eps: 0.5 });
    expect(samples.zeroGradient.every((zero) => zero === 1)).toBe(true);
    expect(summary.zeroGradient).toBe(lazy.test.y.length);
    expect(points).toEqual(lazy.test.x);
    expect(summary.robustAccuracy).toBe(summary.cleanAccuracy);
  }
});

test("batches are sized to memory, and never larger than what is fastest", async () => {
  const rowsOf = async (m: number, memory?: number) => {
    const prepared = await prepareAttack(twoLayerShape({ d: 12, m, bias: true }), { attack: "pgd", steps: 1, ...(memory === undefined ? {} : { memory }) });
    await prepared.dispose();
    return prepared.config.rows;
  };
  expect(await rowsOf(64)).toBe(512);
  // 20,000 hidden values for a sample, four times over, in 4 bytes each: 209 samples are 64 MiB.
  expect(await rowsOf(20_000)).toBe(209);
  expect(await rowsOf(100_000)).toBe(64);
  expect(await rowsOf(100_000, 2 ** 24)).toBe(10);
  expect(await rowsOf(100_000, 1)).toBe(1);
});
