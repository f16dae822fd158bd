import { datasets, datasetNames, type DataConfig, type DatasetName } from "../data/index.ts";
import { grid, product, type Section } from "../experiment/settings.ts";
import type { Field } from "../util/field.ts";

/** The settings of every dataset, as they appear in a study's `data` in addition to `dataset`. */
export function dataSections(needs: "any" | "unit norm"): Readonly<Record<DatasetName, Section>> {
  const sectionOf = (name: DatasetName): Section => {
    const { settings, unitNormSettings } = datasets[name];
    const all: Readonly<Record<string, Field<unknown>>> = needs === "any" ? { ...settings } : { ...settings, ...unitNormSettings };
    return Object.fromEntries(Object.entries(all).map(([key, field]) => [key, grid(field)]));
  };
  return Object.fromEntries(datasetNames.map((name) => [name, sectionOf(name)])) as Record<DatasetName, Section>;
}

/** Every combination of a dataset's settings. */
export function dataConfigs(dataset: DatasetName, lists: Readonly<Record<string, readonly unknown[]>>): DataConfig[] {
  // The lists were checked by the dataset's own fields.
  return product(lists).map((setting) => ({ dataset, ...setting }) as DataConfig);
}
