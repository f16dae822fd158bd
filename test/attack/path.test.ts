import { beforeAll, describe, expect, test } from "vitest";
import { attack, runAttack } from "../../src/attack/attack.ts";
import { type AttackConfig, resolve } from "../../src/attack/config.ts";
import { type Path, graphPieces, piecewisePath, wholePath } from "../../src/attack/path.ts";
import { prepareAttack } from "../../src/attack/prepare.ts";
import { column, labelTensor, matrix } from "../../src/attack/samples.ts";
import { parameterName } from "../../src/attack/graph.ts";
import { classifierOf } from "../../src/model/index.ts";
import { type Trained, everyAttack, fits, softmax, trained } from "./support.ts";

let lazy: Trained;
beforeAll(async () => {
  lazy = await trained(7);
});
const five = softmax();

const watch = { check: () => {}, pair: true };

describe.each(everyAttack)("$name $norm", ({ name, config }) => {
  test("takes the same way in one run of the engine and in many, to the bit", async () => {
    for (const [model, data, eps] of [[classifierOf(lazy.network), lazy.test, 0.1] as const, [five.target, five.data, 0.25] as const]) {
      if (!fits(name, model.classes)) continue;
      const plan = resolve(model, { ...config, box: { low: -3, high: 3 } } as AttackConfig);
      const { d, classes } = plan;
      const n = data.y.length;
      const rows = {
        x: matrix(data.x, d),
        y: labelTensor(data.y, classes),
        eps: column(Array.from({ length: n }, () => eps)),
        ...(plan.rule.stepPerEps ? { stepSize: column(Array.from({ length: n }, () => eps / 4)) } : {}),
        ...(plan.loss === "dlr-targeted"
          ? {
              aim: labelTensor(
                Array.from(data.y, (y) => (y + 1) % classes),
                classes,
              ),
            }
          : {}),
        ...("randomStart" in plan.rule.defaults
          ? {
              start: matrix(
                data.x.map((value) => value / 100),
                d,
              ),
            }
          : {}),
      };
      const feeds = { rows, weights: Object.fromEntries(Object.entries(model.parameters).map(([name, value]) => [parameterName(name), value])) };
      const along = async (path: Path) => {
        const found = await path.run(feeds, watch);
        await path.dispose();
        return found;
      };
      const whole = await along(await wholePath(model, plan, {}));
      expect(await along(piecewisePath(await graphPieces(model, plan, false, {})))).toEqual(whole);
      expect(whole.delta.some((value) => value !== 0)).toBe(true);
    }
  });

  test("breaks the same samples when those that are broken leave, in fewer passes, whoever else is in the batch", async () => {
    const { target, data } = five;
    const all = await attack(target, data, { ...config, eps: 0.3 });
    const prepared = await prepareAttack(target, { ...config, stopAtSuccess: true });
    const left = await runAttack(prepared, { ...data, eps: 0.3 });
    expect(left.samples.success).toEqual(all.samples.success);
    const iterative = all.samples.backward[0]! > 1;
    left.samples.forward.forEach((forward, i) => {
      if (!left.samples.wasCorrect[i]) expect(forward).toBe(1);
      else if (left.samples.success[i] && iterative) expect(forward).toBeLessThanOrEqual(all.samples.forward[i]! + 1);
    });
    if (iterative) expect(left.summary.backward).toBeLessThan(0.8 * all.summary.backward);
    // Every third sample alone, a few of them in a batch of their own.
    const only = Uint8Array.from(data.y, (_, i) => +(i % 3 === 0));
    const some = await runAttack(prepared, { ...data, eps: 0.3, only });
    only.forEach((wanted, i) => {
      const d = data.x.length / data.y.length;
      const [point, other] = [some, left].map(({ points }) => points.subarray(i * d, (i + 1) * d));
      if (wanted) expect(point).toEqual(other);
      else expect(point).toEqual(data.x.subarray(i * d, (i + 1) * d));
    });
    await prepared.dispose();
  });
});
