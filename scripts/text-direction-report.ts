/**
 * The first part of the page of an evaluation as a picture: down to the end of its first row of samples.
 *
 *   node --import tsx scripts/text-direction-report.ts report.html docs/text-direction-report.png
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import sharp from "sharp";

const [page = "report.html", out = "docs/text-direction-report.png"] = process.argv.slice(2);
const width = 1060;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const tab = await browser.newPage({ viewport: { width, height: 900 } });
await tab.goto(pathToFileURL(resolve(page)).href);
await tab.evaluate(() => document.fonts.ready);
const row = (await tab.locator(".examples li").nth(1).boundingBox())!;
const picture = await tab.screenshot({ fullPage: true, clip: { x: 0, y: 0, width, height: Math.ceil(row.y + row.height + 16) } });
await browser.close();
// Few colors are enough, and take a quarter of the bytes.
await sharp(picture).png({ palette: true, colors: 128 }).toFile(out);
console.log(out);
