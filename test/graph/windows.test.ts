import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GraphBuilder, buildGraph } from "../../src/graph/builder.ts";
import { gradient, vectorJacobian } from "../../src/graph/gradient.ts";
import { type Attributes, type Value, f32, int, ints, string } from "../../src/graph/ir.ts";
import { withSession } from "../../src/runtime/session.ts";
import { numbersOf, tensorOf } from "../../src/tensor/tensor.ts";
import { checkGradient, drawTensor, run, withGradient } from "./support.ts";

const seeds = { seed: 20220607 };

/** A convolution is linear in x and in w: a large step has no error but that of rounding. */
const linear = { step: 0.5, tolerance: 1e-3 };

interface Layer {
  readonly n: number;
  readonly group: number;
  readonly channels: readonly [number, number];
  readonly axes: readonly { size: number; kernel: number; stride: number; dilation: number; before: number; after: number }[];
  readonly auto: string;
  readonly known: boolean;
  readonly draw: number;
}
const small = (min: number, max: number) => fc.integer({ min, max });
const layers: fc.Arbitrary<Layer> = fc.record({
  n: small(1, 2),
  group: small(1, 2),
  channels: fc.tuple(small(1, 2), small(1, 3)),
  axes: fc.array(fc.record({ size: small(1, 6), kernel: small(1, 3), stride: small(1, 3), dilation: small(1, 2), before: small(0, 2), after: small(0, 2) }), {
    minLength: 1,
    maxLength: 2,
  }),
  auto: fc.constantFrom("NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"),
  known: fc.boolean(),
  draw: fc.nat(1000),
});

const attributesOf = ({ axes, auto }: Layer): Attributes => ({
  kernel_shape: ints(axes.map(({ kernel }) => kernel)),
  strides: ints(axes.map(({ stride }) => stride)),
  dilations: ints(axes.map(({ dilation }) => dilation)),
  ...(auto === "NOTSET" ? { pads: ints([...axes.map(({ before }) => before), ...axes.map(({ after }) => after)]) } : { auto_pad: string(auto) }),
});
/** Windows must fit, and the engine dilates none with SAME. */
const fits = ({ axes, auto }: Layer) =>
  (!auto.startsWith("SAME") || axes.every(({ dilation }) => dilation === 1)) &&
  axes.every(({ size, kernel, dilation, before, after }) => size + (auto === "NOTSET" ? before + after : 0) >= (kernel - 1) * dilation + 1);
const shapeOf = ({ known, axes }: Layer, first: (number | string)[]) => [...first, ...axes.map(({ size }, i) => (known ? size : `size${i}`))];

/** The gradient of an operator on x and on weights of a shape, as central differences have it. */
async function agrees(op: string, layer: Layer, weights: number[], attributes: Attributes, second: boolean): Promise<void> {
  const { n, channels, group, axes, draw } = layer;
  const c = channels[0] * group;
  const model = withGradient({
    inputs: { x: f32(shapeOf(layer, ["n", c])), w: f32(weights) },
    build: (g, { x, w }) => {
      const y = g.op(op, [x, w], attributes)[0];
      return second ? gradient(g, g.reduceSum(g.mul(y, y), undefined, false), [x!, w!]) : y;
    },
  });
  const feeds = { x: drawTensor("float32", [n, c, ...axes.map(({ size }) => size)], "any", draw), w: drawTensor("float32", weights, "any", draw + 1) };
  await withSession(model, { threads: 1 }, (session) => checkGradient(session, model, feeds, linear, draw));
}

