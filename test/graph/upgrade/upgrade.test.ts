import { describe, expect, it } from "vitest";
import { decodeModel } from "../../../src/graph/decode.ts";
import { encodeModel } from "../../../src/graph/encode.ts";
import { history } from "../../../src/graph/upgrade/index.ts";
import { useNodeEngine } from "../../../src/platform/node/engine.ts";
import { cases } from "./cases.ts";
import { forms, oldFile, runFile } from "./old-model.ts";

useNodeEngine();

/** Of what it was and of what it is now: equal, up to the rounding of another order of the same sums. */
function expectEqual(now: Awaited<ReturnType<typeof runFile>>, was: Awaited<ReturnType<typeof runFile>>): void {
  for (const [name, { dims, type, data }] of Object.entries(was)) {
    const got = now[name]!;
    expect(got.type, name).toBe(type);
    expect(got.dims, name).toEqual(dims);
    const [a, b] = [got.data, data].map((values) => Array.from(values as ArrayLike<number | bigint>, Number)) as [number[], number[]];
    for (const [i, x] of b.entries()) if (!Object.is(a[i], x) && !(Math.abs(a[i]! - x) <= 1e-6 * Math.max(1, Math.abs(x)))) expect(a, name).toEqual(b);
  }
}

describe("an operator of an older opset computes the same once it is brought to ours", () => {
  for (const model of cases) {
    const { op, version, what } = model;
    for (const form of model.forms ?? forms)
      it(`${op} of opset ${version}, ${what}, ${form}`, async () => {
        const bytes = oldFile(model, form);
        const again = encodeModel(decodeModel(bytes));
        const now = await runFile(again, model, form);
        const was = model.expected
          ? { y0: { dims: model.expected.shape, type: model.expected.element, data: model.expected.data } }
          : await runFile(bytes, model, form);
        expectEqual(now, was);
      });
  }
});

describe("every change of the history has a case before it", () => {
  for (const [op, changes] of Object.entries(history))
    it(op, () => {
      for (const [i, { since }] of changes.entries()) {
        const from = changes[i - 1]?.since ?? 1;
        const found = cases.filter((one) => one.op === op && one.version >= from && one.version < since);
        expect(found.length, `${op} of an opset from ${from} to ${since - 1}`).toBeGreaterThan(0);
      }
    });
});
