import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { attack } from "../../src/attack/attack.ts";
import { sphere } from "../../src/data/sphere.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { engine, useEngine } from "../../src/runtime/engine.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { trainAdversarially } from "../../src/training/adversarial.ts";
import { trainLazily } from "../../src/training/sgd.ts";

useNodeEngine();
afterEach(() => useNodeEngine());

interface Peak {
  readonly rise: number;
  readonly found: number[];
}
const MiB = 2 ** 20;

async function peak(...args: string[]): Promise<Peak> {
  const script = fileURLToPath(new URL("peak.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script, ...args], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout) as Peak;
}

// One array of the hidden layer has 92 MiB in the attack and 305 MiB in the training; a pass keeps several at once.
test("an attack in less memory than its samples need at once finds the same points", { timeout: 60_000 }, async () => {
  const whole = await peak("attack");
  const split = await peak("attack", String(16 * MiB));
  expect(whole.rise).toBeGreaterThan(250 * MiB);
  expect(split.rise).toBeLessThan(150 * MiB);
  expect(split.found).toHaveLength(whole.found.length);
  expect(Math.max(...split.found.map((value, i) => Math.abs(value - whole.found[i]!)))).toBeLessThan(1e-6);
});

test("adversarial training attacks in batches that fit", { timeout: 60_000 }, async () => {
  const { rise, found } = await peak("train");
  expect(rise).toBeLessThan(800 * MiB);
  expect(found.every(Number.isFinite)).toBe(true);
});

test("what cannot fit is refused in one line that names it", async () => {
  const { train } = sphere({ d: 4, n: 50, testN: 1, seed: 0 });
  const network = twoLayer({ d: 4, m: 1000, bias: true, seed: 0 });
  const small = { ...(await engine()), memory: 300_000 };
  useEngine(() => Promise.resolve(small));
  const why = "need at least 0.000417 GiB of memory at once, and this machine has 0.000279 GiB";
  const refusal = (message: string) => ({ code: "SF_MEMORY", message });
  const minibatch = `training: minibatches of 50 points at width 1000 on 4 inputs ${why}`;
  await expect(trainLazily(network, train, { batch: 1_000_000 })).rejects.toMatchObject(refusal(minibatch));
  await expect(trainAdversarially(network, train, { eps: 0.1, batch: 64 })).rejects.toMatchObject(refusal(minibatch));
  await expect(attack(network, train, { attack: "pgd", eps: 0.1, rows: 28 })).rejects.toMatchObject(
    refusal(`attack pgd: batches of 28 on the two-layer network (m 1000, d 4) ${why}`),
  );
  await expect(trainLazily(network, train, { epochs: 1, batch: 8 })).resolves.toMatchObject({ exitReason: "epochs" });
});
