import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderReport } from "../../src/report/report.ts";
import { syntheticRobust } from "../figure/synthetic.ts";
import { syntheticCone } from "../figure/synthetic-cone.ts";
import { syntheticTheory } from "../figure/synthetic-theory.ts";
import { input, rows, withoutScripts } from "./support.ts";

/** Tags between two letters or digits that neither a space nor a line end sets apart; what raises or lowers an exponent may. */
function joinedWords(html: string): string[] {
  const body = withoutScripts(html)
    .replace(/<(style|svg)\b.*?<\/\1>/gs, "")
    .replace(/<\/?(?:sub|sup)>/g, "");
  return [...body.matchAll(/[\p{L}\p{N}.,:;%]{1,20}(?:<[^>]+>)+[\p{L}\p{N}]{1,20}/gu)].map(([found]) => found);
}

describe("where styles are blocked", () => {
  const html = renderReport(
    input({
      figures: [
        { name: "figure-1", results: syntheticCone() },
        { name: "figure-2", results: rows },
        { name: "figure-4", results: syntheticRobust({ sizes: [5, 28], seeds: 1 }) },
        { name: "bounds", results: syntheticTheory({ d: [16, 64] }) },
        { name: "single-step", results: syntheticTheory({ d: [16, 64] }) },
      ],
    }),
  );

  it("no two words of the page run together", () => {
    expect(joinedWords(html)).toEqual([]);
  });

  it("finds words that do run together", () => {
    expect(joinedWords("<dl><dt>Date</dt><dd>Nov</dd></dl>")).toEqual(["Date</dt><dd>Nov"]);
    expect(joinedWords("<p>d<sup>2</sup> is <em>one</em> word.</p>\n<p>Next</p>")).toEqual([]);
  });

  it("says in words what a style shows: the verdict of every statement, and what the paper says", () => {
    const items = html.match(/<li id="[^"]*\/[^"]*">.*?<\/li>/gs)!;
    expect(items.length).toBeGreaterThan(20);
    for (const item of items) {
      expect(item).toMatch(/<span class="verdict \w+">(agrees|differs|undecided)<\/span>\n/);
      expect(item).toContain("Paper: ");
    }
    expect(withoutScripts(html)).not.toContain(' style="');
  });
});

describe("the report's source", () => {
  it("names no kind of experiment and no dataset", () => {
    const folder = join(import.meta.dirname, "../../src/report");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    expect(files.length).toBeGreaterThan(8);
    for (const file of files) {
      const text = readFileSync(join(folder, file), "utf8");
      expect(text, file).not.toMatch(
        /\b(?:is)?(?:Flips|Robust|Theory|Cone)(?:Result|Row|Config)?\b(?!ness| accuracy)|["'`](?:flips|robust|theory|cone|mnist|sphere)["'`]/,
      );
    }
  });
});
