import { defineMethod } from "./method.ts";

/** ∂ value / ∂ x_j. */
export const gradientMethod = defineMethod({
  summary: "the gradient itself (Simonyan, Vedaldi & Zisserman 2013)",
  defaults: {},
  async attribute({ x, slopes }) {
    const { value, gradient } = await slopes(x);
    return { attributions: gradient, value: value[0]! };
  },
});
