import { describe, expect, test } from "vitest";
import { isInstalled } from "../scripts/bootstrap.js";
import { closingLine, countResults } from "../scripts/test-counts.js";

const file = (status: string, ...tests: string[]) => ({ name: "some.test.ts", status, assertionResults: tests.map((one) => ({ status: one })) });
const line = (...given: Parameters<typeof countResults>) => closingLine(countResults(...given));

describe("the closing line of npm test", () => {
  test("counts tests", () => {
    expect(line({ testResults: [file("passed", "passed", "passed"), file("passed", "passed")] }, 0)).toBe("3 passed, 0 failed");
    expect(line({ testResults: [file("failed", "passed", "failed")] }, 1)).toBe("1 passed, 1 failed");
    expect(line({ testResults: [file("passed", "passed", "pending", "todo", "skipped")] }, 0)).toBe("1 passed, 0 failed, 3 skipped");
  });

  test("counts what fails without being a test", () => {
    expect(line({ testResults: [file("passed", "passed"), file("failed")] }, 1)).toBe("1 passed, 1 failed");
    expect(line({ testResults: [file("failed", "passed")] }, 1)).toBe("1 passed, 1 failed");
    expect(line({ testResults: [file("passed", "passed")] }, 1)).toBe("1 passed, 1 failed");
    expect(line(undefined, "SIGKILL")).toBe("0 passed, 1 failed");
    expect(line(undefined, 0)).toBe("0 passed, 1 failed");
  });

  test("a run in which no test ran has failed", () => {
    expect(line({ testResults: [] }, 0)).toBe("0 passed, 1 failed");
    expect(line({ testResults: [file("passed", "pending")] }, 0)).toBe("0 passed, 1 failed, 1 skipped");
  });
});

describe("the bootstrap", () => {
  const lock = (packages: Record<string, object>) => ({ packages: { "": {}, ...packages } });
  const wanted = lock({ "node_modules/a": { version: "1.0.0" }, "node_modules/b": { version: "2.0.0", optional: true } });

  test("leaves a full install alone", () => {
    expect(isInstalled(wanted, lock({ "node_modules/a": { version: "1.0.0" } }))).toBe(true);
  });

  test("installs where something is missing, in another version, or half there", () => {
    expect(isInstalled(wanted, undefined)).toBe(false);
    expect(isInstalled(wanted, lock({}))).toBe(false);
    expect(isInstalled(wanted, lock({ "node_modules/a": { version: "1.0.1" } }))).toBe(false);
    expect(isInstalled(undefined, wanted)).toBe(false);
  });
});
