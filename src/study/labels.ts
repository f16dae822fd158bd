import { cellName } from "../experiment/index.ts";
import type { CellConfig } from "../experiment/experiment.ts";
import { canonicalJson } from "../util/hash.ts";

/**
 * The settings that vary in a study but are not in the names of its cells: for every cell, those that are not the same in all
 * cells with its name, such as "lr 0.5". Usually there are none.
 */
export function labelsOf(configs: readonly CellConfig[]): string[][] {
  const settings = configs.map((config) => leavesOf(config));
  const unsaid = new Set<string>();
  const byName = new Map<string, number[]>();
  configs.forEach((config, i) => {
    const name = cellName(config);
    byName.set(name, [...(byName.get(name) ?? []), i]);
  });
  for (const group of byName.values()) {
    const paths = new Set(group.flatMap((i) => [...settings[i]!.keys()]));
    for (const path of paths) if (new Set(group.map((i) => settings[i]!.get(path))).size > 1) unsaid.add(path);
  }
  return settings.map((of) => [...unsaid].flatMap((path) => (of.has(path) ? [`${wordOf(path)} ${of.get(path)!}`] : [])));
}

/** The values of a configuration by their dotted paths; a list counts as one value. */
function leavesOf(value: object, path = ""): Map<string, string> {
  return new Map(
    Object.entries(value).flatMap(([name, one]: [string, unknown]) => {
      const here = path === "" ? name : `${path}.${name}`;
      if (typeof one === "object" && one !== null && !Array.isArray(one)) return [...leavesOf(one, here)];
      return [[here, typeof one === "string" ? one : canonicalJson(one)] as [string, string]];
    }),
  );
}

/** `training.stepSize` as "step size". */
const wordOf = (path: string): string =>
  path
    .split(".")
    .at(-1)!
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
