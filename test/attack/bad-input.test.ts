import { expect, test } from "vitest";
import { type AttackCall, attack } from "../../src/attack/attack.ts";
import { prepareAttack } from "../../src/attack/prepare.ts";
import { classifierOf } from "../../src/model/index.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { SignflipError } from "../../src/util/errors.ts";
import { softmax } from "./support.ts";

const network = twoLayer({ d: 3, m: 4, bias: true, seed: 0 });
const target = classifierOf(network);
const data = { x: Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6), y: Uint8Array.of(0, 1) };
const good = { attack: "pgd", norm: "l2", steps: 2, eps: 0.1 } as const;

async function refusal(run: Promise<unknown>): Promise<SignflipError> {
  const error: unknown = await run.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(SignflipError);
  expect((error as SignflipError).message).not.toContain("\n");
  return error as SignflipError;
}

test.each([
  ["a negative eps", { eps: -0.1 }, "eps must be a number from 0 to 1000000000000000000; got -0.1"],
  ["an eps that is NaN", { eps: NaN }, "got NaN"],
  ["an infinite eps", { eps: Infinity }, "got Infinity"],
  ["an eps that is null", { eps: null }, "eps must be a number, or one for each sample; got null"],
  ["an eps that is text", { eps: "0.1" }, 'eps must be a number, or one for each sample; got "0.1"'],
  ["a budget that is text", { eps: [0.1, "0.1"] }, 'eps must be a number from 0 to 1000000000000000000; got "0.1"'],
  ["no eps", { eps: undefined }, "got undefined"],
  [
    "an eps in other units",
    { eps: 8, norm: "linf", box: { low: 0, high: 1 } },
    "eps 8 is far beyond the range of the inputs: no two points of the box are further apart than 1 in linf",
  ],
  ["a target that is no class", { target: 2 }, "target must be a class of the two-layer network (m 4, d 3), from 0 to 1; got 2 for sample 0"],
  ["targets for other samples", { target: [1] }, "one class for all or one for each of the 2 samples; got 1"],
  ["no target", { targeted: true }, "a targeted attack needs a target"],
  ["DLR of two classes", { attack: "apgd-dlr" }, "attack apgd-dlr: the loss dlr needs a model of 3 or more classes (logits); this one has 2: use apgd-ce"],
  ["budgets for other samples", { eps: [0.1] }, "one for each of the 2 samples; got 1"],
  ["an unknown norm", { norm: "l3" }, "norm must be one of l2, linf, l1, l0; got l3"],
  ["no steps", { steps: 0 }, "steps must be a whole number from 1; got 0"],
  ["half a step", { steps: 1.5 }, "got 1.5"],
  ["a step of no length", { stepSize: 0 }, "stepSize must be a positive number; got 0"],
  ["a backward step", { stepSize: -1 }, "got -1"],
  ["no restarts", { restarts: 0 }, "restarts must be a whole number from 1; got 0"],
  ["a box without inside", { box: { low: 1, high: 0 } }, "the box must have low < high, both finite; got [1, 0]"],
  ["samples outside the box", { box: { low: 0, high: 0.5 } }, "inside the box [0, 0.5]; sample 1 has 0.6"],
  ["an unknown attack", { attack: "pdg" }, "attack must be one of single-step, fgsm, pgd, apgd, apgd-ce, apgd-dlr, apgd-t; got pdg: did you mean pgd?"],
  ["an unknown option", { stepsize: 1 }, "did you mean stepSize?"],
  ["an unknown loss", { loss: "hinge" }, "loss must be one of logistic, ce, dlr, dlr-targeted; got hinge"],
  ["cross-entropy of one score", { loss: "ce" }, "the loss ce needs a model of 3 or more classes (logits); this one has 2: use logistic"],
  ["DLR of one score", { loss: "dlr" }, "the loss dlr needs a model of 3 or more classes"],
  ["a seed that is none", { seed: -1 }, "seed must be a whole number from 0; got -1"],
  ["batches of nothing", { rows: 0 }, "rows must be a whole number from 1; got 0"],
  ["no memory", { memory: 0 }, "memory must be a positive number of bytes; got 0"],
  ["a start of another size", { start: new Float32Array(2) }, "start must have 2 × 3 numbers; got 2"],
])("%s", async (_, options, message) => {
  const error = await refusal(attack(target, data, { ...good, ...options } as unknown as AttackCall));
  expect(error).toMatchObject({ code: "SF_OPTION", usage: true });
  expect(error.message).toContain(message);
});

