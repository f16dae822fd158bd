import { defineCommand } from "../command.ts";
import { jsonOption, studyOptions, threadsOption, workersOption } from "../option/options.ts";

export const reproduce = defineCommand({
  description:
    "Runs every cell of the figures in a pool of processes and writes report.html, figures, rows and trained networks. " +
    "Finished cells are cached and never computed twice: after Ctrl-C, the same command continues where it stopped.",
  options: {
    ...studyOptions,
    workers: workersOption,
    threads: {
      ...threadsOption,
      description: "threads of each process, at most; they do not change results",
      defaultText: "1, or more where there are fewer cells than cores",
    },
    json: { ...jsonOption, description: "print claims, files and counts as one JSON object on stdout; after an error, stdout is empty" },
  },
  examples: [
    ["signflip reproduce", "Figures 1 to 7 and those of the theory, with the laptop preset"],
    ["signflip reproduce --figure 2 --preset smoke", "Figure 2, small, in seconds"],
    ["signflip reproduce --figure bounds,single-step", "every statement of the theory: its bound and a measurement"],
    ["signflip reproduce --figure 4 --method faithful", "Figure 4 with the authors' PGD in training: ten times the passes"],
    ["signflip reproduce --study study.yaml --out results", "a study of your own"],
  ],
  async run(values, { print, note, given, commandLine }) {
    const studies = await (await import("./studies.ts")).studiesOf(values, given);
    const { runAndPublish } = await import("./run-and-publish.ts");
    await runAndPublish(studies, { ...values, command: "reproduce" }, { print, note, commandLine });
  },
});
