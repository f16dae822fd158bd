import type { Box } from "../../data/box.ts";

type Metadata = Readonly<Record<string, string>>;

/** Names under which exporters keep the names of classes. */
const classKeys = ["signflip.classes", "names", "classes", "class_names", "labels", "id2label"];

/** The names of the classes, if the file's metadata has as many as there are classes. */
export function classNamesIn(metadata: Metadata, count: number): { names: readonly string[]; key: string } | undefined {
  for (const key of classKeys) {
    const names = metadata[key] === undefined ? undefined : namesIn(metadata[key]);
    if (names?.length === count) return { names, key };
  }
  return undefined;
}

/** A list of names as JSON, as Python prints a list or a dictionary, or with commas or lines between them. */
function namesIn(text: string): string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed)) return parsed.map(String);
    if (typeof parsed === "object" && parsed !== null) return Object.values(parsed).map(String);
  } catch {
    // Not JSON.
  }
  const quoted = [...text.matchAll(/(?:^|[[{,:]\s*)(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)].map(([, single, double]) => single ?? double ?? "");
  if (/^\s*[[{]/.test(text)) return quoted;
  return text.trim().split(/\s*[,\n]\s*/);
}

/** The range of pixels by its name in the ONNX metadata (docs/MetadataProps.md, Image.NominalPixelRange). */
const pixelRanges: Readonly<Record<string, readonly [number, number]>> = {
  NominalRange_0_255: [0, 255],
  Normalized_0_1: [0, 1],
  Normalized_1_1: [-1, 1],
  NominalRange_16_235: [16, 235],
};

/** The values an input may take, as the file's metadata says. */
export function boundsIn(metadata: Metadata): { box: Box; key: string } | undefined {
  for (const key of ["signflip.bounds", "Image.NominalPixelRange"]) {
    const text = metadata[key];
    if (text === undefined) continue;
    const range = pixelRanges[text] ?? rangeIn(text);
    if (range) return { box: { low: range[0], high: range[1] }, key };
  }
  return undefined;
}

function rangeIn(text: string): readonly [number, number] | undefined {
  const numbers = text.match(/-?\d+(\.\d+)?(e[+-]?\d+)?/gi)?.map(Number) ?? [];
  return numbers.length === 2 && numbers[0]! < numbers[1]! ? [numbers[0]!, numbers[1]!] : undefined;
}
