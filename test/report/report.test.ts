import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { escapeHtml, proseHtml, scriptJson, scriptText } from "../../src/report/escape.ts";
import { renderReport, type ReportInput } from "../../src/report/report.ts";
import { synthetic, syntheticRobust } from "../figure/synthetic.ts";
import { syntheticCone } from "../figure/synthetic-cone.ts";
import { syntheticTheory } from "../figure/synthetic-theory.ts";

const rows = synthetic({ sizes: [5, 10, 28], seeds: 2 });

function input(changes: Partial<ReportInput> = {}): ReportInput {
  return {
    title: "Figure 2",
    date: "2026-01-02",
    preset: "smoke",
    commandLine: "signflip reproduce --figure 2",
    cells: { done: 12, total: 12 },
    figures: [{ name: "figure-2", results: rows }],
    configuration: "name: figure-2\n",
    versions: { Signflip: "0.1.0", Node: "v20" },
    assets: { vega: "var vega = {};", fonts: [{ family: "Signflip Sans", weight: 400, woff2: "AAAA" }] },
    ...changes,
  };
}

function withoutScripts(html: string): string {
  return html.replace(/<script\b[^>]*>.*?<\/script>/gs, "");
}

describe("renderReport", () => {
  const html = renderReport(input());

  it("is one document with the parts a reader looks for", () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    for (const part of [
      "The paper says",
      "We measured",
      "Verdict",
      "Figure 2.",
      "All runs",
      "How it was made",
      "signflip reproduce --figure 2",
      "2026-01-02",
      "smoke",
      "12 trained networks, 2 seeds",
      "complete: 12 cells",
      "name: figure-2",
    ]) {
      expect(html).toContain(part);
    }
    expect(withoutScripts(html)).not.toMatch(/undefined|NaN|\[object/);
  });

  it("says so when the study is not complete", () => {
    expect(renderReport(input({ cells: { done: 18, total: 54 } }))).toContain("not complete: 18 of 54 cells so far");
  });

  it("refers to nothing outside itself, and forbids it", () => {
    const page = withoutScripts(html);
    expect(
      [...page.matchAll(/\b(?:src|href|srcset|action|poster|data)\s*=\s*["']?([^"'\s>]*)/gi)].map((match) => match[1]!).filter((url) => !url.startsWith("#")),
    ).toEqual([]);
    expect([...page.matchAll(/url\(\s*["']?([^)]{0,5})/g)].every((match) => match[1] === "data:")).toBe(true);
    expect(page).not.toMatch(/@import|<link|<iframe|<base/i);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/connect-src|https?:\/\/vega/);
  });

  it("has one row per run and every key", () => {
    const table = /<table class="cells">.*?<\/table>/s.exec(html)![0];
    expect(table.match(/<tr>/g)).toHaveLength(1 + rows.length);
    for (const { key } of rows) expect(html).toContain(key);
  });

  it("carries a drawing in advance where it is given one", () => {
    expect(renderReport(input({ figures: [{ name: "figure-2", results: rows, svg: '<svg id="before"></svg>' }] }))).toContain(
      '<div class="picture" data-figure="figure-2"><svg id="before"></svg></div>',
    );
  });

  it("names networks with a test error of 1 % or more", () => {
    expect(html).not.toContain("Networks trained by SGD with a test error");
    const bad = rows.map((result, i) => (i === 2 ? { ...result, row: { ...result.row, testAccuracy: 0.98 } } : result));
    expect(renderReport(input({ figures: [{ name: "figure-2", results: bad }] }))).toMatch(
      /Networks trained by SGD with a test error of 1.% or more: <ul><li>d.=.25, m.=.10,000, C₀.=.10, seed 0 \(2\.00.%\)<\/li><\/ul>/,
    );
  });

  it("says which of these networks had normalised inputs where not all had", () => {
    const wrong = (normalize: boolean) =>
      synthetic({ sizes: [5], m: [1000], normalize }).map((result) => ({ ...result, row: { ...result.row, testAccuracy: 0.97 } }));
    const page = renderReport(
      input({
        figures: [
          { name: "figure-2", results: wrong(false) },
          { name: "figure-5", results: wrong(true) },
        ],
      }),
    );
    expect(page).toMatch(/C₀.=.10, seeds 0, 1 and 2 \(up to 3\.00.%\)<\/li><li>d.=.25, m.=.1,000, C₀.=.10, ‖x‖.=.1, seeds 0, 1 and 2/);
  });

  it("sets rows of several studies apart by what differs between them", () => {
    const both = renderReport(
      input({
        figures: [
          { name: "figure-2", results: rows },
          { name: "figure-7", results: synthetic({ sizes: [28], m: [1000], normalize: true, samples: 50 }) },
        ],
      }),
    );
    expect(both).toContain('<th scope="col" class="words">Inputs</th>');
    expect(html).not.toContain(">Inputs<");
  });

  it("gives robust rows a table and columns of their own", () => {
    const robust = syntheticRobust({ sizes: [5, 28], eps: [0.1, 0.4], m: [1000, 2000], radius: [0.1, 0.4], seeds: 1, method: "fast", train: 2000 });
    const both = renderReport(
      input({
        figures: [
          { name: "figure-2", results: rows },
          { name: "figure-4", results: robust },
        ],
      }),
    );
    const tables = both.match(/<table class="cells">.*?<\/table>/gs)!;
    expect(tables.map((table) => table.match(/<tr>/g)!.length - 1)).toEqual([rows.length, robust.length]);
    for (const name of ["ε", "V", "Method", "Train points", "Robust test", "Clean test"]) expect(tables[1]).toContain(`>${name}</th>`);
    expect(tables[1]).toContain(">fast</td>");
    expect(tables[0]).not.toContain("Robust");
    expect(both).toContain("<h3>Trained adversarially</h3>");
    for (const { key } of robust) expect(both).toContain(key);
    expect(withoutScripts(both)).not.toMatch(/undefined|NaN|\[object/);
    const alone = renderReport(input({ figures: [{ name: "figure-4", results: robust }] }));
    expect(alone.match(/<table class="cells">/g)).toHaveLength(1);
    expect(alone).not.toContain("Trained by SGD");
  });

  it("does not warn of test errors of adversarial training or of figure 7, which claim no such thing", () => {
    const bad = syntheticRobust({ sizes: [5], seeds: 1, clean: 0.9, halves: ["left"] });
    const samples = synthetic({ sizes: [28], m: [1000], normalize: true, samples: 50, testAccuracy: 0.9 });
    const page = renderReport(
      input({
        figures: [
          { name: "figure-4", results: bad },
          { name: "figure-7", results: samples },
        ],
      }),
    );
    expect(page).not.toContain("Networks trained by SGD with a test error");
  });

  it("has a table of the theory, one line per statement, with every setting on demand", () => {
    const theory = syntheticTheory({ d: [16, 1024], gamma: [0.05, 0.3] });
    const page = renderReport(input({ figures: [{ name: "bounds", results: theory }] }));
    const section = /<section id="theory">.*?<\/section>/s.exec(page)![0];
    const [summary, ...details] = section.match(/<table class="cells">.*?<\/table>/gs)!;
    expect(summary!.match(/<tr>/g)).toHaveLength(1 + 9);
    expect(details).toHaveLength(9);
    for (const table of details) expect(table.match(/<tr>/g)).toHaveLength(1 + 4);
    for (const part of ["Function value", "sup |f(x; W)|", "Lemma 4.1, B.5", "4 of 4", "Violations", "docs/theory.md", "w<sub>s,0</sub>", "at every m"])
      expect(section).toContain(part);
    expect(page).toContain('<a href="#theory">The theory</a><a href="#bounds">Bounds</a>');
    expect(page).toContain("<h2>Bounds. Every statement");
    expect(withoutScripts(page)).not.toMatch(/undefined|NaN|\[object/);
    expect(html).not.toContain('id="theory"');
  });

  it("gives rows of the theory and of the cone tables of their own", () => {
    const theory = syntheticTheory({ d: [16, 64] });
    const cone = syntheticCone();
    const page = renderReport(
      input({
        figures: [
          { name: "figure-1", results: cone },
          { name: "figure-2", results: rows },
          { name: "single-step", results: theory },
        ],
      }),
    );
    const cells = /<section id="cells">.*?<\/section>/s.exec(page)![0];
    const tables = cells.match(/<table class="cells">.*?<\/table>/gs)!;
    expect(tables.map((table) => table.match(/<tr>/g)!.length - 1)).toEqual([rows.length, theory.length, cone.length]);
    for (const heading of ["Trained by SGD", "The theory, checked", "Out of the ball and the cone"]) expect(cells).toContain(`<h3>${heading}</h3>`);
    for (const name of ["γ", "Vacuous", "C₁ trained"]) expect(tables[1]).toContain(`>${name}</th>`);
    expect(tables[2]).toContain(">Cone distance</th>");
    expect(page).toContain("sphere, seed 1");
    expect(withoutScripts(page)).not.toMatch(/undefined|NaN|\[object/);
  });

  it("is written for a study without rows", () => {
    expect(renderReport(input({ cells: { done: 0, total: 12 }, figures: [{ name: "figure-2", results: [] }] }))).toContain("No runs yet");
  });
});

describe("escaping", () => {
  const nasty = `</script><script>alert(1)</script><!-- "'&`;

  it("lets no text of the user become markup", () => {
    const html = renderReport(
      input({
        title: nasty,
        date: nasty,
        preset: nasty,
        commandLine: nasty,
        configuration: nasty,
        versions: { [nasty]: nasty },
        figures: [{ name: "figure-2", results: rows.map((result) => ({ ...result, key: `${result.key}${nasty}` })) }],
      }),
    );
    expect(html).not.toContain("alert(1)</script>");
    expect(html.match(/<script\b/g)).toHaveLength(3);
    expect(html.match(/<\/script>/g)).toHaveLength(3);
    expect(html).toContain("&#60;script&#62;alert(1)");
  });

  it("keeps JSON whole inside <script>", () => {
    const value = { text: `${nasty}\u2028\u2029`, "</script>": [1, null] };
    const text = scriptJson(value);
    expect(text).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(text)).toEqual(value);
  });

  it("keeps a library's strings whole inside <script>", () => {
    const text = scriptText('globalThis.told = "</script><!--<SCRIPT>"; globalThis.matches = /<\\/script/.test("</script>") && 1 < 2;');
    expect(text).not.toMatch(/<\/script|<!--|<script/i);
    const scope = { told: "", matches: false };
    runInNewContext(text.replaceAll("globalThis", "scope"), { scope });
    expect(scope).toEqual({ told: "</script><!--<SCRIPT>", matches: true });
  });

  it("escapes what HTML treats specially, and sets mathematics after that", () => {
    expect(escapeHtml(`<a href="x">'&`)).toBe("&#60;a href=&#34;x&#34;&#62;&#39;&#38;");
    expect(proseHtml("d^−1/2 at m = 1,000, < 1 %, ‖W‖₂,∞")).toBe("d<sup>−1/2</sup> at m\u00a0=\u00a01,000, &#60; 1\u00a0%, ‖W‖<sub>2,∞</sub>");
  });
});
