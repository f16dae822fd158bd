import { z } from "zod";
import { datasets, datasetNames } from "../src/data/index.ts";
import type { Experiment, Sections } from "../src/experiment/experiment.ts";
import { experiments } from "../src/experiment/index.ts";
import type { Section, Setting } from "../src/experiment/settings.ts";
import { shortNames } from "../src/figure/names.ts";
import { dataSections } from "../src/study/data-section.ts";
import type { Field } from "../src/util/field.ts";
import { page, table } from "./markdown.ts";

/* The reference of study files, and their JSON Schema, from the same settings that check them. */

const all: readonly Experiment<any, any>[] = Object.values(experiments);
const variantsOf = ({ schema }: Experiment<any, any>): readonly Sections[] => ("all" in schema ? schema.all : [schema]);

export function studyPage(): string {
  return page([
    "# Study files",
    "A study says which networks to train and what to measure. Whatever it leaves out has the paper's value. It is a YAML (or JSON) file, and `signflip reproduce --study study.yaml` runs it. `docs/study.schema.json` is its JSON Schema. Editors use it to complete and check a study if the file begins with `# yaml-language-server: $schema=docs/study.schema.json`.",
    [
      "```yaml",
      "name: widths",
      "figures: [2]",
      "data: { size: { each: [7, 14, 28] } }",
      "network: { m: { each: [1000, 10000] } }",
      "training: { c0: 10 }",
      "measure: [flips]",
      "seeds: 5",
      "```",
    ].join("\n"),
    "Every key takes one value. Where this page says *one or more*, it also takes a list, `{ each: [ … ] }`; the study then has a cell for every combination of values and every seed.",
    "## Top level",
    ...table(
      ["key", "meaning", "values", "default"],
      [
        ["`name`", "the name of the study; its row files are named after it", "letters, digits, spaces, dots and hyphens, at most 64", "(required)"],
        ["`figures`", "figures to draw from its rows", shortNames.join(", "), "none"],
        ["`data`", "what to train on; see [Data](#data)", "", "MNIST 0 and 1"],
        ["`network`", "the networks", "", ""],
        ["`training`", "how they are trained", "", ""],
        [
          "`measure`",
          "one or more experiments, each by name or with its settings: `[flips]`, `[{ flips: { samples: true } }]`",
          all.map(({ kind }) => kind).join(", "),
          "`[flips]`; `[robust]` if `training.method` is adversarial",
        ],
        ["`seeds`", "how many runs (seeds 0, 1, …), or a list of seeds", "1 to 1,000", "1"],
      ],
    ),
    "If a study takes several measurements, it takes them on the same networks: `measure: [flips, robust]` trains by SGD and measures both.",
    "## Data",
    ...datasetNames.flatMap((name) => [`### \`dataset: ${name}\``, `${capital(datasets[name].summary)}.`, ...settingsTable(dataSections("any")[name])]),
    "Experiments on the theory need points of norm 1, so `normalize` is true for them.",
    ...all.flatMap((experiment) => experimentSection(experiment)),
  ]);
}

function experimentSection(experiment: Experiment<any, any>): string[] {
  const { kind, summary } = experiment;
  const variants = variantsOf(experiment);
  return [
    `## \`measure: [${kind}]\``,
    `${capital(summary)}.`,
    ...variants.flatMap((sections) => {
      const methods = sections.training?.["method"]?.field.range ?? "";
      return [
        ...(variants.length > 1 ? [`### With \`training.method\` ${methods}`] : []),
        ...(["network", "training"] as const).flatMap((part) => (sections[part] === undefined ? [] : [`**\`${part}\`**`, ...settingsTable(sections[part])])),
        `**\`${kind}\`** in \`measure\``,
        ...settingsTable(sections.measure),
      ];
    }),
  ];
}

const settingsTable = (section: Section) =>
  table(
    ["key", "meaning", "values", "one or more", "default"],
    Object.entries(section).map(([name, setting]) => [
      `\`${name}\``,
      setting.field.description,
      valuesOf(setting.field),
      setting.form === "single" ? "one" : "one or more",
      defaultOf(setting),
    ]),
  );

const valuesOf = ({ range, expected }: Field<unknown>) => (range === "" ? expected : range);
const defaultOf = (setting: Setting) =>
  setting.form === "optional" ? "" : setting.default === undefined ? "" : `\`${JSON.stringify(setting.default).replaceAll('"', "")}\``;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Takes every study that the program takes, and refuses what has a misspelled key or a wrong value; which keys go together only the program knows. */
export function studySchema(): string {
  const variants = all.flatMap(variantsOf);
  const part = (name: "network" | "training") => objectOf(variants.flatMap((sections) => (sections[name] === undefined ? [] : [sections[name]])));
  const measurements = all.flatMap((experiment) => [
    { const: experiment.kind, description: experiment.summary },
    objectSchema({ [experiment.kind]: objectOf(variantsOf(experiment).map(({ measure }) => measure)) }, [experiment.kind]),
  ]);
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A study of Signflip",
    ...objectSchema(
      {
        name: { type: "string", pattern: "^\\w[\\w .-]{0,63}$", description: "the name of the study; its row files are named after it" },
        figures: {
          type: "array",
          items: { anyOf: [{ type: "string" }, { type: "number" }] },
          description: `figures to draw from its rows: ${shortNames.join(", ")}`,
        },
        data: { anyOf: datasetNames.map((name) => withDataset(name)) },
        network: part("network"),
        training: part("training"),
        measure: { type: "array", minItems: 1, items: { anyOf: measurements } },
        seeds: {
          anyOf: [
            { type: "integer", minimum: 1, maximum: 1000 },
            { type: "array", minItems: 1, items: { type: "integer", minimum: 0 } },
          ],
        },
      },
      ["name"],
    ),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function withDataset(name: (typeof datasetNames)[number]): object {
  const { properties, ...rest } = objectOf([dataSections("any")[name], dataSections("unit norm")[name]]);
  const isUsual = name === datasetNames[0];
  return {
    ...rest,
    properties: { dataset: { const: name, description: datasets[name].summary }, ...properties },
    ...(isUsual ? {} : { required: ["dataset"] }),
  };
}

const objectSchema = (properties: Readonly<Record<string, object>>, required: readonly string[] = []) => ({
  type: "object",
  properties,
  additionalProperties: false,
  ...(required.length > 0 ? { required } : {}),
});

/** An object with the keys of several sections; a key that they understand differently takes what any of them takes. */
function objectOf(sections: readonly Section[]) {
  const names = [...new Set(sections.flatMap((section) => Object.keys(section)))];
  return objectSchema(
    Object.fromEntries(
      names.map((name) => {
        const settings = sections.flatMap((section) => (section[name] === undefined ? [] : [section[name]]));
        const schemas = [...new Map(settings.map(schemaOf).map((schema): [string, object] => [JSON.stringify(schema), schema])).values()];
        const [first] = settings;
        return [name, { description: first!.field.description, ...(schemas.length === 1 ? schemas[0] : { anyOf: schemas }) }];
      }),
    ),
  );
}

function schemaOf({ form, field }: Setting): object {
  const { $schema: _, ...value } = z.toJSONSchema(field.schema, { io: "input", unrepresentable: "any" });
  return form === "single" ? value : { anyOf: [value, objectSchema({ each: { type: "array", minItems: 1, items: value } }, ["each"])] };
}
