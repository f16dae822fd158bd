import type { Box, InputShape } from "../../data/box.ts";
import type { Picture } from "../../data/image.ts";
import type { Saliency } from "../../measure/saliency/saliency.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { number } from "../../util/words.ts";
import { dataUri, diverging, imageLayout } from "../draw/pixels.ts";
import { configOf, paintOf } from "../draw/theme.ts";
import { type SaliencyDrawing, inputPixels, saliencyPixels } from "./pixels.ts";

/** What a sheet is drawn of beside the attributions. */
export interface SaliencySheet extends InputShape {
  /** The inputs that were explained: `[n, …inputShape]`. */
  readonly x: Float32Array;
  readonly classNames?: readonly string[] | undefined;
  /** What the numbers of a flat input are called: `[d]`. */
  readonly featureNames?: readonly string[] | undefined;
  /** What stands before each sample. Default: "sample 0", … */
  readonly titles?: readonly string[] | undefined;
  /** The values an input may take: black and white. Default: the sample's smallest and largest. */
  readonly domain?: Box | undefined;
  readonly scale?: number | undefined;
}

/** As many values of a vector as a sheet shows. */
const mostBars = 12;
const [margin, gap, titleHeight, barHeight, labelWidth, barWidth] = [16, 12, 46, 22, 150, 420];

/**
 * A picture of attributions: for images the input, the attributions and both in one; for vectors the largest attributions as bars.
 * @returns an SVG document
 */
export function saliencySheet(saliency: Saliency, sheet: SaliencySheet): string {
  const d = sizeOf(sheet.inputShape);
  const layout = imageLayout(sheet);
  const parts = saliency.samples.map((_, i) => {
    const own = saliency.attributions.subarray(i * d, (i + 1) * d);
    return layout ? images(own, sheet, i) : bars(own, sheet, i);
  });
  const width = 2 * margin + Math.max(...parts.map((part) => part.width), 420);
  let y = margin;
  const blocks = parts.map(({ height, body }, i) => {
    const [title, words] = titleOf(saliency, sheet, i);
    const text = `<text x="${margin}" y="${y + 15}" class="title">${escape(title)}</text><text x="${margin}" y="${y + 35}">${escape(words)}</text>`;
    const block = `${text}<g transform="translate(${margin} ${y + titleHeight})">${body}</g>`;
    y += titleHeight + height + gap + 4;
    return block;
  });
  const paint = paintOf({});
  const style = `text{font-family:"Signflip Sans",sans-serif;font-size:13px;fill:${paint.ink}}.title{font-size:14px;font-weight:600}.end{text-anchor:end}image{image-rendering:pixelated}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}"><style>${style}</style><rect width="100%" height="100%" fill="${String(configOf(paint).background)}"/>${blocks.join("")}</svg>`;
}

interface Part {
  readonly width: number;
  readonly height: number;
  readonly body: string;
}

function images(attributions: Float32Array, sheet: SaliencySheet, i: number): Part {
  const d = attributions.length;
  const x = sheet.x.subarray(i * d, (i + 1) * d);
  const drawing: SaliencyDrawing = { scale: sheet.scale, ...rangeOf(sheet.domain) };
  const three = [inputPixels(x, sheet, drawing)!, saliencyPixels(attributions, sheet, drawing)!, saliencyPixels(attributions, sheet, { ...drawing, over: x })!];
  const { width, height } = three[0]!;
  const zoom = width >= 224 ? 1 : Math.ceil(224 / width);
  const [w, h] = [width * zoom, height * zoom];
  const isWide = width > 2 * height;
  const place = (k: number) => (isWide ? `y="${k * (h + 6)}"` : `x="${k * (w + gap)}"`);
  // Renderers smooth what they enlarge: each pixel is drawn as a square of its own.
  const body = three.map((pixels, k) => `<image ${place(k)} width="${w}" height="${h}" href="${dataUri(enlarged(pixels, zoom))}"/>`).join("");
  return isWide ? { width: w, height: 3 * h + 12, body } : { width: 3 * w + 2 * gap, height: h, body };
}

const rangeOf = (domain: Box | undefined): { low?: number; high?: number } =>
  domain ? { low: Math.min(...[domain.low].flat()), high: Math.max(...[domain.high].flat()) } : {};

function enlarged(picture: Picture, zoom: number): Picture {
  if (zoom === 1) return picture;
  const { width, height, channels, pixels } = picture;
  const large = new Uint8Array(pixels.length * zoom * zoom);
  for (let row = 0; row < height * zoom; row++)
    for (let column = 0; column < width * zoom; column++) {
      const from = channels * (Math.floor(row / zoom) * width + Math.floor(column / zoom));
      large.set(pixels.subarray(from, from + channels), channels * (row * width * zoom + column));
    }
  return { width: width * zoom, height: height * zoom, channels, pixels: large };
}

function bars(attributions: Float32Array, { x, featureNames }: SaliencySheet, i: number): Part {
  const d = attributions.length;
  const order = Array.from(attributions.keys()).sort((a, b) => Math.abs(attributions[b]!) - Math.abs(attributions[a]!));
  const shown = order.slice(0, mostBars);
  const largest = Math.abs(attributions[shown[0]!]!) || 1;
  const middle = labelWidth + barWidth / 2;
  const rows = shown.map((j, row) => {
    const value = attributions[j]!;
    const length = (Math.abs(value) / largest) * (barWidth / 2 - 4);
    const name = `${(featureNames?.[j] ?? `x${j}`).slice(0, 14)} = ${number(x[i * d + j]!)}`;
    const bar = `<rect x="${value < 0 ? middle - length : middle}" y="${row * barHeight + 3}" width="${length}" height="${barHeight - 6}" fill="rgb(${diverging(Math.sign(value)).join()})"/>`;
    const label = `<text x="${labelWidth - 8}" y="${row * barHeight + 16}" class="end">${escape(name)}</text>`;
    return `${label}${bar}<text x="${labelWidth + barWidth + 8}" y="${row * barHeight + 16}">${number(value)}</text>`;
  });
  const rest = order.slice(mostBars).reduce((sum, j) => sum + attributions[j]!, 0);
  const more =
    order.length > mostBars
      ? `<text x="${labelWidth - 8}" y="${shown.length * barHeight + 16}" class="end">${order.length - mostBars} others</text><text x="${labelWidth + barWidth + 8}" y="${shown.length * barHeight + 16}">${number(rest)}</text>`
      : "";
  const height = (shown.length + +(more !== "")) * barHeight;
  const line = `<path d="M${middle} 0V${shown.length * barHeight}" stroke="#888" />`;
  return { width: labelWidth + barWidth + 80, height, body: rows.join("") + line + more };
}

function titleOf({ method, of, samples }: Saliency, { classNames, titles }: SaliencySheet, i: number): [string, string] {
  const { class: own, value, completeness } = samples[i]!;
  const from = completeness ? ` (${number(completeness.baselineValue)} at the baseline)` : "";
  return [titles?.[i] ?? `sample ${i}`, `${of} of ${classNames?.[own] ?? `class ${own}`}: ${number(value)}${from} · ${method}`];
}

/** Names may hold anything; what XML cannot hold at all is left out. */
const escape = (text: string) => text.replace(/\p{Cc}+/gu, " ").replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
