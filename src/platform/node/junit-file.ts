import XMLBuilder from "fast-xml-builder";
import type { Compared } from "../../measure/comparison.ts";
import { type EvaluationResult, cleanAccuracyOf, robustAccuracyAt } from "../../measure/evaluation.ts";
import { count, number, percent, short } from "../../util/words.ts";

/** What an evaluation has to reach. */
export interface Requirement {
  readonly eps: number;
  /** The robust accuracy at ε must not be lower. */
  readonly least: number;
}

/**
 * An evaluation as a JUnit file, which CI systems read: a case for each requirement and each comparison with a baseline; without any, one case that says
 * the clean accuracy.
 */
export function junitFile(result: EvaluationResult, requirements: readonly Requirement[], compared: readonly Compared[]): string {
  const { samples, model, data, norm, seconds } = result;
  const clean = percent(cleanAccuracyOf(samples), 2);
  const cases = [...requirements.map((one) => required(result, one)), ...compared.map(comparison)];
  if (cases.length === 0) cases.push({ name: "evaluation", said: `clean accuracy ${clean}`, hasFailed: false });
  const failures = cases.filter(({ hasFailed }) => hasFailed).length;
  const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: "@", format: true, suppressBooleanAttributes: false });
  const totals = { "@tests": cases.length, "@failures": failures, "@errors": 0, "@time": seconds.toFixed(3) };
  const text: unknown = builder.build({
    "?xml": { "@version": "1.0", "@encoding": "UTF-8" },
    testsuites: {
      ...totals,
      testsuite: {
        "@name": `robustness of ${model.name}`,
        ...totals,
        properties: {
          property: [
            { "@name": "data", "@value": `${data.name}: ${count(samples.length)} samples` },
            { "@name": "norm", "@value": norm },
            { "@name": "clean accuracy", "@value": clean },
          ],
        },
        testcase: cases.map(({ name, said, hasFailed }) => ({
          "@name": name,
          "@classname": model.name,
          ...(hasFailed ? { failure: { "@type": "robustness", "@message": said } } : {}),
          "system-out": said,
        })),
      },
    },
  });
  return String(text);
}

interface Case {
  readonly name: string;
  readonly said: string;
  readonly hasFailed: boolean;
}

function required({ samples }: EvaluationResult, { eps, least }: Requirement): Case {
  const { accuracy, low, high } = robustAccuracyAt(samples, eps);
  const range = `95 % interval ${percent(low)} to ${percent(high)}`;
  const hasFailed = accuracy < least;
  return {
    name: `robust accuracy at ε = ${short(eps)} is at least ${percent(least)}`,
    said: `robust accuracy at ε = ${short(eps)}: ${percent(accuracy, 2)} (${range})${hasFailed ? `, below ${percent(least, 2)}` : ""}`,
    hasFailed,
  };
}

function comparison({ eps, before, after, lost, gained, byChance, isRegression }: Compared): Case {
  const what = eps === 0 ? "clean accuracy" : `robust accuracy at ε = ${short(eps)}`;
  return {
    name: `${what} is no lower than the baseline's`,
    said: `${what}: ${percent(before, 2)} before, ${percent(after, 2)} now (${count(lost)} samples lost, ${count(gained)} gained; probability by chance ${number(byChance, 2)})`,
    hasFailed: isRegression,
  };
}
