import { expect, test } from "vitest";
import { buildGraph } from "../../src/graph/builder.ts";
import { type Graph, type Model, f32, i64 } from "../../src/graph/ir.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { placed } from "../../src/runtime/placement.ts";
import { withSession } from "../../src/runtime/session.ts";
import { tensorOf } from "../../src/tensor/tensor.ts";

useNodeEngine();

const large = tensorOf("float32", [2 ** 23], new Float32Array(2 ** 23).fill(0.5));
const weights = tensorOf("float32", [2, 2], [1, 2, 3, 4]);

/** x ← x·w + bias, three times, then + bias: the weights are read in the loop alone, the bias in both graphs, and so is a large constant. */
const model: Model = buildGraph("loop", (g) => {
  const bias = g.constant(tensorOf("float32", [2], [0.25, -0.5]), "bias");
  const many = g.constant(large, "many");
  const w = g.constant(weights, "w");
  const x = g.input("x", f32(["n", 2]));
  const at = g.input("at", i64([1]));
  const loop = g.loop(3, [x], (b, [value]) => ({ state: [b.add(b.add(b.matMul(value, w), bias), b.op("Gather", [many, at])[0])] }));
  return { y: g.add(g.add(loop.state[0], bias), g.op("Gather", [many, at])[0]) };
});

const bodyOf = ({ graph }: Model): Graph =>
  graph.nodes.flatMap(({ attributes }) => Object.values(attributes).flatMap((attribute) => (attribute.kind === "graph" ? [attribute.value] : [])))[0]!;
const namesOf = ({ initializers }: Graph) => initializers.map(({ name }) => name).filter((name) => ["bias", "many", "w"].includes(name));

test("a constant moves into the loop that alone reads it, a small one is in both graphs, a large one stays outside", () => {
  expect(namesOf(model.graph).sort()).toEqual(["bias", "many", "w"]);
  const moved = placed(model);
  expect(namesOf(moved.graph).sort()).toEqual(["bias", "many"]);
  expect(namesOf(bodyOf(moved)).sort()).toEqual(["bias", "w"]);
});

test("the model itself stays as it was, and a model without subgraphs is not copied", () => {
  const before = namesOf(bodyOf(model));
  placed(model);
  expect(namesOf(bodyOf(model))).toEqual(before);
  const flat = buildGraph("flat", (g) => ({ y: g.add(g.input("x", f32([2])), 1) }));
  expect(placed(flat)).toBe(flat);
});

test("the engine computes the same with constants where they are read", async () => {
  let [a, b] = [1, -2];
  for (let step = 0; step < 3; step++) [a, b] = [a + 3 * b + 0.75, 2 * a + 4 * b];
  await withSession(model, {}, async (session) => {
    const { y } = await session.run({ x: tensorOf("float32", [1, 2], [1, -2]), at: tensorOf("int64", [1], [7]) });
    expect([...(y!.data as Float32Array)]).toEqual([a + 0.75, b]);
  });
});
