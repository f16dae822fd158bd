import type { CellConfig, Cell } from "../../experiment/experiment.ts";
import { dataOf } from "../../experiment/index.ts";
import { canonicalJson } from "../../util/hash.ts";
import { c0Symbol, count, list, plural, short } from "../../util/words.ts";
import { shortName } from "./data.ts";

/* What cells were told, setting by setting, so that whatever a study sweeps can be seen: as a curve of its own, or named as left out. */

/** A setting by its place in a configuration: `training.lr`. */
export type SettingPath = string;

/** Settings that tell no two networks apart. */
const silent: readonly SettingPath[] = ["kind", "seed", "network.kind", "measure.flips.samples"];
/** Where the input dimension stands. */
export const dimensionPaths: readonly SettingPath[] = ["data.size", "data.d"];

/** Every setting of a cell by its path. A list is one value. */
function settingsOf(config: CellConfig): Map<SettingPath, unknown> {
  const found = new Map<SettingPath, unknown>();
  const walk = (value: unknown, path: string) => {
    if (silent.includes(path) || value === undefined) return;
    if (typeof value !== "object" || value === null || Array.isArray(value)) found.set(path, value);
    else for (const [name, part] of Object.entries(value)) walk(part, path === "" ? name : `${path}.${name}`);
  };
  walk(config, "");
  // A radius that came from C_0 and m says nothing that these do not.
  if (found.has("training.c0")) found.delete("training.radius");
  // Nor does the budget of a test at the training's.
  if (found.get("measure.robust.eps") === found.get("training.eps")) found.delete("measure.robust.eps");
  return found;
}

/** Results that agree in all settings but some, together; each result once however often it is given. */
export function bySetting<R extends Cell>(results: readonly R[], without: readonly SettingPath[]): R[][] {
  const groups = new Map<string, Map<string, R>>();
  for (const result of results) {
    const settings = settingsOf(result.config);
    for (const path of without) settings.delete(path);
    const key = canonicalJson([...settings]);
    groups.set(key, (groups.get(key) ?? new Map<string, R>()).set(result.key, result));
  }
  return [...groups.values()].map((group) => [...group.values()]);
}

/** The settings in which some cells differ. Data of different kinds have different settings: then the kind alone counts. */
export function differing(configs: readonly CellConfig[], without: readonly SettingPath[] = []): SettingPath[] {
  const all = configs.map(settingsOf);
  const paths = [...new Set(all.flatMap((settings) => [...settings.keys()]))].filter((path) => !without.includes(path));
  const values = (path: SettingPath, some: typeof all) => new Set(some.map((settings) => canonicalJson(settings.get(path) ?? null)));
  const mixed = values("data.dataset", all).size > 1;
  return paths.filter((path) => values(path, mixed && path.startsWith("data.") ? all.filter((settings) => settings.has(path)) : all).size > 1);
}

type Words = (value: unknown) => string;

const amount = (value: unknown) => (typeof value === "number" ? (Number.isInteger(value) ? count(value) : short(value, 6)) : String(value));
const wordsOf: Readonly<Record<SettingPath, Words>> = {
  "data.digits": (value) => `digits ${(value as readonly number[]).join(" and ")}`,
  "data.normalize": (value) => (value === true ? "‖x‖ = 1" : "raw pixels"),
  "network.bias": (value) => (value === true ? "with biases" : "no biases"),
  "network.m": (value) => `m = ${amount(value)}`,
  "training.c0": (value) => `${c0Symbol} = ${amount(value)}`,
  "training.eps": (value) => `ε = ${amount(value)}`,
  "training.radius": (value) => `V = ${amount(value)}`,
  "training.exit": (value) => `checked every ${String(value)}`,
  "training.epochs": (value) => `at most ${plural(Number(value), "epoch")}`,
  "training.method": (value) => String(value),
  "measure.theory.gamma": (value) => `γ = ${amount(value)}`,
};

/** One setting as a label has it: "m = 1,000", "lr = 0.5", "raw pixels". */
export function settingInWords(path: SettingPath, value: unknown): string {
  return wordsOf[path]?.(value) ?? `${path.split(".").at(-1)!} = ${Array.isArray(value) ? value.map(amount).join(", ") : amount(value)}`;
}

/** Some settings of a cell as a curve's label: "m = 1,000 · lr = 0.5". */
export function curveLabel(config: CellConfig, paths: readonly SettingPath[]): string {
  const settings = settingsOf(config);
  const data = dataOf(config);
  const inWords = (path: SettingPath) => (path === "data.dataset" && data !== undefined ? shortName({ data }) : settingInWords(path, settings.get(path)));
  return paths.flatMap((path) => (settings.has(path) ? [inWords(path)] : [])).join(" · ");
}

/** The same as part of a claim's id: `m=1000,lr=0.5`. */
export function curveKey(config: CellConfig, paths: readonly SettingPath[]): string {
  const settings = settingsOf(config);
  return paths.flatMap((path) => (settings.has(path) ? [`${path.split(".").at(-1)!}=${String(settings.get(path))}`] : [])).join(",");
}

/** By the values of some settings, the first the most important. */
export function compareSettings(one: CellConfig, other: CellConfig, paths: readonly SettingPath[]): number {
  const [a, b] = [settingsOf(one), settingsOf(other)];
  for (const path of paths) {
    const [x, y] = [a.get(path), b.get(path)];
    const order = typeof x === "number" && typeof y === "number" ? x - y : String(x ?? "").localeCompare(String(y ?? ""));
    if (order !== 0) return order;
  }
  return 0;
}

/** "not shown: 3 runs (lr = 0.5)": what of some results is not in a picture and how it differs from what is; "" where nothing is left out. */
export function leftOutInWords(all: readonly Cell[], shown: readonly Cell[], without: readonly SettingPath[] = []): string {
  const drawn = new Set(shown.map(({ key }) => key));
  const left = [...new Map(all.filter(({ key }) => !drawn.has(key)).map((result) => [result.key, result])).values()];
  if (left.length === 0) return "";
  const others = [...new Set(left.flatMap(({ config }) => differences(config, shown, without)))];
  const few = others.length <= 4 ? others : [...others.slice(0, 3), `${count(others.length - 3)} more`];
  return `not shown: ${plural(left.length, "run")}${few.length === 0 ? "" : ` (${list(few)})`}`;
}

/** How a cell differs from the nearest of those shown. */
function differences(config: CellConfig, shown: readonly Cell[], without: readonly SettingPath[]): string[] {
  let fewest: SettingPath[] | undefined;
  for (const other of shown) {
    const paths = differing([config, other.config], without);
    if (fewest === undefined || paths.length < fewest.length) fewest = paths;
    if (fewest.length === 0) break;
  }
  // A cell that measures something else differs in more than a reader wants to know.
  if (fewest === undefined || fewest.length === 0) return [];
  return fewest.length > 4 ? ["another experiment"] : [curveLabel(config, fewest)];
}
