import { describe, expect, it } from "vitest";
import { drawingOf, isThemed, paletteRules } from "../../src/report/picture.ts";

const drawn = (ink: string, ground: string) =>
  `<svg><rect fill="${ground}" aria-label="of a reader"></rect><path stroke="${ink}" fill="none"></path><g clip-path="url(#clip1)"></g><clipPath id="clip1"></clipPath></svg>`;

describe("drawingOf", () => {
  it("refers to a color of both screens by a variable that falls back to the light one", () => {
    const drawing = drawingOf(drawn("#111", "white"), drawn("#eee", "#14161a"), "one");
    expect(drawing.svg).toContain('<rect fill="var(--cwhite-14161a,white)"></rect><path stroke="var(--c111-eee,#111)" fill="none">');
    expect(isThemed(drawing)).toBe(true);
    expect(paletteRules([drawing])).toBe("@media screen and (prefers-color-scheme: dark) { :root { --cwhite-14161a: #14161a; --c111-eee: #eee; } }");
  });

  it("gives ids a prefix of their own, so that two pictures of one page do not clip each other", () => {
    expect(drawingOf(drawn("#111", "white"), drawn("#111", "white"), "one").svg).toContain('clip-path="url(#one-id0)"></g><clipPath id="one-id0">');
  });

  it("keeps the light drawing where there is no dark one, or one that differs in more than colors", () => {
    const same = drawingOf(drawn("#111", "white"), drawn("#111", "white"), "one");
    expect([isThemed(same), paletteRules([same])]).toEqual([false, ""]);
    const other = drawingOf(drawn("#111", "white"), `${drawn("#eee", "black")}<g></g>`, "one");
    expect(isThemed(other)).toBe(false);
    expect(other.svg).toContain('stroke="#111"');
  });
});
