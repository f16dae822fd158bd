import { dataUri, imagePixels, signedPixels } from "../../figure/draw/pixels.ts";
import { normSymbol } from "../../figure/evaluation/curve.ts";
import type { AdversarialExample, EvaluationResult } from "../../measure/evaluation.ts";
import { number, plural } from "../../util/words.ts";
import { escapeHtml, proseHtml } from "../escape.ts";
import { className } from "./words.ts";

/** The samples that change most easily: as images, or as bars where inputs are none. */
export function examplesSection(result: EvaluationResult): string {
  const { examples, model } = result;
  if (examples.length === 0) return "";
  const isPictured = imagePixels(examples[0]!.clean, model, { low: 0, high: 1 }) !== undefined;
  const intro = isPictured
    ? "Each row shows an input, the change that an attack found, and their sum. In the change, red is more and blue is less; its colors are stretched so that it can be seen at all."
    : "Each block shows the values of an input that an attack changes most: gray is the value before, the mark is the value after.";
  return `<section id="examples">
<h2>The least robust samples</h2>
<p>${intro}</p>
<ul class="examples${isPictured ? "" : " bars"}">
${examples.map((example) => `<li>${isPictured ? pictures(result, example) : bars(result, example)}</li>`).join("\n")}
</ul>
</section>`;
}

function pictures(result: EvaluationResult, { index, clean, adversarial }: AdversarialExample): string {
  const { model } = result;
  const range = { low: result.low ?? least(clean), high: result.high ?? greatest(clean) };
  const sample = result.samples.find((one) => one.index === index)!;
  const before = imagePixels(clean, model, range)!;
  const change = signedPixels(differenceOf(adversarial, clean), model)!;
  const after = imagePixels(adversarial, model, range)!;
  const picture = (pixels: typeof before, alt: string, caption: string) =>
    `<figure><img src="${dataUri(pixels)}" width="${pixels.width}" height="${pixels.height}" alt="${escapeHtml(alt)}"><figcaption>${caption}</figcaption></figure>`;
  const [own, other] = [className(result, sample.prediction), className(result, sample.adversarialPrediction)];
  return `<div class="triple${before.width > 2 * before.height ? " wide" : ""}">
${picture(before, `sample ${index}`, `<b>${escapeHtml(own)}</b>`)}
<span class="sign" aria-hidden="true">+</span>
${picture(change, "the change", `${normSymbol[result.norm]} ${number(sample.distance!)}`)}
<span class="sign" aria-hidden="true">=</span>
${picture(after, "the changed input", `<b class="other">${escapeHtml(other)}</b>`)}
</div>
<p class="of">${escapeHtml(sample.id ?? `sample ${index}`)} · ${escapeHtml(sample.attack ?? "")}</p>`;
}

/** As many values of a vector as a block shows. */
const mostBars = 10;

function bars(result: EvaluationResult, { index, clean, adversarial }: AdversarialExample): string {
  const sample = result.samples.find((one) => one.index === index)!;
  const names = result.data.featureNames;
  const change = differenceOf(adversarial, clean);
  const order = Array.from(change.keys())
    .filter((j) => change[j] !== 0)
    .sort((a, b) => Math.abs(change[b]!) - Math.abs(change[a]!));
  const shown = order.slice(0, mostBars);
  const all = shown.flatMap((j) => [clean[j]!, adversarial[j]!, 0]);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const place = (value: number) => (100 * (value - low)) / (high - low || 1);
  const row = (j: number) => {
    const [from, to] = [Math.min(place(0), place(clean[j]!)), Math.max(place(0), place(clean[j]!))];
    const [begin, end] = [Math.min(place(clean[j]!), place(adversarial[j]!)), Math.max(place(clean[j]!), place(adversarial[j]!))];
    const kind = change[j]! > 0 ? "more" : "less";
    const percentOf = (value: number) => `${value.toFixed(2)}%`;
    return `<tr><th scope="row">${escapeHtml(names?.[j] ?? `x${j}`)}</th><td class="bar"><span class="value" style="left:${percentOf(from)};width:${percentOf(to - from)}"></span><span class="${kind}" style="left:${percentOf(begin)};width:${percentOf(end - begin)}"></span></td><td>${number(clean[j]!)}</td><td class="${kind}">${change[j]! > 0 ? "+" : ""}${number(change[j]!)}</td></tr>`;
  };
  const more = order.length > shown.length ? `<p class="of">and ${plural(order.length - shown.length, "smaller change")}</p>` : "";
  return `<p><b>${escapeHtml(className(result, sample.prediction))}</b> becomes <b class="other">${escapeHtml(className(result, sample.adversarialPrediction))}</b> at ${proseHtml(`${normSymbol[result.norm]} ${number(sample.distance!)}`)}</p>
<table class="change"><thead><tr><th scope="col">value</th><th></th><th scope="col">before</th><th scope="col">change</th></tr></thead><tbody>
${shown.map(row).join("\n")}
</tbody></table>
${more}<p class="of">${escapeHtml(sample.id ?? `sample ${index}`)} · ${escapeHtml(sample.attack ?? "")}</p>`;
}

const differenceOf = (a: Float32Array, b: Float32Array): Float64Array => Float64Array.from(a, (value, j) => value - b[j]!);
const least = (values: Float32Array) => values.reduce((a, b) => Math.min(a, b), Infinity);
const greatest = (values: Float32Array) => values.reduce((a, b) => Math.max(a, b), -Infinity);
