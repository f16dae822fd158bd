import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { referencePages } from "../scripts/reference.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pages = [...readdirSync(root), ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((name) => name.endsWith(".md"));
const read = (page: string) => readFileSync(join(root, page), "utf8");
const withoutCode = (text: string) => text.replaceAll(/^```[^]*?^```$/gm, "").replaceAll(/`[^`\n]*`/g, "code");

describe("the documentation", () => {
  test.each(Object.entries(referencePages))("docs/%s is what the program's tables say (npm run docs writes it)", async (name, make) => {
    expect(read(`docs/${name}`)).toBe(await make());
  });

  test.each(pages)("%s has no dead links within the project", (page) => {
    const dead = linksOf(withoutCode(read(page))).filter((link) => !isThere(page, link));
    expect(dead).toEqual([]);
  });

  test("every command that a page shows has only options that exist", () => {
    const known = new Set([...read("docs/cli.md").matchAll(/--[a-z0-9-]+/g)].map(([option]) => option));
    const shown = pages.flatMap((page) =>
      [...read(page).matchAll(/signflip (?:train|flip|attack|reproduce|report)\b[^\n`]*/g)].map(([line]) => ({ page, line })),
    );
    const unknown = shown.flatMap(({ page, line }) =>
      (line.match(/--[a-z][a-z0-9-]*/g) ?? []).filter((option) => option !== "--help" && !known.has(option)).map((option) => `${page}: ${option}`),
    );
    expect(shown.length).toBeGreaterThan(5);
    expect(unknown).toEqual([]);
  });

  test("every npm script that a page names exists", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = pages.flatMap((page) => [...read(page).matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name!));
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test("nothing is left to be filled in", () => {
    expect(pages.filter((page) => /TODO|FIXME/.test(read(page)))).toEqual([]);
  });
});

/** Where Markdown links and pictures of a page lead, without those to the web. */
function linksOf(text: string): string[] {
  const inline = [...text.matchAll(/\]\(([^()\s]+)\)/g)].map(([, link]) => link!);
  const html = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link!);
  return [...inline, ...html].filter((link) => !/^[a-z]+:/.test(link));
}

function isThere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : relative(root, join(root, dirname(page), path));
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || !target.endsWith(".md") || anchorsOf(read(target)).has(anchor);
}

/** The anchors that headings get on GitHub. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.replaceAll(/^```[^]*?^```$/gm, "").matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}
