/** @typedef {{ name: string, status: string, assertionResults: { status: string }[] }} TestFile */

/**
 * Counts tests from Vitest's JSON report. What fails without being a test counts as one failure too: a file that
 * could not be loaded, an error between tests, a Vitest that crashed, a run in which no test ran.
 *
 * @param {{ testResults: TestFile[] } | undefined} report what Vitest wrote, or undefined where it wrote nothing
 * @param {number | string} end Vitest's exit code, or the signal that ended it
 */
export function countResults(report, end) {
  /** @type {string[]} */
  const problems = [];
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of report?.testResults ?? []) {
    for (const { status } of file.assertionResults) counts[status === "passed" ? "passed" : status === "failed" ? "failed" : "skipped"]++;
    if (file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed")) problems.push(`${file.name} failed outside its tests`);
  }
  if (report === undefined) problems.push(`Vitest ended with ${end} and left no results`);
  else if (counts.passed + counts.failed + problems.length === 0) problems.push("no test ran");
  else if (end !== 0 && counts.failed + problems.length === 0) problems.push(`Vitest ended with ${end} though no test failed`);
  return { ...counts, failed: counts.failed + problems.length, problems };
}

/** @param {{ passed: number, failed: number, skipped: number }} counts */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
