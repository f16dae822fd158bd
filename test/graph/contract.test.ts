import { describe, expect, it } from "vitest";
import { GraphBuilder, buildGraph } from "../../src/graph/builder.ts";
import { gradient } from "../../src/graph/gradient.ts";
import { type Node, type TensorType, type Value, f64 } from "../../src/graph/ir.ts";
import { type OpName, ops } from "../../src/graph/ops/index.ts";
import type { OpRule } from "../../src/graph/ops/rule.ts";
import { type Session, withSession } from "../../src/runtime/session.ts";
import { numbersOf, tensorOf } from "../../src/tensor/tensor.ts";
import { SignflipError } from "../../src/util/errors.ts";
import { gradientCases } from "./cases.ts";
import { givingFloat32, refusingFloat64, roundingFloat64, withoutFloat64 } from "./float64.ts";
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

describe("the operands that a rule names", () => {
  const g = new GraphBuilder("operands");
  const x = g.input("x", f64([2, 3]));

  it.each<[string, (Value | undefined)[], string]>([
    ["MatMul", [x], "MatMul: b is missing; it takes a, b"],
    ["Slice", [x, undefined, g.ints([1])], "Slice: starts is missing; it takes x, starts, ends, axes?, steps?"],
    ["Max", [], "Max: first is missing; it takes first, ...others"],
  ])("are asked for: %s", (op, inputs, message) => {
    expect(() => g.op(op, inputs)).toThrow(expect.objectContaining({ code: "SF_GRAPH", message }));
  });

  it("may be left out where the name says so", () => {
    expect(g.op("Clip", [x, undefined, g.scalar(1, "float64")])[0].type).toEqual(f64([2, 3]));
    expect(g.op("ReduceSum", [x])[0].type).toEqual(f64([1, 1]));
  });

  it.each(rules)("are there before a rule reads them: %s", (op, { infer }) => {
    const bare = { op, types: [], constants: [], ints: [], attributes: {}, outputs: 1 };
    const attempt = () => infer(bare);
    try {
      expect(attempt().length).toBeLessThanOrEqual(1);
    } catch (error) {
      expect(error).toBeInstanceOf(SignflipError);
    }
  });

  it("are asked for again before the gradient is written", () => {
    const b = new GraphBuilder("by hand");
    const a = b.input("a", f64([2]));
    const y: Value = { name: "y", type: f64([]) };
    b.append({ op: "Mul", inputs: [a], outputs: [y], attributes: {} });
    expect(() => gradient(b, y, [a])).toThrow(expect.objectContaining({ code: "SF_GRAPH", message: "Mul: b is missing; it takes a, b" }));
  });
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
        for (const node of model.graph.nodes) expect(ops, "a rule emits only operators that have rules").toHaveProperty([node.op]);
        const wrong = float32 ? "float64" : "float32";
        if (op !== "Cast" && op !== "Dropout") expect(values(model.graph).filter((value) => value.type.element === wrong)).toEqual([]);
        const symbolic = Object.values(inputs).some((shape) => shape.some((dim) => typeof dim === "string"));
        await withSession(model, { threads: 1 }, async (session) => {
          for (const [seed, sized] of (symbolic ? (sizes ?? [{ n: 2 }, { n: 3 }]) : [{}]).entries()) {
            const feeds = Object.fromEntries(
              Object.entries(inputs).map(([name, shape], i) => [name, drawTensor(element, fix(shape, sized), draw, 10 * seed + i)]),
            );
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

/** Operators with cases in float32 for the element types of their outputs. */
const byType = new Set(["Cast", "LayerNormalization", ...givingFloat32]);

describe("operators that are checked in float32", () => {
  it("are those, and only those, that ONNX Runtime's CPU cannot compute in float64", async () => {
    const lacking = new Set<string>();
    for (const [op, cases = []] of Object.entries(gradientCases)) {
      const [example] = cases;
      const inputs = Object.fromEntries(Object.entries(example!.inputs).map(([name, shape]): [string, TensorType] => [name, f64(shape)]));
      const model = buildGraph(op, (g) => {
        const built = example!.build(g, Object.fromEntries(Object.entries(inputs).map(([name, type]) => [name, g.input(name, type)])));
        return { y: Array.isArray(built) ? (built as Value[])[0]! : (built as Value) };
      });
      const compute = async (session: Session) => {
        if (!roundingFloat64.has(op) && !refusingFloat64.has(op)) return;
        const feeds = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, drawTensor("float64", fix(shape!, { n: 2 }), "any", 1)]));
        const x = Object.keys(inputs)[0]!;
        const moved = tensorOf(
          "float64",
          feeds[x]!.shape,
          numbersOf(feeds[x]!).map((value) => value * (1 + 1e-13)),
        );
        const [{ y }, { y: same }] = [await session.run(feeds), await session.run({ ...feeds, [x]: moved })];
        expect(numbersOf(same!), `${op} does not see small steps`).toEqual(numbersOf(y!));
        lacking.add(op);
      };
      await withSession(model, { threads: 1 }, compute).catch((error: Error) => {
        expect(error.message).toMatch(/Could not find an implementation|Type 'tensor\(double\)'.* is invalid|does not support double|Failed to find kernel/);
        lacking.add(op);
      });
    }
    expect([...lacking].toSorted()).toEqual([...withoutFloat64].toSorted());
    for (const [op, cases] of Object.entries(gradientCases))
      for (const { what, float32 } of cases) if (!byType.has(op)) expect([op, what, float32 !== undefined]).toEqual([op, what, lacking.has(op)]);
  });
});

describe("operators without gradient", () => {
  it("stop the walk where the derivative is zero almost everywhere", () => {
    const g = new GraphBuilder("stop");
    const x = g.input("x", { element: "float64", shape: [2] });
    const [dx] = gradient(g, g.reduceSum(g.op("Floor", [x])[0], undefined, false), [x]);
    expect(dx.producer?.op).toBe("Expand");
  });
});
