import { describe, expect, it } from "vitest";
import { commands, commandNames, type CommandEntry } from "../../src/cli/commands.ts";
import { longName, type OptionTable } from "../../src/cli/option/option.ts";
import { runHere } from "./run.ts";

const load = async (name: keyof typeof commands) => (commands[name] as CommandEntry).load();

/** Commands that only read a model: they draw nothing at random, and there is hardly anything to compute. */
const inquiring: readonly string[] = ["inspect", "export-gradient"];

describe("help", () => {
  it.each(commandNames)("%s lists every option, with examples", async (name) => {
    const { code, stdout, stderr } = await runHere([name, "--help"]);
    expect(code).toBe(0);
    expect(stderr).toBe("");
    const { options, examples } = await load(name);
    for (const option of Object.values(options as OptionTable)) expect(stdout).toContain(longName(option));
    const drawing = inquiring.includes(name) ? [] : ["--seed", "--threads"];
    for (const common of [...drawing, "--json", "--timing", "--help"]) expect(stdout).toContain(common);
    for (const [line] of examples) expect(stdout).toContain(`$ ${line}`);
  });

  it("shows the commands when nothing is asked for", async () => {
    const { code, stdout } = await runHere([]);
    expect(code).toBe(0);
    for (const name of commandNames) expect(stdout).toContain(`  ${name}`);
    expect(stdout).not.toContain("worker");
  });

  it("shows the paper's defaults", async () => {
    const { stdout } = await runHere(["train", "--help"]);
    const text = stdout.replace(/\s+/g, " ");
    for (const value of ["1000", "10", "0.1", "64", "step"]) expect(text).toContain(`(default: ${value})`);
  });

  it("prints the version", async () => {
    expect((await runHere(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  });

  it("names options and short forms once in each command", async () => {
    for (const name of commandNames) {
      const flags = Object.values((await load(name)).options as OptionTable).flatMap((option) => option.flags.match(/-{1,2}[a-z0-9-]+/g) ?? []);
      expect(new Set(flags).size).toBe(flags.length);
    }
  });
});
