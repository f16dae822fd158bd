import { defineCommand } from "../command.ts";
import { jsonOption, studyOptions, threadsOption } from "../option/options.ts";
import { plural } from "../../util/words.ts";

export const report = defineCommand({
  description: "Takes the same figures, preset or study as `signflip reproduce` and needs all of their cells in the cache.",
  options: {
    ...studyOptions,
    threads: { ...threadsOption, description: "has no effect, because nothing is computed", defaultText: "" },
    json: { ...jsonOption, description: "print claims, files and counts as one JSON object on stdout; after an error, stdout is empty" },
  },
  examples: [
    ["signflip report", "the report of every figure of the laptop preset"],
    ["signflip report --figure 7 --out figure-7 --json", "Figure 7 alone, into another folder, with its claims as JSON"],
  ],
  async run(values, { print, note, given, commandLine }) {
    const [
      { join, resolve },
      { cacheFolderOf, plan, studiesOf, titleOfAll },
      { checkOutputFolder },
      { diskStore },
      { OutputFolder },
      { Publisher },
      { printPublished },
      { SignflipError },
    ] = await Promise.all([
      import("node:path"),
      import("../reproduce/studies.ts"),
      import("../output.ts"),
      import("../../platform/node/store.ts"),
      import("../../platform/node/output-folder.ts"),
      import("../../platform/node/publish.ts"),
      import("../reproduce/published.ts"),
      import("../../util/errors.ts"),
    ]);
    const studies = await studiesOf(values, given);
    const folder = resolve(values.out);
    const cacheFolder = cacheFolderOf(values);
    const store = diskStore(cacheFolder, {
      onDamage: ({ code, message }) => {
        throw new SignflipError(code, `${message}; signflip reproduce computes it again`);
      },
    });
    const plans = await plan(studies, values);
    const keys = new Set(plans.flatMap(({ cells }) => cells.map(({ key }) => key)));
    const results = new Map<string, import("../../study/store.ts").StoredCell>();
    for (const key of keys) {
      const stored = await store.get(key);
      if (stored !== undefined) results.set(key, stored);
    }
    if (results.size < keys.size) {
      const command = commandLine.replace(/^signflip report/, "signflip reproduce").replace(/ --json\b/, "");
      throw new SignflipError(
        "SF_CACHE",
        `${keys.size - results.size} of ${plural(keys.size, "cell")} are not in ${join(cacheFolder, "cells")}; compute them with: ${command}`,
      );
    }
    await checkOutputFolder(folder, values.out);
    const output = await OutputFolder.open(folder, commandLine);
    const publisher = new Publisher({ output, store, plans, title: titleOfAll(studies), preset: values.study ?? values.preset, commandLine });
    try {
      printPublished(await publisher.publish(results), {
        print,
        note,
        folder,
        json: values.json,
        summary: { command: "report", out: folder, cache: cacheFolder, cells: { total: keys.size, computed: 0, cached: keys.size } },
      });
    } finally {
      await output.close();
    }
  },
});
