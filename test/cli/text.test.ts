import { afterEach, describe, expect, it } from "vitest";
import { table, terminalWidth, wrapped } from "../../src/cli/text.ts";
import { runHere } from "./run.ts";

const before = process.env["COLUMNS"];
afterEach(() => {
  if (before === undefined) delete process.env["COLUMNS"];
  else process.env["COLUMNS"] = before;
});

const head = ["seed", "test", "‖δ‖"];
const rows = [
  ["0", "99.1 %", "0.66 ± 0.26"],
  ["10", "9.0 %", ""],
];

describe("a table", () => {
  it("lines up, to the last column that fits", () => {
    const text = "seed    test          ‖δ‖\n0     99.1 %  0.66 ± 0.26\n10     9.0 %";
    expect(table(head, rows, [0], 25)).toBe(text);
    expect(table(head, rows, [0], Infinity)).toBe(text);
  });

  it("is a block a row where it would break", () => {
    expect(table(head, rows, [0], 24)).toBe("seed 0\n  test  99.1 %\n  ‖δ‖   0.66 ± 0.26\nseed 10\n  test  9.0 %");
  });

  it("takes the width that COLUMNS says", () => {
    process.env["COLUMNS"] = "40";
    expect(terminalWidth()).toBe(40);
    process.env["COLUMNS"] = "none";
    expect(terminalWidth()).toBe(process.stdout.columns ?? Infinity);
  });
});

describe("wrapped text", () => {
  it("breaks between words, and only where it must", () => {
    expect(wrapped("  agrees    one two three", "    ", 25)).toBe("  agrees    one two three");
    expect(wrapped("  agrees    one two three", "    ", 20)).toBe("  agrees    one two\n    three");
    expect(wrapped("a-word-that-is-longer than that", "  ", 11)).toBe("a-word-that-is-longer\n  than that");
  });
});

const small = ["--size", "3", "--width", "5", "--epochs", "1"];

describe("in 40 columns", () => {
  it("no line of flip's numbers is longer", async () => {
    process.env["COLUMNS"] = "40";
    const { stdout } = await runHere(["flip", ...small, "--seeds", "2"]);
    expect(stdout).toMatch(/^seed 0\n {2}epochs/);
    const numbers = stdout.split("\n").filter((line) => line.includes("±"));
    expect(numbers.length).toBeGreaterThan(7);
    expect(Math.max(...numbers.filter((line) => !line.startsWith("mean ±")).map((line) => line.length))).toBeLessThanOrEqual(40);
  });
});

describe("a batch of more than there is", () => {
  it.each([["train"], ["flip"], ["train", "--adversarial", "--method", "fast", "--pgd-steps", "1"]])("%s is noted, and no other", async (...command) => {
    const { stderr, code } = await runHere([...command, ...small, "--batch", "20000"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^note: a batch of 20,000 is more than the 12,665 training images: every step takes all of them\n/m);
    expect((await runHere([...command, ...small, "--batch", "12665"])).stderr).not.toContain("note: a batch");
  });
});
