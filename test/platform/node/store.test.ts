import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeCell, diskStore, encodeCell } from "../../../src/platform/node/store.ts";
import type { SignflipError } from "../../../src/util/errors.ts";
import { coneResult, exampleConfig, exampleResult, robustResult, theoryResult } from "../../study/example.ts";

let folder: string;
let damages: SignflipError[];
const store = () => diskStore(folder, { onDamage: (damage) => void damages.push(damage) });
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "signflip-store-"));
  damages = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const result = exampleResult(exampleConfig, { samples: true });
const file = () => join(folder, "cells", `${result.key}.json`);

describe("results on disk", () => {
  it("come back as they were", async () => {
    await store().put({ result });
    expect(await store().get(result.key)).toEqual({ result });
    expect(JSON.parse(await readFile(file(), "utf8"))).toMatchObject({ format: "signflip-cell/2" });
    expect(await readdir(join(folder, "cells"))).toEqual([`${result.key}.json`]);
    expect(damages).toEqual([]);
  });

  it("come back with NaN and the infinities where that is what they had", async () => {
    const empty = { ...result, row: { ...result.row, step: { mean: Number.NaN, sd: Number.POSITIVE_INFINITY, n: 0 }, deviation: Number.NEGATIVE_INFINITY } };
    await store().put({ result: empty });
    expect((await store().get(result.key))!.result.row).toEqual(empty.row);
    expect(JSON.parse(await readFile(file(), "utf8"))).toMatchObject({
      cell: { result: { row: { step: { mean: { "not finite": "NaN" }, sd: { "not finite": "Infinity" } }, deviation: { "not finite": "-Infinity" } } } },
    });
    expect(damages).toEqual([]);
  });

  it("come back as they were, whatever numbers, words and lists they hold", () => {
    const special = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MIN_VALUE, Number.MAX_VALUE);
    // JSON has no −0 either: it comes back as 0, which equals it.
    const number = fc.oneof(fc.double(), special).map((x) => (x === 0 ? 0 : x));
    const anything = fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes("-0"));
    const row = fc.dictionary(
      fc.string().filter((name) => name !== "__proto__" && name !== "not finite"),
      fc.oneof(number, fc.array(number), fc.string(), fc.constant(null), anything),
    );
    fc.assert(
      fc.property(row, (numbers) => {
        const cell = { result: { ...result, row: { ...result.row, numbers } } };
        const read = decodeCell(encodeCell(cell), result.key);
        expect(read).toEqual(cell);
      }),
    );
  });

  it("come back with their lists and with null where that is what they had", async () => {
    for (const special of [robustResult(), theoryResult(), coneResult()]) {
      await store().put({ result: special });
      expect(await store().get(special.key)).toEqual({ result: special });
    }
  });

  it("are absent where nothing was put", async () => {
    expect(await store().get("0".repeat(64))).toBeUndefined();
    expect(damages).toEqual([]);
  });

  it("are noticed when cut at any byte", () => {
    const bytes = Buffer.from(encodeCell({ result }));
    // Without its last byte, the line end, nothing is lost.
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 2 }), (length) => typeof decodeCell(bytes.subarray(0, length).toString("utf8"), result.key) === "string"),
    );
  });

  it("are noticed when any byte is another", () => {
    const bytes = Buffer.from(encodeCell({ result }));
    const whole = decodeCell(bytes.toString("utf8"), result.key);
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 2 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= change;
        const read = decodeCell(changed.toString("utf8"), result.key);
        // Space for space is no damage; anything else is noticed.
        if (typeof read !== "string") expect(read).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["", /is damaged: it is empty/],
    ["null", /is not a result of this program/],
    ['{"cells":[]}', /is not a result of this program/],
    ["\0\0\0", /is damaged: it is cut or is not JSON/],
  ])("say in one line what is wrong with %j", async (text, says) => {
    await mkdir(join(folder, "cells"));
    await writeFile(file(), text);
    expect(await store().get(result.key)).toBeUndefined();
    expect(damages).toHaveLength(1);
    expect(damages[0]!.code).toBe("SF_CACHE");
    expect(damages[0]!.message).toMatch(says);
    expect(damages[0]!.message).toContain(file());
    expect(damages[0]!.message).not.toContain("\n");
  });

  it("are noticed under another's name", async () => {
    await store().put({ result });
    const other = "f".repeat(64);
    await writeFile(join(folder, "cells", `${other}.json`), await readFile(file()));
    expect(await store().get(other)).toBeUndefined();
    expect(damages[0]!.message).toContain("is not the result it is named after");
  });

  it("are overwritten whole after damage", async () => {
    await store().put({ result });
    await writeFile(file(), (await readFile(file(), "utf8")).slice(0, 100));
    expect(await store().get(result.key)).toBeUndefined();
    await store().put({ result });
    expect(await store().get(result.key)).toEqual({ result });
  });

  it("leave no temporary file when they cannot be written", async () => {
    await mkdir(join(folder, "cells", `${result.key}.json`), { recursive: true });
    await expect(store().put({ result })).rejects.toMatchObject({ code: "SF_FILE" });
    expect(await readdir(join(folder, "cells"))).toEqual([`${result.key}.json`]);
  });
});

describe("networks on disk", () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
  const network = () => join(folder, "cells", `${result.key}.onnx`);

  it("come back as they were", async () => {
    const stamp = await store().putNetwork(result.key, bytes);
    const cell = { result, network: stamp };
    expect(await store().hasNetwork(cell)).toBe(true);
    expect(new Uint8Array((await store().getNetwork(cell))!)).toEqual(bytes);
    expect(await store().hasNetwork({ result })).toBe(false);
  });

  it("are noticed when cut or changed", async () => {
    const cell = { result, network: await store().putNetwork(result.key, bytes) };
    await writeFile(network(), bytes.subarray(0, 500));
    expect(await store().hasNetwork(cell)).toBe(false);
    expect(damages.at(-1)!.message).toContain("500 of 1000 bytes");
    await writeFile(
      network(),
      bytes.map((byte) => byte ^ 1),
    );
    expect(await store().hasNetwork(cell)).toBe(false);
    expect(await store().getNetwork(cell)).toBeUndefined();
    expect(damages.at(-1)!.code).toBe("SF_CACHE");
    await rm(network());
    expect(await store().hasNetwork(cell)).toBe(false);
  });

  it.skipIf(process.getuid?.() === 0)("that may not be read are an error", async () => {
    const cell = { result, network: await store().putNetwork(result.key, bytes) };
    await chmod(network(), 0);
    await expect(store().getNetwork(cell)).rejects.toMatchObject({ code: "SF_FILE" });
  });
});
