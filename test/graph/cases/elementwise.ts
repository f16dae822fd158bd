import type { GraphBuilder } from "../../../src/graph/builder.ts";
import { type Value, int } from "../../../src/graph/ir.ts";
import type { Draw } from "../support.ts";
import { type Cases, type GradientCase, activations, binary, example, f32, maskOf, unary } from "./case.ts";

/** An operator on one tensor, with the numbers brought to where a function is defined. */
const within = (op: string, prepare: (g: GraphBuilder, x: Value) => Value, draw: Draw = "any"): GradientCase[] =>
  unary(op, {}, { draw, ...f32(op) }).map((each) => ({ ...each, build: (g, { x }) => g.op(op, [prepare(g, x!)])[0] }));
const inside = (g: GraphBuilder, x: Value) => g.mul(x, 0.45);

export const elementwiseCases = {
  Acos: within("Acos", inside),
  Acosh: within("Acosh", (g, x) => g.add(x, 1.2), "positive"),
  Asin: within("Asin", inside),
  Asinh: unary("Asinh", {}, f32("Asinh")),
  Atan: unary("Atan", {}, f32("Atan")),
  Atanh: within("Atanh", inside),
  CastLike: [example("to the same type", { x: [2], like: [] }, (g, { x, like }) => g.mul(g.op("CastLike", [x, like])[0], like))],
  Cosh: unary("Cosh", {}, f32("Cosh")),
  Mod: binary("Mod", { draw: "positive" }).map((each) => ({ ...each, build: (g, { a, b }) => g.op("Mod", [g.mul(a!, 5), g.add(b!, 1)], { fmod: int(1) })[0] })),
  Sinh: unary("Sinh", {}, f32("Sinh")),
  Tan: unary("Tan", {}, f32("Tan")).map((each) => ({ ...each, build: (g, { x }) => g.op("Tan", [inside(g, x!)])[0] })),
  Abs: unary("Abs"),
  Add: binary("Add"),
  Cast: [
    example("to the same type", { x: [2] }, (g, { x }) => g.op("Cast", [x], { to: int(11) })),
    example("to another type and back", { x: [2] }, (g, { x }) => g.cast(g.mul(g.cast(x, "float64"), 3), "float32"), { float32: "the other type is float64" }),
    example("a mask", { x: [4] }, (g, { x }) => g.mul(x, g.cast(maskOf(g, x), x.type.element))),
  ],
  Clip: [
    example("both bounds", { x: [6] }, (g, { x }) => g.clip(x, -0.5, 0.7)),
    example("a low bound", { x: [6] }, (g, { x }) => g.clip(x, -0.5)),
    example("a high bound", { x: ["n", 3] }, (g, { x }) => g.clip(x, undefined, 0.4)),
    example("no bound", { x: [3] }, (g, { x }) => g.clip(x)),
    example("bounds that are values", { x: [2, 4], low: [], high: [] }, (g, { x, low, high }) => g.clip(x, g.sub(low, 1), g.add(high, 1))),
    example("bounds that cross", { x: [6], low: [], high: [] }, (g, { x, low, high }) => g.clip(x, g.add(low, 2), g.sub(high, 2))),
  ],
  Cos: unary("Cos"),
  Div: binary("Div", { draw: "positive" }),
  Erf: activations("Erf", []),
  Exp: unary("Exp"),
  Log: unary("Log", {}, { draw: "positive" }),
  Max: [
    ...binary("Max"),
    example("three", { a: [2, 3], b: [3], c: [] }, (g, { a, b, c }) => g.op("Max", [a, b, c])),
    example("one", { a: [2] }, (g, { a }) => g.op("Max", [a])),
  ],
  Mean: [...binary("Mean", f32("Mean")), example("three", { a: [2, 3], b: [3], c: [] }, (g, { a, b, c }) => g.op("Mean", [a, b, c]), f32("Mean"))],
  Min: [...binary("Min"), example("three", { a: [2, 3], b: [3], c: [] }, (g, { a, b, c }) => g.op("Min", [a, b, c]))],
  Mul: [...binary("Mul"), example("a square", { a: [3] }, (g, { a }) => g.mul(a, a))],
  Neg: unary("Neg"),
  Pow: [
    ...binary("Pow", { draw: "positive" }),
    ...[0, 1, 2, 3, -1, 0.5, 2.5].map((power) => example(`to the power ${power}`, { x: [2, 3] }, (g, { x }) => g.pow(x, power), { draw: "positive" })),
    ...[2, 3, 5, -2].map((power) => example(`of numbers of both signs, to the power ${power}`, { x: [5] }, (g, { x }) => g.pow(x, power))),
    example("to a whole number of another type", { x: [3] }, (g, { x }) => g.op("Pow", [x, g.int(3)])),
    example("to the power of a vector of whole numbers", { x: [2, 3] }, (g, { x }) => g.op("Pow", [x, g.ints([2, 0, 3])])),
  ],
  Reciprocal: unary("Reciprocal", {}, { draw: "positive" }),
  Sin: unary("Sin"),
  Sqrt: unary("Sqrt", {}, { draw: "positive" }),
  Sub: binary("Sub"),
  Sum: [...binary("Sum"), example("three", { a: [2, 3], b: [3], c: [] }, (g, { a, b, c }) => g.op("Sum", [a, b, c]))],
  Where: [
    ...(["one shape", "a row", "a scalar"] as const).map((what, i) =>
      example(what, { a: [2, 3], b: [[2, 3], [3], []][i]! }, (g, { a, b }) => g.where(maskOf(g, a), a, b)),
    ),
    example("a mask that broadcasts", { m: ["n", 1], a: [2], b: ["n", 2] }, (g, { m, a, b }) => g.where(maskOf(g, m), a, b)),
  ],
} satisfies Cases;
