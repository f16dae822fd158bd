import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { externalDataOf } from "../../../src/platform/node/external-data.ts";

const root = mkdtempSync(join(tmpdir(), "signflip-external-"));
afterAll(() => rmSync(root, { recursive: true }));
const folder = join(root, "model");
mkdirSync(join(folder, "sub"), { recursive: true });
writeFileSync(join(root, "outside.bin"), Uint8Array.of(1, 2, 3));
writeFileSync(join(folder, "sub", "w.bin"), Uint8Array.of(4, 5, 6, 7));
symlinkSync(join(folder, "sub", "w.bin"), join(folder, "inside"));
symlinkSync(join(root, "outside.bin"), join(folder, "out"));
symlinkSync(root, join(folder, "up"));
execFileSync("mkfifo", [join(folder, "pipe")]);
const read = externalDataOf(join(folder, "model.onnx"));

it("reads bytes of files in the model's folder, also through links that stay in it", () => {
  expect(read("sub/w.bin", 1, 2)).toEqual(Uint8Array.of(5, 6));
  expect(read("inside", 0, 4)).toEqual(Uint8Array.of(4, 5, 6, 7));
});

it.each([
  ["../outside.bin", "leads out of the model's folder"],
  ["out", "leads out of the model's folder"],
  ["up/outside.bin", "leads out of the model's folder"],
  ["sub", "is not a file"],
  ["pipe", "is not a file"],
  ["none", "cannot be read (ENOENT)"],
])("refuses %s", (location, why) => {
  expect(() => read(location, 0, 1)).toThrow(expect.objectContaining({ code: "SF_FILE", message: `${location}, where the model keeps weights, ${why}` }));
});

it("says how many bytes are missing, before it takes memory", () => {
  expect(() => read("sub/w.bin", 2, 2 ** 50)).toThrow("has 4 bytes, and 1125899906842624 from byte 2 on are needed");
});
