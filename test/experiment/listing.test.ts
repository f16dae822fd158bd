import { describe, expect, it } from "vitest";
import { byTurns, listRuns, type Listing } from "../../src/experiment/listing.ts";
import { listings } from "../../src/experiment/listings.ts";
import { synthetic, syntheticRobust } from "../figure/synthetic.ts";
import { syntheticCone } from "../figure/synthetic-cone.ts";
import { syntheticTheory } from "../figure/synthetic-theory.ts";

interface Toy {
  readonly size: number;
  readonly rate?: number;
  readonly found: string;
}

const toy: Listing<Toy> = {
  heading: "Toys",
  intro: "One toy per line.",
  order: byTurns(({ size }) => size),
  columns: [
    { name: "Rate", value: ({ rate }) => (rate === undefined ? undefined : String(rate)), onlyIfVaried: true },
    { name: "Never", value: () => undefined },
    { name: "Size", value: ({ size }) => String(size), essential: true },
    { name: "Found", value: ({ found }) => found, essential: true, words: true },
  ],
};

describe("listRuns", () => {
  it("sorts runs, puts essential columns first and leaves out what says nothing", () => {
    const { table } = listRuns(toy, [
      { size: 2, rate: 1, found: "b" },
      { size: 1, rate: 1, found: "a" },
    ]);
    expect(table.columns).toEqual([
      { name: "Size", words: false, essential: true },
      { name: "Found", words: true, essential: true },
    ]);
    expect(table.rows).toEqual([
      ["1", "a"],
      ["2", "b"],
    ]);
  });

  it("shows what varies, with a dash where a run has no such thing", () => {
    const { table } = listRuns(toy, [
      { size: 1, found: "a" },
      { size: 1, rate: 3, found: "a" },
    ]);
    expect(table.columns.map(({ name }) => name)).toEqual(["Size", "Found", "Rate"]);
    expect(table.rows).toEqual([
      ["1", "a", "–"],
      ["1", "a", "3"],
    ]);
  });

  it("lists runs once that no column tells apart", () => {
    expect(
      listRuns(
        toy,
        Array.from({ length: 3 }, () => ({ size: 1, found: "a" })),
      ).table.rows,
    ).toEqual([["1", "a"]]);
  });
});

describe("listings", () => {
  const robust = syntheticRobust({ sizes: [5, 28], eps: [0.1, 0.4], m: [1000, 2000], radius: [0.1, 0.4], seeds: 1, method: "fast", train: 2000 });
  const flips = synthetic({ sizes: [5, 10], seeds: 2 });
  const theory = syntheticTheory({ d: [16, 64] });
  const all = listings([...robust, ...theory, ...syntheticCone(), ...flips]);
  const namesOf = (at: number) => all[at]!.table.columns.map(({ name }) => name);

  it("has a table for each kind that there is", () => {
    expect(all.map(({ heading }) => heading)).toEqual(["Trained by SGD", "Robust accuracy", "The theory, checked", "Out of the ball and the cone"]);
    expect(all.map(({ table }) => table.rows.length)).toEqual([flips.length, robust.length, theory.length, syntheticCone().length]);
    expect(listings(robust).map(({ heading }) => heading)).toEqual(["Robust accuracy"]);
  });

  it("shows the setting and what was measured first", () => {
    expect(namesOf(0).slice(0, 7)).toEqual(["d", "m", "C₀", "Seed", "‖∇f(x)‖", "|η|", "‖δ‖/‖x‖"]);
    expect(namesOf(1).slice(0, 6)).toEqual(["d", "m", "ε", "V", "Robust test", "Clean test"]);
    expect(namesOf(2).slice(0, 6)).toEqual(["d", "m", "C₀", "γ", "Hold", "Vacuous"]);
    expect(namesOf(3).slice(4, 6)).toEqual(["Deviation, in radii", "Cone distance, in radii"]);
  });

  it("sets apart what differs between studies, and only then", () => {
    expect(namesOf(0)).not.toContain("Inputs");
    const both = listings([...flips, ...synthetic({ sizes: [28], m: [1000], normalize: true })]);
    expect(both[0]!.table.columns.map(({ name }) => name)).toContain("Inputs");
  });

  it("counts a statement that holds among those that say something", () => {
    const [, hold, vacuous] = ["γ", "Hold", "Vacuous"].map((name) => namesOf(2).indexOf(name));
    for (const row of all[2]!.table.rows) {
      const [, of] = row[hold!]!.split(" of ").map(Number);
      expect(of! + Number(row[vacuous!])).toBe(9);
    }
  });
});
