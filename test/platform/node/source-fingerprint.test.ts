import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { TensorProtoSchema, TensorProto_DataLocation as DataLocation } from "onnx-buf";
import { afterAll, expect, it } from "vitest";
import { fileFingerprint } from "../../../src/platform/node/files.ts";
import { sourceFingerprint } from "../../../src/platform/node/source-fingerprint.ts";
import { fileOf, floats, info, node } from "../../graph/proto.ts";

const folder = mkdtempSync(join(tmpdir(), "signflip-fingerprint-"));
afterAll(() => rmSync(folder, { recursive: true }));
const place = (name: string) => join(folder, name);
const weights = (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);
const graph = { input: [info("x", ["n", 2])], output: [info("y", ["n", 2])], node: [node("Mul", ["x", "w"], ["y"])] };

it("is another one where only the weights beside a model changed", async () => {
  const entries = [{ key: "location", value: "w.bin" }];
  const outside = create(TensorProtoSchema, { name: "w", dims: [2n], dataType: 1, dataLocation: DataLocation.EXTERNAL, externalData: entries });
  writeFileSync(place("outside.onnx"), fileOf({ ...graph, initializer: [outside] }));
  writeFileSync(place("w.bin"), weights([1, 2]));
  const before = await sourceFingerprint(place("outside.onnx"));
  writeFileSync(place("w.bin"), weights([1, 3]));
  expect(await sourceFingerprint(place("outside.onnx"))).not.toBe(before);
  writeFileSync(place("w.bin"), weights([1, 2]));
  expect(await sourceFingerprint(place("outside.onnx"))).toBe(before);
  rmSync(place("w.bin"));
  await expect(sourceFingerprint(place("outside.onnx"))).rejects.toMatchObject({ code: "SF_FILE" });
});

it("is that of the file where a model holds all of its weights, or is none", async () => {
  writeFileSync(place("inside.onnx"), fileOf({ ...graph, initializer: [floats("w", [2], [1, 2])] }));
  writeFileSync(place("none.onnx"), "no model");
  for (const name of ["inside.onnx", "none.onnx"]) expect(await sourceFingerprint(place(name))).toBe(await fileFingerprint(place(name)));
});
