import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GraphBuilder, type LoopBody, buildGraph } from "../../src/graph/builder.ts";
import { gradient } from "../../src/graph/gradient.ts";
import { type Dim, type TensorType, type Value, f64, i64 } from "../../src/graph/ir.ts";
import { withSession } from "../../src/runtime/session.ts";
import { isFloat, numbersOf, tensorOf } from "../../src/tensor/tensor.ts";
import { gradientCases } from "./cases.ts";
import { type Feeds, checkGradient, drawTensor, fix, precise, run, withGradient } from "./support.ts";

const seeds = { seed: 20220607 };

interface Broadcast {
  readonly op: string;
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** Which dimensions the graph is told. */
  readonly known: readonly boolean[];
  readonly draw: number;
}

/** Two shapes that broadcast: those of a result, with leading axes left out and some sizes 1. */
const broadcasts: fc.Arbitrary<Broadcast> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom("both", "a", "b")), { maxLength: 4 })
  .chain((axes) =>
    fc.record({
      op: fc.constantFrom("Add", "Sub", "Mul", "Div", "Pow", "Max", "Min"),
      a: fc.nat(axes.length).map((skip) => axes.slice(skip).map(([size, who]) => (who === "b" ? 1 : size))),
      b: fc.nat(axes.length).map((skip) => axes.slice(skip).map(([size, who]) => (who === "a" ? 1 : size))),
      known: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      draw: fc.nat(1000),
    }),
  );

describe("broadcasting", () => {
  it("any two shapes, each dimension known or not", async () => {
    await fc.assert(
      fc.asyncProperty(broadcasts, async ({ op, a, b, known, draw }) => {
        const told = (shape: readonly number[], name: string, from: number): Dim[] => shape.map((dim, axis) => (known[from + axis] ? dim : `${name}${axis}`));
        const model = withGradient({
          inputs: { a: f64(told(a, "a", 0)), b: f64(told(b, "b", 4)) },
          build: (g, inputs) => g.op(op, [inputs["a"], inputs["b"]]),
        });
        await withSession(model, { threads: 1 }, (session) =>
          checkGradient(session, model, { a: drawTensor("float64", a, "positive", draw), b: drawTensor("float64", b, "positive", draw + 1) }, precise),
        );
      }),
      { ...seeds, numRuns: 60 },
    );
  });
});

const sine = (g: GraphBuilder, x: Value): Value => g.op("Sin", [x])[0];

/** Smooth steps of a random program: each reads one or two of the values before it, all of shape [n, 3]. */
const steps: Readonly<Record<string, (g: GraphBuilder, a: Value, b: Value) => Value>> = {
  add: (g, a, b) => g.add(a, b),
  mul: (g, a, b) => g.mul(a, g.sigmoid(b)),
  div: (g, a, b) => g.div(a, g.add(g.mul(b, b), 1)),
  tanh: (g, a) => g.tanh(a),
  softmax: (g, a) => g.softmax(a),
  logSoftmax: (g, a, b) => g.mul(g.logSoftmax(a, 0), b),
  centre: (g, a) => g.sub(a, g.reduceMean(a, [0])),
  norm: (g, a, b) => g.div(a, g.add(g.reduceL2(b, [1]), 1)),
  logSumExp: (g, a, b) => g.add(a, g.op("ReduceLogSumExp", [b, g.ints([-1])])[0]),
  product: (g, a, b) => g.matMul(g.tanh(g.matMul(a, g.transpose(b))), b),
  columns: (g, a, b) => g.concat([g.slice(a, [1], [3], [1]), g.gather(b, g.ints([0]), 1)], 1),
  turn: (g, a) => g.reshape(g.transpose(sine(g, a)), g.shape(a)),
  power: (g, a, b) => g.pow(g.add(g.mul(a, a), 1), g.tanh(b)),
  choose: (g, a, b) => g.where(g.greater(g.reduceSum(a, [1]), 0), g.mul(a, b), b),
  sine,
};

interface Program {
  readonly steps: readonly (readonly [name: string, a: number, b: number])[];
  readonly n: number;
  readonly draw: number;
}
const programs: fc.Arbitrary<Program> = fc.record({
  steps: fc.array(fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.nat(20), fc.nat(20)), { minLength: 1, maxLength: 7 }),
  n: fc.integer({ min: 1, max: 3 }),
  draw: fc.nat(1000),
});

function write(g: GraphBuilder, program: Program, inputs: Readonly<Record<string, Value>>): Value {
  const values = Object.values(inputs);
  for (const [name, a, b] of program.steps) values.push(steps[name]!(g, values[a % values.length]!, values[b % values.length]!));
  return values.at(-1)!;
}
const programInputs: Record<string, TensorType> = { x: f64(["n", 3]), y: f64(["n", 3]) };
const programFeeds = ({ n, draw }: Program): Feeds => ({ x: drawTensor("float64", [n, 3], "any", draw), y: drawTensor("float64", [n, 3], "any", draw + 1) });

