import { createHash } from "node:crypto";
import { headingOf, type Figure } from "../../src/figure/figure.ts";
import type { Cell } from "../../src/experiment/experiment.ts";

/* A figure as text that one can review: its words in full, of its picture every mark with its channels, and digests of all the rest. */

/** To six digits: another engine's logarithm may differ in the last bit. */
function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === "number" ? Number(part.toPrecision(6)) : part)));
}

const digest = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 8);

interface Channel {
  readonly field?: string;
  readonly scale?: { readonly domain?: unknown };
  readonly axis?: { readonly title?: unknown; readonly values?: unknown };
}

interface Unit {
  readonly title?: unknown;
  readonly width?: number;
  readonly height?: number;
  readonly data?: { readonly values: readonly unknown[] };
  readonly mark?: { readonly type: string; readonly text?: unknown; readonly color?: unknown; readonly shape?: unknown };
  readonly encoding?: Readonly<Record<string, Channel>>;
  readonly layer?: readonly Unit[];
  readonly concat?: readonly Unit[];
}

export function outlineOf(figure: Figure, results: readonly Cell[]): string {
  const spec = rounded(figure.spec(results)) as Unit & { readonly title: { readonly subtitle?: readonly string[] } };
  const { data: _, layer: _layers, concat: _parts, title: _title, ...frame } = spec;
  return [
    headingOf(figure),
    "",
    `headline  ${figure.headline(results)}`,
    `caption   ${figure.caption(results)}`,
    ...figure.notes(results).map((note) => `note      ${note}`),
    "",
    ...figure
      .claims(results)
      .flatMap(({ id, verdict, statement, paper, measured, detail }) => [
        `${verdict.padEnd(9)} ${id}`,
        `          ${statement}`,
        `          measured ${measured}; the paper: ${paper}`,
        ...(detail === undefined ? [] : [`          ${detail}`]),
      ]),
    "",
    ...(spec.title.subtitle ?? []).map((line) => `subtitle  ${line}`),
    `frame     #${digest(frame)}`,
    ...(spec.concat ?? [spec]).flatMap((part) => panelLines(part)),
    "",
  ].join("\n");
}

function panelLines(part: Unit): string[] {
  if (part.concat !== undefined) return part.concat.flatMap(panelLines);
  const { title, width, height, data, layer = [part] } = part;
  const text = (title as { readonly text?: unknown } | undefined)?.text;
  const rows = data === undefined ? [] : [`  data ${data.values.length} #${digest(data.values)}`];
  return ["", `panel     ${JSON.stringify(text)} ${width} × ${height}`, ...axesIn(layer), ...rows, ...layer.map(layerLine)];
}

/** The axes of a panel: the first layer that has them says all. */
function axesIn(layers: readonly Unit[]): string[] {
  return ["x", "y"].flatMap((name) => {
    const channel = layers.map(({ encoding }) => encoding?.[name]).find((one) => one?.axis !== undefined);
    if (channel === undefined) return [];
    const { scale, axis } = channel;
    return [`  ${name} ${JSON.stringify(axis?.title ?? null)} ${JSON.stringify(scale?.domain)} ticks ${JSON.stringify(axis?.values ?? "of the domain")}`];
  });
}

function layerLine({ mark, encoding = {}, data, ...rest }: Unit): string {
  const channels = Object.entries(encoding).flatMap(([name, { field }]) => (field === undefined ? [] : [`${name}=${field}`]));
  const looks = [mark?.shape, mark?.color, mark?.text === undefined ? undefined : JSON.stringify(mark.text)].filter((one) => one !== undefined);
  const own = data === undefined ? "" : ` data ${data.values.length} #${digest(data.values)}`;
  return `  ${[mark?.type, ...looks, ...channels].join(" ")}${own} #${digest([mark, encoding, rest])}`;
}