test("options of other attacks and norms", async () => {
  expect((await refusal(attack(target, data, { attack: "fgsm", steps: 3, eps: 0.1 } as unknown as AttackCall))).message).toContain("it has no option steps");
  expect((await refusal(attack(target, data, { attack: "single-step", norm: "linf", eps: 0.1 }))).message).toBe(
    "attack single-step: it is defined for the norm l2; got linf",
  );
  expect((await refusal(attack(target, data, { attack: "single-step", eps: 0.1, start: new Float32Array(6) }))).message).toContain("it always begins at x");
});

test("DLR with too few classes", async () => {
  const three = softmax({ classes: 3 });
  expect((await refusal(attack(three.target, three.data, { ...good, loss: "dlr-targeted" }))).message).toContain(
    "needs a model of 4 or more classes (logits); this one has 3: use ce",
  );
  expect((await refusal(attack(three.target, three.data, { ...good, loss: "logistic" }))).message).toContain("needs a model of 2 classes (one score)");
});

test("a model with another number of scores or classes than it says", async () => {
  const five = softmax();
  expect(await refusal(attack({ ...five.target, classes: 4 }, five.data, good))).toMatchObject({
    code: "SF_NETWORK",
    usage: true,
    message: "a softmax network gives scores [n, 5]; expected [n, 4] for 4 classes and output logits",
  });
  expect((await refusal(attack({ ...five.target, classes: 2 }, five.data, good))).message).toContain("expected [n, 2] for 2 classes and output logits");
  expect((await refusal(attack({ ...target, classes: 1 }, data, good))).message).toBe(
    "attack pgd: the two-layer network (m 4, d 3) must have 2 classes or more; got 1",
  );
});

test("data of another size, other labels, none at all", async () => {
  expect(await refusal(attack(target, { x: new Float32Array(8), y: data.y }, good))).toMatchObject({
    code: "SF_NETWORK",
    usage: true,
    message: "attack: the two-layer network (m 4, d 3) has 3 inputs; got 2 samples of 4",
  });
  expect((await refusal(attack(target, { x: data.x, y: [1, -1] }, good))).message).toBe(
    "attack: labels must be class indices from 0 to 1; sample 1 has -1; write class 0 for −1 and class 1 for +1",
  );
  expect((await refusal(attack(target, { x: Float32Array.of(0, NaN, 0), y: [1] }, good))).message).toContain("sample 0 has NaN at input 1");
  expect((await refusal(attack(target, { x: new Float32Array(0), y: [] }, good))).message).toContain("at least one sample");
  const five = softmax({ n: 2 });
  expect((await refusal(attack(five.target, { x: five.data.x, y: [0, 5] }, good))).message).toBe(
    "attack: labels must be class indices from 0 to 4; sample 1 has 5",
  );
});

test("a model that gives NaN", async () => {
  const broken = { ...network, weights: network.weights.with(5, NaN) };
  const error = await refusal(attack(broken, data, good));
  expect(error).toMatchObject({ code: "SF_DIVERGED", usage: false });
  expect(error.message).toContain("NaN for sample 0");
});

test("pixels that miss the box by rounding are no error, and stay where they are", async () => {
  const x = Float32Array.of(-3e-8, 0.2, 1.0000001, 0, 1, 0.5);
  const box = { low: 0, high: 1 };
  expect((await attack(target, { x, y: data.y }, { ...good, eps: 0, box })).points).toEqual(x);
  expect((await attack(target, { x, y: data.y }, { ...good, box })).points.every((value) => value >= -1e-6 && value <= 1 + 1e-6)).toBe(true);
});

test("a run that is stopped", async () => {
  const prepared = await prepareAttack(target, { attack: "pgd", norm: "l2", steps: 2 });
  expect(await refusal(prepared.perturb({ ...data, parameters: target.parameters, eps: 0.1, signal: AbortSignal.abort() }))).toMatchObject({
    code: "SF_STOPPED",
  });
  await prepared.dispose();
});
