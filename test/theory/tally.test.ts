import { describe, expect, it } from "vitest";
import { tallyInWords, tallyOf } from "../../src/theory/tally.ts";

const statement = (id: string, holds: boolean, vacuous = false) => ({ id, holds, vacuous });

describe("tallyOf", () => {
  it("counts a vacuous statement neither as held nor as broken", () => {
    const tally = tallyOf([statement("a", true), statement("b", false), statement("c", true, true), statement("d", false, true)]);
    expect(tally).toEqual({ speaking: 2, holding: 1, vacuous: 2, broken: ["b"] });
    expect(tallyInWords(tally)).toBe("1 of 2 bounds hold (not b), 2 vacuous");
  });

  it("reads well at the ends", () => {
    expect(tallyInWords(tallyOf([statement("a", true)]))).toBe("1 of 1 bound holds, 0 vacuous");
    expect(tallyInWords(tallyOf([statement("a", true, true), statement("b", false, true)]))).toBe("2 of 2 bounds vacuous");
  });
});
