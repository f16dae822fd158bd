import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import * as vega from "vega";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { figureNames, figures } from "../../../src/figure/index.ts";
import { renderPng, renderSvg, shippedFonts } from "../../../src/platform/node/pictures.ts";
import { writeReport } from "../../../src/platform/node/report-files.ts";
import { synthetic, syntheticRobust } from "../../figure/synthetic.ts";
import { syntheticCone } from "../../figure/synthetic-cone.ts";
import { syntheticTheory } from "../../figure/synthetic-theory.ts";

const chromium = "/usr/bin/chromium";
const rows = synthetic({ sizes: [5, 10, 28], m: [1000], c0: [10, 20], seeds: 2, samples: 100 });

/** Width and height from a PNG's header. */
function sizeOf(png: Uint8Array): [number, number] {
  expect([...png.subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
  const header = new DataView(png.buffer, png.byteOffset);
  return [header.getUint32(16), header.getUint32(20)];
}

describe("pictures", () => {
  it("carry the shipped font in an SVG file, and need nothing else", async () => {
    const svg = await renderSvg(figures["figure-2"].spec(rows));
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg.match(/@font-face/g)).toHaveLength(2);
    expect([...svg.matchAll(/url\((.{5})/g)].every((match) => match[1] === "data:")).toBe(true);
    expect(svg).not.toMatch(/href="http/);
  });

  it("are PNGs of twice the size", async () => {
    const svg = await renderSvg(figures["figure-2"].spec(rows), { embedFont: false });
    const [width, height] = [Number(/width="(\d+)"/.exec(svg)![1]), Number(/height="(\d+)"/.exec(svg)![1])];
    expect(sizeOf(renderPng(svg))).toEqual([2 * width, 2 * height]);
    expect(sizeOf(renderPng(svg, { scale: 1 }))).toEqual([width, height]);
  });

  it("measure text by the font's own widths", async () => {
    await renderSvg(figures["figure-2"].spec(rows));
    const { textMetrics } = vega as unknown as { textMetrics: { width: (item: object, text: string) => number } };
    const width = (text: string, item: object = {}) => textMetrics.width({ fontSize: 1000, ...item }, text);
    expect(width("")).toBe(0);
    expect(width("il")).toBeLessThan(width("mw") / 2);
    expect(width("‖∇f(x)‖", { fontWeight: 600 })).toBeGreaterThan(width("‖∇f(x)‖"));
  });

  it("find every glyph that a figure, caption or claim uses in the shipped font", async () => {
    const { advances } = JSON.parse(await readFile(new URL("../../../assets/fonts/widths.json", import.meta.url), "utf8")) as {
      advances: Record<string, Record<string, number>>;
    };
    const all = [...rows, ...syntheticRobust({ sizes: [5, 10, 28], c: 1, seeds: 2 }), ...syntheticTheory({ d: [16, 64, 256] }), ...syntheticCone()];
    const said = figureNames
      .map((name) =>
        [
          figures[name].title,
          figures[name].headline(all),
          figures[name].caption(all),
          figures[name].notes(all).join(" "),
          JSON.stringify(figures[name].claims(all)),
          JSON.stringify(figures[name].spec(all)),
        ].join(" "),
      )
      .join(" ");
    for (const weight of ["400", "600"]) {
      expect([...new Set(said + "‖∇ηδ√₀⁻²¹−×≤≥…’“”")].filter((character) => character !== "\n" && !(character in advances[weight]!))).toEqual([]);
    }
  });

  it("ship fonts as woff2 with their licence beside them", async () => {
    for (const { woff2 } of shippedFonts()) expect(Buffer.from(woff2, "base64").toString("latin1", 0, 4)).toBe("wOF2");
    expect(await readFile(new URL("../../../assets/fonts/OFL.txt", import.meta.url), "utf8")).toMatch(/SIL OPEN FONT LICENSE Version 1\.1/);
  });
});

describe("writeReport", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "signflip-report-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  const input = {
    title: "T",
    date: "D",
    preset: "smoke",
    commandLine: "signflip",
    cells: { done: 1, total: 1 },
    configuration: "",
    versions: {},
    results: rows,
    figures: [
      { name: "figure-2", results: rows },
      { name: "figure-7", results: rows },
    ],
  } as const;

  it("writes a page and two pictures a figure", async () => {
    const out = join(folder, "deep", "out");
    const written = await writeReport(into(out), input);
    expect(written).toEqual(["figures/figure-2.svg", "figures/figure-2.png", "figures/figure-7.svg", "figures/figure-7.png", "report.html"]);
    expect((await readdir(out)).sort()).toEqual(["figures", "report.html"]);
    expect(await readdir(join(out, "figures"))).toHaveLength(4);
    const html = await readFile(join(out, "report.html"), "utf8");
    // Vega's own text passes through the escaping: the page's three scripts end where they should.
    expect(html.match(/<\/script>/g)).toHaveLength(3);
    expect(html.length).toBeGreaterThan(500_000);
    expect(html).toMatch(/data-figure="figure-2"><svg/);
  });

  it.skipIf(!existsSync(chromium))("draws its figures in a browser without a connection, and without a complaint", async () => {
    await writeReport(into(folder), input);
    const { stdout, stderr } = await promisify(execFile)(
      chromium,
      [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--enable-logging=stderr",
        "--virtual-time-budget=10000",
        `--user-data-dir=${join(folder, "profile")}`,
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--dump-dom",
        `file://${join(folder, "report.html")}`,
      ],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    expect(stdout.match(/class="picture" data-figure="figure-\d" data-drawn=""/g)).toHaveLength(2);
    expect(stderr.split("\n").filter((line) => line.includes("CONSOLE"))).toEqual([]);
  });

  it("marks a picture of which cells are missing, in a strip of its own", async () => {
    const files = new Map<string, Uint8Array | string>();
    const drawn = [{ ...input.figures[0], total: 1200 }, input.figures[1]];
    await writeReport(async (file, bytes) => void files.set(file, bytes), { ...input, figures: drawn });
    const [marked, whole] = [String(files.get("figures/figure-2.svg")), String(files.get("figures/figure-7.svg"))];
    expect(marked).toContain(`>partial: ${rows.length} of 1,200 cells</text></svg>`);
    expect(whole).not.toContain("partial");
    const without = await renderSvg(figures["figure-2"].spec(rows, { title: true }));
    const [width, height] = sizeOf(renderPng(without));
    expect(sizeOf(files.get("figures/figure-2.png") as Uint8Array)).toEqual([width, height + 2 * 24]);
    expect(String(files.get("report.html"))).not.toContain("partial:");
  });

  const into = (out: string) => async (file: string, bytes: Uint8Array | string) => {
    await mkdir(dirname(join(out, file)), { recursive: true });
    await writeFile(join(out, file), bytes);
  };
});
