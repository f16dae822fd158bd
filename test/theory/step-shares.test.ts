import { beforeAll, expect, test } from "vitest";
import { sphere } from "../../src/data/sphere.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { c1Grid, measureStepShares, sharesOf } from "../../src/theory/rays/step-shares.ts";
import { at, moved } from "./networks.ts";

beforeAll(() => useNodeEngine());

test("shares are those of steps taken one by one, where the step ends", async () => {
  const [d, m, n] = [16, 80, 40];
  const network = twoLayer({ d, m, seed: 4 });
  const { x } = sphere({ d, n: 1, testN: n, seed: 6 }).test;
  const { c1, share } = await measureStepShares(network, x);
  expect(c1).toEqual(c1Grid);
  for (let k = 0; k < c1.length; k += 7) {
    let flipped = 0;
    for (let i = 0; i < n; i++) {
      const point = x.subarray(i * d, (i + 1) * d);
      const { f, gradient } = at(network, point);
      if (f * at(network, moved(point, gradient, (-Math.sign(f) * c1[k]!) / d)).f <= 0) flipped++;
    }
    expect(share[k]).toBeCloseTo(flipped / n, 10);
  }
});

test("the smallest C_1 is the one from which on 99 % flip, to the end of the grid", () => {
  const rows = (shares: readonly number[]) => Array.from({ length: 100 }, (_, i) => Uint8Array.from(shares, (share) => +(i < share * 100)));
  expect(sharesOf([1, 2, 3, 4], rows([0.5, 0.99, 1, 1])).smallest).toBe(2);
  expect(sharesOf([1, 2, 3, 4], rows([1, 0.98, 0.99, 1])).smallest).toBe(3);
  expect(sharesOf([1, 2, 3, 4], rows([1, 1, 1, 0.5])).smallest).toBeNull();
  expect(sharesOf([1, 2, 3, 4], rows([1, 1, 1, 1])).smallest).toBe(1);
});

test("networks with biases and points of another size are refused", async () => {
  await expect(measureStepShares(twoLayer({ d: 4, m: 5, bias: true }), new Float32Array(8))).rejects.toMatchObject({ code: "SF_NETWORK" });
  await expect(measureStepShares(twoLayer({ d: 3, m: 5 }), new Float32Array(8))).rejects.toMatchObject({ code: "SF_NETWORK" });
});
