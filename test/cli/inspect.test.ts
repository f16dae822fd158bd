import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, StringStringEntryProtoSchema } from "onnx-buf";
import { f32 } from "../../src/graph/ir.ts";
import { fileOf, weights } from "../model/onnx/support.ts";
import { runHere } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "signflip-inspect-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("inspect says what a model is taken for, as JSON and in words", async () => {
  const file = join(folder, "model.onnx");
  writeFileSync(
    file,
    fileOf(f32([1, 4]), (g, x) => g.softmax(g.gemm(x, g.constant(weights([4, 3])))), { classes: '["a","b","c"]' }),
  );
  const json = await runHere(["inspect", file, "--bounds", "0,1", "--json"]);
  expect(json).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(json.stdout)).toMatchObject({
    command: "inspect",
    supported: true,
    unsupported: [],
    classes: 3,
    classNames: ["a", "b", "c"],
    bounds: { low: 0, high: 1 },
    ops: { Gemm: 1, Softmax: 1 },
    parameters: 12,
    multiplyAdds: 12,
    logits: { activation: "softmax" },
  });
  const words = await runHere(["inspect", file]);
  expect(words.stdout).toContain("gradient     every operator has a rule");
  expect(words.stdout).toContain("classes      3: a, b, c");
});

test("an operator without a rule is named with its node", async () => {
  const file = join(folder, "unknown.onnx");
  writeFileSync(
    file,
    fileOf(f32([1, 4]), (g, x) => g.op("Det", [g.reshape(g.concat([x, x], 1), [1, 2, 2, 2])])[0]),
  );
  const { stdout, stderr } = await runHere(["inspect", file, "--json"]);
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toMatchObject({ supported: false, unsupported: [{ op: "Det" }] });
});

test("weights beside the file are read, for our graph and for the file itself", async () => {
  const file = join(folder, "outside.onnx");
  const proto = fromBinary(
    ModelProtoSchema,
    fileOf(f32([1, 4]), (g, x) => g.gemm(x, g.constant(weights([4, 3]), "w"))),
  );
  const [w] = proto.graph!.initializer;
  writeFileSync(join(folder, "w.bin"), w!.rawData);
  w!.rawData = new Uint8Array(0);
  w!.dataLocation = 1;
  w!.externalData = [create(StringStringEntryProtoSchema, { key: "location", value: "w.bin" })];
  writeFileSync(file, toBinary(ModelProtoSchema, proto));
  const { stdout } = await runHere(["inspect", file, "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ supported: true, parameters: 12, verified: { samples: 3, file: 0 } });
});

test("sizes left open have to be given", async () => {
  const file = join(folder, "open.onnx");
  writeFileSync(
    file,
    fileOf(f32(["n", 3, "h", 4]), (g, x) => g.reduceMean(x, [1, 2], false)),
  );
  expect(await runHere(["inspect", file])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("give inputShape") as string });
  expect(await runHere(["inspect", file, "--input-shape", "3,5,4"])).toMatchObject({ code: 0 });
});