describe("convolutions of any geometry", () => {
  it("have the gradient that differences say, and their gradients have theirs", async () => {
    await fc.assert(
      fc.asyncProperty(layers.filter(fits), fc.boolean(), async (layer, second) => {
        const { channels, group, axes } = layer;
        const weights = [channels[1] * group, channels[0], ...axes.map(({ kernel }) => kernel)];
        await agrees("Conv", layer, weights, { ...attributesOf(layer), group: int(group) }, second);
      }),
      { ...seeds, numRuns: 25 },
    );
  });

  it("transposed, too", async () => {
    await fc.assert(
      fc.asyncProperty(layers, fc.boolean(), async (given, second) => {
        // Padding must leave something, and outputs of a size that follows from SAME are in the table of cases.
        const layer = {
          ...given,
          auto: "NOTSET",
          axes: given.axes.map((axis) => ({ ...axis, size: axis.size + 2, before: 0, after: Math.min(axis.after, 1) })),
        };
        const { channels, group, axes } = layer;
        const weights = [channels[0] * group, channels[1], ...axes.map(({ kernel }) => kernel)];
        const extra = axes.map(({ stride }, i) => (layer.draw + i) % stride);
        await agrees("ConvTranspose", layer, weights, { ...attributesOf(layer), group: int(group), output_padding: ints(extra) }, second);
      }),
      { ...seeds, numRuns: 25 },
    );
  });
});

describe("pooling of any geometry", () => {
  const pools = fc.record({ layer: layers.filter(fits), ceil: fc.boolean(), padding: fc.boolean() });
  const check = async (op: string, { layer, ceil, padding }: { layer: Layer; ceil: boolean; padding: boolean }) => {
    // Padding may not hold a whole window.
    const axes = layer.axes.map((axis) => ({ ...axis, before: Math.min(axis.before, axis.kernel - 1), after: Math.min(axis.after, axis.kernel - 1) }));
    const chosen = { ...layer, axes };
    if (!fits(chosen)) return;
    const attributes: Attributes = {
      ...attributesOf(chosen),
      ...(layer.auto === "NOTSET" ? { ceil_mode: int(+ceil) } : {}),
      ...(op === "AveragePool" ? { count_include_pad: int(+padding) } : {}),
    };
    const element = op === "MaxPool" && layer.draw % 2 === 0 ? "float64" : "float32";
    const model = withGradient({ inputs: { x: { element, shape: shapeOf(chosen, ["n", 2]) } }, build: (g, { x }) => g.op(op, [x], attributes) });
    const x = drawTensor(element, [layer.n, 2, ...axes.map(({ size }) => size)], "distinct", layer.draw);
    const precision = op === "MaxPool" ? { step: 0.1, tolerance: 1e-3 } : linear;
    await withSession(model, { threads: 1 }, (session) => checkGradient(session, model, { x }, precision, layer.draw));
  };

  for (const op of ["MaxPool", "AveragePool"])
    it(`${op} has the gradient that differences say`, async () => {
      await fc.assert(
        fc.asyncProperty(pools, (pool) => check(op, pool)),
        { ...seeds, numRuns: 25 },
      );
    });
});

describe("where elements tie for the largest", () => {
  const gradientOf = async (build: (g: GraphBuilder, x: Value) => Value, shape: number[], element: "float32" | "float64") => {
    const model = buildGraph("ties", (g) => {
      const x = g.input("x", { element, shape });
      const y = build(g, x);
      return { dx: vectorJacobian(g, [y], [g.expand(g.scalar(1, element), g.shape(y))], [x])[0] };
    });
    return numbersOf(
      (
        await run(model, {
          x: tensorOf(
            element,
            shape,
            Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 1),
          ),
        })
      )["dx"]!,
    );
  };

  it.each(["float32", "float64"] as const)("MaxPool gives all of dy to the first, as PyTorch does (%s)", async (element) => {
    const pool = (attributes: Attributes) => (g: GraphBuilder, x: Value) => g.op("MaxPool", [x], { kernel_shape: ints([2, 2]), ...attributes })[0];
    expect(await gradientOf(pool({ strides: ints([2, 2]) }), [1, 1, 2, 4], element)).toEqual([1, 0, 1, 0, 0, 0, 0, 0]);
    expect(await gradientOf(pool({}), [1, 1, 3, 3], element)).toEqual([1, 1, 0, 1, 1, 0, 0, 0, 0]);
  });

  it("GlobalMaxPool too", async () => {
    expect(await gradientOf((g, x) => g.op("GlobalMaxPool", [x])[0], [1, 2, 1, 3], "float32")).toEqual([1, 0, 0, 1, 0, 0]);
  });
});