describe("random programs", () => {
  it("have the gradient that central differences say", async () => {
    await fc.assert(
      fc.asyncProperty(programs, async (program) => {
        const model = withGradient({ inputs: programInputs, build: (g, inputs) => write(g, program, inputs) });
        await withSession(model, { threads: 1 }, (session) => checkGradient(session, model, programFeeds(program), precise));
      }),
      { ...seeds, numRuns: 60 },
    );
  });

  it("have second derivatives", async () => {
    await fc.assert(
      fc.asyncProperty(programs, async (program) => {
        const model = withGradient({
          inputs: programInputs,
          build: (g, inputs) => gradient(g, g.reduceSum(write(g, program, inputs), undefined, false), Object.values(inputs)),
        });
        await withSession(model, { threads: 1 }, (session) => checkGradient(session, model, programFeeds(program), { step: 1e-5, tolerance: 1e-5 }));
      }),
      { ...seeds, numRuns: 30 },
    );
  });
});

describe("second derivatives of every operator", () => {
  for (const [op, cases] of Object.entries(gradientCases)) {
    const precisely = cases.filter(({ float32 }) => !float32);
    it.skipIf(precisely.length === 0)(`${op}${precisely.length === 0 ? ": has no float64 kernel" : ""}`, async () => {
      for (const { what, inputs, build, draw = "any", sizes = [{ n: 2 }] } of precisely) {
        // y² makes the second derivative of linear operators something other than zero.
        const model = withGradient({
          inputs: Object.fromEntries(Object.entries(inputs).map(([name, shape]) => [name, f64(shape)])),
          build: (g, values) => {
            const built = build(g, values);
            const squares = (Array.isArray(built) ? (built as readonly Value[]) : [built as Value])
              .filter((y) => isFloat(y.type.element))
              .map((y) => g.reduceSum(g.mul(y, y), undefined, false));
            return gradient(
              g,
              squares.reduce((a, b) => g.add(a, b)),
              Object.values(values),
            );
          },
        });
        const feeds = Object.fromEntries(Object.entries(inputs).map(([name, shape], i) => [name, drawTensor("float64", fix(shape, sizes[0]!), draw, i)]));
        try {
          await withSession(model, { threads: 1 }, (session) => checkGradient(session, model, feeds, { step: 1e-5, tolerance: 1e-5 }));
        } catch (error) {
          throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
        }
      }
    });
  }
});

/** ½‖tanh(W·x) − 1‖² */
const loss = (g: GraphBuilder, W: Value, x: Value) => g.mul(g.reduceSumSquare(g.sub(g.tanh(g.matMul(W, x)), 1), undefined, false), 0.5);

