import { defineMethod } from "./method.ts";

/** x_j ∂ value / ∂ x_j: for a linear model without offset, what each number adds to the value. */
export const gradientXInput = defineMethod({
  summary: "the gradient times the input (Shrikumar, Greenside & Kundaje 2017)",
  defaults: {},
  async attribute({ x, slopes }) {
    const { value, gradient } = await slopes(x);
    return { attributions: gradient.map((slope, j) => slope * x[j]!), value: value[0]! };
  },
});
