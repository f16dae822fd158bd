import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type Page, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { f32 } from "../../src/graph/ir.ts";
import { random } from "../../src/util/random.ts";
import { fileOf } from "../model/onnx/support.ts";
import { executablePath } from "../platform/web/page.ts";
import { runHere } from "./run.ts";

/* The page that `signflip evaluate` writes, as a reader has it: opened from the disk, in a browser. */
const folder = mkdtempSync(join(tmpdir(), "signflip-page-"));
const at = (name: string) => join(folder, name);
const names = ["income", "age", "debt", "years"];
const n = 30;

let browser: Browser;
let page: Page;
const complaints: string[] = [];
const requests: string[] = [];
beforeAll(async () => {
  if (executablePath === undefined) return;
  const w = Float32Array.of(3, -4, 1, 0);
  const model = fileOf(f32(["n", 4]), (g, input) => {
    const scores = g.matMul(input, g.constant({ element: "float32", shape: [4, 1], data: w }));
    return g.concat([g.mul(scores, 0), scores], 1);
  });
  writeFileSync(at("credit.onnx"), model);
  const x = random(1, "page").fillNormal(new Float32Array(4 * n));
  const rows = Array.from({ length: n }, (_, i) => {
    const own = Array.from(x.subarray(4 * i, 4 * i + 4));
    return [...own, own.reduce((sum, value, j) => sum + value * w[j]!, 0) > 0 ? "pay" : "default"].join(",");
  });
  writeFileSync(at("credit.csv"), [[...names, "label"].join(","), ...rows].join("\n"));
  writeFileSync(at("names.json"), JSON.stringify(["default", "pay"]));
  const data = ["--data", at("credit.csv"), "--class-names", at("names.json")];
  const { code, stderr } = await runHere(["evaluate", at("credit.onnx"), ...data, "--cache", at("cache"), "--report", at("report.html")]);
  if (code !== 0) throw new Error(stderr);
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => request.url().startsWith("data:") || requests.push(request.url()));
  await page.goto(pathToFileURL(at("report.html")).href);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

const distances = async () => (await page.locator("#samples tbody tr td:nth-child(4)").allTextContents()).map(Number);
const rising = (values: readonly number[]) => values.every((value, i) => i === 0 || values[i - 1]! <= value);

describe.skipIf(executablePath === undefined)("the page that evaluate writes", () => {
  it("opens from the disk without a complaint, and asks for nothing else", async () => {
    expect(await page.locator("h1").textContent()).toBe("How small a change fools credit.onnx?");
    await page.evaluate(() => document.fonts.ready);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([pathToFileURL(at("report.html")).href]);
  });

  it("shows what changes under the names of the table's header", async () => {
    const shown = new Set(await page.locator("#examples table.change th[scope=row]").allTextContents());
    expect(names.filter((name) => shown.has(name))).toEqual(["income", "age", "debt"]);
    expect(await page.locator("#examples .bar .more, #examples .bar .less").count()).toBeGreaterThan(8);
  });

  it("sorts its samples by a click and by keys, numbers by their size and words by the alphabet", async () => {
    await page.locator("#samples summary").click();
    const head = page.locator("#samples th", { hasText: "distance" });
    expect(rising(await distances())).toBe(true);
    await head.getByRole("button").click();
    expect(await head.getAttribute("aria-sort")).toBe("ascending");
    expect(rising(await distances())).toBe(true);
    await head.getByRole("button").press("Enter");
    expect(await head.getAttribute("aria-sort")).toBe("descending");
    expect(rising((await distances()).toReversed())).toBe(true);
    expect(rising(await distances())).toBe(false);
    await page.locator("#samples th", { hasText: "label" }).getByRole("button").press("Space");
    expect(await head.getAttribute("aria-sort")).toBe(null);
    const labels = await page.locator("#samples tbody tr td:nth-child(2)").allTextContents();
    expect(labels).toHaveLength(n);
    expect(labels).toEqual(labels.toSorted());
    expect(new Set(labels)).toEqual(new Set(["default", "pay"]));
  });

  it("fits a phone, and follows the system into the dark", async () => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await ground()).not.toBe(light);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(complaints).toEqual([]);
  });
});
