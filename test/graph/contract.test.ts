import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../src/graph/builder.ts";
import { gradient } from "../../src/graph/gradient.ts";
import type { Node } from "../../src/graph/ir.ts";
import { type OpName, ops } from "../../src/graph/ops/index.ts";
import type { OpRule } from "../../src/graph/ops/rule.ts";
import { withSession } from "../../src/runtime/session.ts";
import { gradientCases } from "./cases.ts";
import { checkGradient, coarse, drawTensor, fix, precise, withGradient } from "./support.ts";

const rules = Object.entries(ops) as [OpName, OpRule][];

describe("the registry of operators", () => {
  it("is in alphabetical order", () => {
    expect(Object.keys(ops)).toEqual(Object.keys(ops).toSorted());
  });

  for (const [op, { vjp }] of rules) {
    if ("none" in vjp) {
      it(`${op} says why it has no gradient, and has no cases`, () => {
        expect(vjp.because.length).toBeGreaterThan(10);
        expect(gradientCases[op]).toBeUndefined();
      });
    } else {
      it(`${op} has cases`, () => expect(gradientCases[op]?.length ?? 0).toBeGreaterThan(0));
    }
  }
});

describe("gradients agree with central differences", () => {
  for (const [op, cases] of Object.entries(gradientCases)) {
    for (const { what, inputs, build, draw = "any", sizes, float32 } of cases) {
      it(`${op}: ${what}${float32 ? " (float32)" : ""}`, async () => {
        const element = float32 ? "float32" : "float64";
        let nodes: Node[] = [];
        const model = withGradient({
          inputs: Object.fromEntries(Object.entries(inputs).map(([name, shape]) => [name, { element, shape }])),
          build: (g, values) => {
            const built = build(g, values);
            nodes = [...g.graph.nodes];
            return built;
          },
        });
        expect(nodes.map((node) => node.op)).toContain(op);
        for (const node of model.graph.nodes) expect(ops, "a rule emits only operators that have rules").toHaveProperty(node.op);
        const wrong = float32 ? "float64" : "float32";
        if (op !== "Cast" && op !== "Dropout") expect(values(model.graph).filter((value) => value.type.element === wrong)).toEqual([]);
        const symbolic = Object.values(inputs).some((shape) => shape.some((dim) => typeof dim === "string"));
        await withSession(model, { threads: 1 }, async (session) => {
          for (const [seed, sized] of (symbolic ? (sizes ?? [{ n: 2 }, { n: 3 }]) : [{}]).entries()) {
            const feeds = Object.fromEntries(Object.entries(inputs).map(([name, shape], i) => [name, drawTensor(element, fix(shape, sized), draw, 10 * seed + i)]));
            await checkGradient(session, model, feeds, float32 ? coarse : precise, seed);
          }
        });
      });
    }
  }
});

function values(graph: GraphBuilder["graph"]) {
  return [...graph.inputs, ...graph.initializers, ...graph.nodes.flatMap((node) => node.outputs)];
}

describe("operators without gradient", () => {
  it("stop the walk where the derivative is zero almost everywhere", () => {
    const g = new GraphBuilder("stop");
    const x = g.input("x", { element: "float64", shape: [2] });
    const [dx] = gradient(g, g.reduceSum(g.op("Floor", [x])[0]!, undefined, false), [x]);
    expect(dx!.producer?.op).toBe("Expand");
  });
});
