import { SignflipError } from "../../util/errors.ts";
import { stringOf } from "../attributes.ts";
import { type Attributes, type Dim, type Value, string } from "../ir.ts";
import { broadcastShapes } from "../shape.ts";
import { sharedElement } from "./elementwise.ts";
import { expandLike, rankOf } from "./like.ts";
import { type GraphBuilder, defineOp } from "./rule.ts";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const fail = (why: string): never => {
  throw new SignflipError("SF_GRAPH", `Einsum: ${why}`);
};

interface Equation {
  /** One letter per axis of each operand; an ellipsis has been given letters of its own, the last ones where an operand has fewer. */
  readonly terms: readonly string[];
  readonly output: string;
}

function parse(attributes: Attributes, ranks: readonly number[]): Equation {
  const equation = stringOf(attributes, "equation", "").replaceAll(" ", "");
  const [left = "", right] = equation.split("->");
  const terms = left.split(",");
  if (terms.length !== ranks.length) fail(`the equation ${equation} has ${terms.length} terms for ${ranks.length} operands`);
  const free = [...letters].filter((letter) => !equation.includes(letter)).join("");
  const hidden = terms.map((term, k) => {
    const rest = ranks[k]! - term.replace("...", "").length;
    if (rest < 0 || (rest > 0 && !term.includes("...")))
      fail(`${term || "an empty term"} of the equation ${equation} names the axes of an operand of rank ${ranks[k]}`);
    return rest;
  });
  const most = free.slice(0, Math.max(...hidden));
  const once = [...letters].filter((letter) => left.split(letter).length === 2).join("");
  const output = right ?? `...${once}`;
  return { terms: terms.map((term, k) => term.replace("...", most.slice(most.length - hidden[k]!))), output: output.replace("...", most) };
}

const unique = (term: string) => [...new Set(term)].join("");

/** A gradient along the distinct letters of a term, put on the diagonals of those that the term repeats. */
function onDiagonals(g: GraphBuilder, dx: Value, term: string, x: Value): Value {
  const seen = new Set<string>();
  let result = dx;
  for (const [axis, letter] of [...term].entries()) {
    if (!seen.has(letter)) {
      seen.add(letter);
      continue;
    }
    // dx[…, i, …, j, …] = dx[…, i, …]·[i = j], written with a column of positions along each of the two axes.
    result = g.unsqueeze(result, [axis]);
    const along = (at: number) => {
      const size = g.squeeze(g.slice(g.shape(x), [at], [at + 1], [0]), [0]);
      const positions = g.op("Range", [g.int(0), size, g.int(1)])[0];
      const others = Array.from({ length: rankOf("Einsum", result) }, (_, i) => i).filter((i) => i !== at);
      return g.unsqueeze(positions, others);
    };
    result = g.mul(result, g.cast(g.equal(along(term.indexOf(letter)), along(axis)), dx.type.element));
  }
  return result;
}

/**
 * y = Σ a·b·… over the letters of the equation that its output has not.
 * da = the same with dy in a's place and a's letters as the output: y = Σ_j a_ij·b_jk has da = Σ_k dy_ik·b_jk.
 */
export const Einsum = defineOp({
  operands: ["first", "...others"],
  infer: ({ op, types, attributes }) => {
    const element = sharedElement(op, types);
    const shapes = types.map(({ shape }) => shape);
    if (!shapes.every((shape) => shape !== undefined)) return [{ element, shape: undefined }];
    const { terms, output } = parse(
      attributes,
      shapes.map((shape) => shape.length),
    );
    const sizes = new Map<string, Dim>();
    for (const [k, term] of terms.entries())
      for (const [axis, letter] of [...term].entries()) {
        const dim = shapes[k]![axis]!;
        sizes.set(letter, broadcastShapes(`Einsum, index ${letter}`, [sizes.get(letter) ?? dim], [dim])![0]!);
      }
    return [{ element, shape: [...output].map((letter) => sizes.get(letter) ?? fail(`no operand has the index ${letter} of the output`)) }];
  },
  vjp: (g, { inputs, dy, attributes, wanted }) => {
    const { terms, output } = parse(
      attributes,
      inputs.map((x) => rankOf("Einsum", x)),
    );
    return inputs.map((x, k) => {
      if (!wanted[k]) return undefined;
      const term = terms[k]!;
      const factors = [{ value: dy, term: output }, ...inputs.flatMap((value, j) => (j === k ? [] : [{ value, term: terms[j]! }]))];
      const arrays = factors.filter((factor) => factor.term !== "");
      const kept = [...unique(term)].filter((letter) => arrays.some((factor) => factor.term.includes(letter))).join("");
      const product =
        arrays.length === 0
          ? undefined
          : g.op(
              "Einsum",
              arrays.map(({ value }) => value),
              { equation: string(`${arrays.map((factor) => factor.term).join(",")}->${kept}`) },
            )[0];
      const scaled = factors.filter((factor) => factor.term === "").reduce((a: Value | undefined, { value }) => (a ? g.mul(a, value) : value), product)!;
      // Letters that only this operand has were summed over: every element gets the same.
      const summed = [...unique(term)].flatMap((letter, axis) => (kept.includes(letter) ? [] : [axis]));
      const dx = summed.length > 0 ? g.unsqueeze(scaled, summed) : scaled;
      return expandLike(g, onDiagonals(g, dx, term, x), x);
    });
  },
  broadcasts: true,
});
