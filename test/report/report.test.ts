import { describe, expect, it } from "vitest";
import { figures } from "../../src/figure/index.ts";
import { drawingOf } from "../../src/report/picture.ts";
import { renderReport } from "../../src/report/report.ts";
import { synthetic, syntheticRobust } from "../figure/synthetic.ts";
import { syntheticCone } from "../figure/synthetic-cone.ts";
import { syntheticTheory } from "../figure/synthetic-theory.ts";
import { input, rows, sectionOf, withoutScripts } from "./support.ts";

const theory = syntheticTheory({ d: [16, 1024], gamma: [0.05, 0.3] });

describe("renderReport", () => {
  const html = renderReport(input());

  it("is one document with the parts a reader looks for", () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    for (const part of [
      "We measured",
      "The paper says",
      "Figure 2.",
      "All runs",
      "How it was made",
      "signflip reproduce --figure 2",
      "2026-01-02",
      "smoke",
      "12 runs, 2 seeds",
      "complete: 12 cells",
      "name: figure-2",
    ]) {
      expect(html).toContain(part);
    }
    expect(withoutScripts(html)).not.toMatch(/undefined|NaN|\[object/);
  });

  it("says so at the top when the study is not complete", () => {
    const partial = renderReport(input({ cells: { done: 18, total: 54 } }));
    expect(partial.slice(0, partial.indexOf("</header>"))).toContain("not complete: 18 of 54 cells so far");
    expect(html).not.toContain("not complete");
  });

  it("refers to nothing outside itself but the paper, and forbids it", () => {
    const page = withoutScripts(html);
    expect(
      [...page.matchAll(/\b(?:src|href|srcset|action|poster|data)\s*=\s*["']?([^"'\s>]*)/gi)].map((match) => match[1]!).filter((url) => !url.startsWith("#")),
    ).toEqual(["https://arxiv.org/abs/2207.00411"]);
    expect([...page.matchAll(/url\(\s*["']?([^)]{0,5})/g)].every((match) => match[1] === "data:")).toBe(true);
    expect(page).not.toMatch(/@import|<link|<iframe|<base/i);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/connect-src|https?:\/\/vega/);
  });

  it("has every id once, and every link inside the page has its place", () => {
    const page = withoutScripts(renderReport(input({ figures: [...input().figures, { name: "bounds", results: theory }] })));
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]!);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    expect([...page.matchAll(/href="#([^"]*)"/g)].map((match) => match[1]!).filter((id) => !ids.includes(id))).toEqual([]);
  });

  it("is written for a study without rows", () => {
    expect(renderReport(input({ cells: { done: 0, total: 12 }, figures: [{ name: "figure-2", results: [] }] }))).toContain("No runs yet");
  });
});

describe("the first screen", () => {
  const drawing = drawingOf('<svg><path fill="#111"></path></svg>', '<svg><path fill="#eee"></path></svg>', "one");
  const html = renderReport(
    input({
      figures: [
        { name: "figure-2", results: rows, cover: drawing, picture: drawing },
        { name: "bounds", results: theory },
        { name: "single-step", results: theory },
      ],
    }),
  );
  const header = html.slice(html.indexOf("<header>"), html.indexOf("</header>"));

  it("asks the question, explains the letters, links to the paper and gives three results", () => {
    for (const letter of ["d", "m", "C₀", "ε", "δ", "η", "‖∇f‖"]) expect(header).toContain(`<dt>${letter}</dt>`);
    expect(header).toContain('<a href="https://arxiv.org/abs/2207.00411">');
    const findings = /<ul class="findings">.*?<\/ul>/s.exec(header)![0];
    expect(findings.match(/<li>/g)).toHaveLength(3);
    for (const name of ["figure-2", "bounds", "single-step"]) expect(findings).toContain(`href="#${name}"`);
    expect(findings).toMatch(/moving an image along its gradient by [\d.]+.% of its norm flips its class; at d.=.25 it takes/);
    expect(findings).toMatch(/Of the theory’s 7 bounds, \d say something at these sizes and/);
  });

  it("shows every figure small, with a sentence, a verdict and its counts, before any full figure or table", () => {
    const overview = sectionOf(html, "overview");
    expect(overview.match(/<li class="card">/g)).toHaveLength(3);
    expect(overview).toMatch(/<svg>.*<a href="#figure-2">Figure 2<\/a> <span class="verdict mixed">mixed<\/span>/s);
    expect(overview).toContain(`<p class="headline">${figures["figure-2"].headline?.(rows) ?? figures["figure-2"].title}`.slice(0, 40));
    expect(overview).toMatch(/<p class="counts">\d+ agree/);
    const order = ['id="overview"', 'id="figure-2"', 'id="bounds"', 'id="bounds-section"', 'id="single-step"', 'id="statements"', 'id="runs"', 'id="making"'];
    expect(order.map((part) => html.indexOf(part))).toEqual(order.map((part) => html.indexOf(part)).toSorted((a, b) => a - b));
    expect(order.every((part) => html.includes(part))).toBe(true);
    expect(html.indexOf("<table")).toBeGreaterThan(html.indexOf('id="bounds-section"'));
  });
});

describe("statements", () => {
  const mixed = synthetic({ sizes: [5, 10, 28], seeds: 2, gradientExponent: 0.1 });
  const html = renderReport(input({ figures: [{ name: "figure-2", results: mixed }] }));
  const claims = figures["figure-2"].claims(mixed);

  it("stand below their figure, decided ones in view and undecided ones folded", () => {
    const section = sectionOf(html, "figure-2");
    for (const { id } of claims) expect(section).toContain(`<li id="${id}">`);
    const small = synthetic({ sizes: [5, 10], seeds: 1 });
    const undecided = sectionOf(renderReport(input({ figures: [{ name: "figure-2", results: small }] })), "figure-2");
    const inView = undecided.slice(0, undecided.indexOf("statements undecided"));
    expect(inView).toContain('<span class="verdict agrees">');
    expect(inView).not.toContain('<span class="verdict undecided">');
    expect(undecided).toMatch(/<details>\n<summary>\d+ statements undecided/);
  });

  it("stand all together by verdict, what differs first, each group folded", () => {
    const all = sectionOf(html, "statements");
    expect(all).toContain(`All ${claims.length} statements`);
    const groups = [...all.matchAll(/<details>\n<summary>(\d+) statements? <span class="verdict (\w+)">/g)].map(([, n, verdict]) => [verdict, Number(n)]);
    expect(groups.map(([verdict]) => verdict)).toEqual(["differs", "agrees"]);
    expect(groups.reduce((sum, [, n]) => sum + Number(n), 0)).toBe(claims.length);
    expect(all.match(/<tr>/g)).toHaveLength(claims.length + groups.length);
  });

  it("say in words before symbols what they are about", () => {
    for (const { statement } of claims) expect(statement).toMatch(/^[A-Z][a-z]+ /);
  });
});

describe("all runs", () => {
  it("has one row per run and every key, folded", () => {
    const html = renderReport(input());
    const table = /<table class="runs">.*?<\/table>/s.exec(sectionOf(html, "runs"))![0];
    expect(table.match(/<tr>/g)).toHaveLength(1 + rows.length);
    expect(sectionOf(html, "runs")).toMatch(/<details>\n<summary>Trained by SGD: 12 runs<\/summary>/);
    for (const { key } of rows) expect(html).toContain(key);
  });

  it("lists a run that two studies measured alike once", () => {
    const again = rows.map((result) => ({ ...result, key: `${result.key}-samples` }));
    const html = renderReport(
      input({
        figures: [
          { name: "figure-2", results: rows },
          { name: "figure-7", results: again },
        ],
      }),
    );
    const table = /<table class="runs">.*?<\/table>/s.exec(sectionOf(html, "runs"))![0];
    expect(table.match(/<tr>/g)).toHaveLength(1 + rows.length);
  });

  it("gives each kind of run a table of its own", () => {
    const robust = syntheticRobust({ sizes: [5, 28], eps: [0.1, 0.4], m: [1000, 2000], radius: [0.1, 0.4], seeds: 1, method: "fast", train: 2000 });
    const cone = syntheticCone();
    const html = renderReport(
      input({
        figures: [
          { name: "figure-1", results: cone },
          { name: "figure-2", results: rows },
          { name: "figure-4", results: robust },
          { name: "bounds", results: theory },
        ],
      }),
    );
    const tables = sectionOf(html, "runs").match(/<table class="runs">.*?<\/table>/gs)!;
    expect(tables.map((table) => table.match(/<tr>/g)!.length - 1)).toEqual([rows.length, robust.length, theory.length, cone.length]);
    expect(withoutScripts(html)).not.toMatch(/undefined|NaN|\[object/);
  });
});

describe("a section that a figure gives", () => {
  const html = renderReport(input({ figures: [{ name: "bounds", results: theory }] }));

  it("is the theory's table, one line per statement, with every setting on demand", () => {
    const section = sectionOf(html, "bounds-section");
    const [summary, ...details] = section.match(/<table class="runs">.*?<\/table>/gs)!;
    expect(summary!.match(/<tr>/g)).toHaveLength(1 + 9);
    expect(details).toHaveLength(9);
    for (const table of details) expect(table.match(/<tr>/g)).toHaveLength(1 + 4);
    for (const part of ["Function value", "sup |f(x; W)|", "Lemma 4.1, B.5", "4 of 4", "Violations", "docs/theory.md", "w<sub>s,0</sub>", "at every m"])
      expect(section).toContain(part);
  });

  it("is left out where no run is about it", () => {
    expect(renderReport(input())).not.toContain("-section");
  });
});