describe("gradients inside subgraphs", () => {
  const W = drawTensor("float64", [2, 3], "any", 1);
  const x = drawTensor("float64", [3], "any", 2);

  it("of values a loop carries: three steps of descent are three steps", async () => {
    const step = (b: GraphBuilder, W: Value, x: Value) => b.sub(x, b.mul(gradient(b, loss(b, W, x), [x])[0], 0.1));
    const model = buildGraph("descent", (g) => {
      const [w, start] = [g.input("W", f64([2, 3])), g.input("x", f64([3]))];
      const { state, scan } = g.loop(3, [start], (b, [x]) => {
        const next = step(b, w, x);
        return { state: [next], scan: [loss(b, w, next)] };
      });
      const unrolled = [0, 1, 2].reduce((x) => step(g, w, x), start);
      return { looped: state[0], losses: scan[0]!, unrolled };
    });
    const { looped, losses, unrolled } = await run(model, { W, x });
    expect(numbersOf(looped!)).toEqual(numbersOf(unrolled!));
    const [first, second, third] = numbersOf(losses!);
    expect(first! > second! && second! > third!).toBe(true);
  });

  it("of values of the outer graph, with part of the way outside: as computed outside", async () => {
    const model = buildGraph("outer", (g) => {
      const [w, start] = [g.input("W", f64([2, 3])), g.input("x", f64([3]))];
      const scaled = g.mul(w, 2);
      const { scan } = g.loop(2, [start], (b, [x]) => ({ state: [b.mul(x, 0.5)], scan: gradient(b, loss(b, scaled, x), [w]) }));
      const outside = (x: Value) => gradient(g, loss(g, scaled, x), [w])[0];
      return { inside: scan[0]!, first: outside(start), second: outside(g.mul(start, 0.5)) };
    });
    const { inside, first, second } = await run(model, { W, x });
    expect(inside!.shape).toEqual([2, 2, 3]);
    expect(numbersOf(inside!)).toEqual([...numbersOf(first!), ...numbersOf(second!)]);
  });

  it("in a branch", async () => {
    const model = buildGraph("branch", (g) => {
      const [w, at, first] = [g.input("W", f64([2, 3])), g.input("x", f64([3])), g.input("first", i64([]))];
      const [chosen] = g.if(
        g.equal(first, 1),
        (b) => gradient(b, loss(b, w, at), [at]),
        (b) => [b.neg(at)],
      );
      return { chosen: chosen, expected: gradient(g, loss(g, w, at), [at])[0] };
    });
    const taken = await run(model, { W, x, first: tensorOf("int64", [], [1]) });
    expect(numbersOf(taken["chosen"]!)).toEqual(numbersOf(taken["expected"]!));
    const other = await run(model, { W, x, first: tensorOf("int64", [], [0]) });
    expect(numbersOf(other["chosen"]!)).toEqual(numbersOf(x).map((number) => -number));
  });

  it("through a loop whose end is not fixed are refused, and say what to do", () => {
    buildGraph("through", (g) => {
      const [start, trips] = [g.input("x", f64([3])), g.input("trips", i64([]))];
      const refused = (why: string, limit: number | Value, body: (b: GraphBuilder, x: Value) => LoopBody) => {
        const { state } = g.loop(limit, [start], (b, [x]) => body(b, x));
        expect(() => gradient(g, g.reduceSum(state[0], undefined, false), [start])).toThrow(
          expect.objectContaining({ code: "SF_GRADIENT", message: expect.stringContaining(`${why}; export the model with the loop unrolled`) as string }),
        );
        return state[0];
      };
      const twice = (b: GraphBuilder, x: Value) => ({ state: [b.mul(x, 2)] });
      refused("its number of iterations is not fixed", trips, twice);
      refused("it has 2000 iterations, and a gradient is written out for up to 1000", 2000, twice);
      return { y: refused("a condition may end it early", 2, (b, x) => ({ ...twice(b, x), while: b.less(b.reduceSum(x, undefined, false), 9) })) };
    });
  });
});

describe("the walk", () => {
  it("gives zeros where nothing depends, and asks for a scalar", async () => {
    const model = buildGraph("zeros", (g) => {
      const [a, b] = [g.input("a", f64(["n"])), g.input("b", f64(["n", 2]))];
      expect(() => gradient(g, a, [a])).toThrow(expect.objectContaining({ code: "SF_GRADIENT" }));
      return { db: gradient(g, g.reduceSum(a, undefined, false), [b])[0] };
    });
    const { db } = await run(model, { a: tensorOf("float64", [2], [1, 2]), b: tensorOf("float64", [2, 2], [1, 2, 3, 4]) });
    expect(db).toEqual(tensorOf("float64", [2, 2], [0, 0, 0, 0]));
  });

  it("is refused in float16, which can be run but not added to", () => {
    buildGraph("half", (g) => {
      const x = g.input("x", { element: "float16", shape: [2] });
      const y = g.reduceSum(g.op("Relu", [x])[0], undefined, false);
      expect(() => gradient(g, y, [x])).toThrow(
        expect.objectContaining({ code: "SF_GRADIENT", message: expect.stringContaining("it is float16 []") as string }),
      );
      expect(() => g.mul(x, 2)).toThrow("graph half is float16, which can be run but not extended (for example by a gradient); convert it to float32");
      return { y };
    });
  });

  it("names an operator without a rule", () => {
    buildGraph("unknown", (g) => {
      const x = g.input("x", f64([2]));
      const y = g.op("NoSuchOperator", [x])[0];
      y.type = x.type;
      expect(() => gradient(g, g.reduceSum(y, undefined, false), [x])).toThrow(
        "no gradient through NoSuchOperator (its output nosuchoperator): this program has no rule for NoSuchOperator",
      );
      return { y };
    });
  });

  it("adds what reaches a value on several ways once each", async () => {
    const model = buildGraph("ways", (g) => {
      const x = g.input("x", f64([]));
      let y = x;
      for (let i = 0; i < 40; i++) y = g.add(y, y);
      return { dx: gradient(g, y, [x])[0] };
    });
    expect(model.graph.nodes.length).toBeLessThan(200);
    expect(numbersOf((await run(model, { x: tensorOf("float64", [], [1]) }))["dx"]!)).toEqual([2 ** 40]);
  });

  it("leaves out costly gradients that are not wanted", () => {
    const model = buildGraph("wanted", (g) => {
      const [x, W] = [g.input("x", f64([2, 3])), g.input("W", f64([3, 4]))];
      return { dW: gradient(g, g.reduceSum(g.matMul(x, W), undefined, false), [W])[0] };
    });
    expect(model.graph.nodes.filter(({ op }) => op === "Gemm" || op === "MatMul")).toHaveLength(1);
  });
});
