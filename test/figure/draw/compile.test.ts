import { expect, it } from "vitest";
import { compileFigure } from "../../../src/figure/draw/compile.ts";

it("keeps what Vega-Lite complains about", () => {
  const { warnings, vega } = compileFigure({
    data: { values: [{ a: 1 }] },
    mark: "bar",
    encoding: { x: { field: "a", type: "quantitative" }, shape: { field: "a", type: "nominal" } },
  });
  expect(warnings).toEqual(['shape dropped as it is incompatible with "bar".']);
  expect(vega.marks?.length).toBe(1);
});
