import { median } from "simple-statistics";
import { z } from "zod";
import { norms } from "../attack/ball.ts";
import { SignflipError } from "../util/errors.ts";
import { type EvaluationResult, cleanAccuracyOf, foundDistances, robustAccuracyAt, robustAccuracyCurve, thinned } from "./evaluation.ts";

const share = z.number().min(0).max(1);
const whole = z.int().min(0);
const step = z.object({ eps: z.number().min(0), accuracy: share, low: share, high: share });

/** The JSON file of an evaluation; docs/evaluation.schema.json is made from it. */
export const evaluationSchema = z.object({
  format: z.literal("signflip-evaluation-1"),
  model: z.object({
    name: z.string(),
    sha256: z.string().optional(),
    inputShape: z.array(whole),
    channelAxis: whole.optional(),
    classes: whole,
    classNames: z.array(z.string()).optional(),
  }),
  data: z.object({ name: z.string(), fingerprint: z.string(), n: whole, featureNames: z.array(z.string()).optional() }),
  norm: z.enum(norms),
  bounds: z.string().optional(),
  seed: whole,
  target: whole.optional(),
  assumptions: z.array(z.string()),
  cleanAccuracy: share.describe("share of samples that are classified correctly"),
  medianDistance: z.number().nullable().describe("of the samples that are right and that an attack changed; null if there are none"),
  robustAccuracy: z.array(step).describe("the accuracy from each eps up to the next one, with its exact 95 % interval; an upper bound on the truth"),
  samples: z.array(
    z.object({
      index: whole,
      id: z.string().optional(),
      label: whole,
      prediction: whole,
      distance: z.number().min(0).nullable().describe("0 if misclassified as it is, null if no attack succeeded"),
      attack: z.string().nullable(),
      adversarialPrediction: whole.nullable(),
      forward: whole,
      backward: whole,
      zeroGradient: z.boolean(),
      unconfirmed: whole,
    }),
  ),
  attacks: z.array(z.object({ name: z.string(), tried: whole, changed: whole, closest: whole, forward: whole, backward: whole, seconds: z.number() })),
  seconds: z.number(),
  versions: z.record(z.string(), z.string()),
});

export type EvaluationFile = z.infer<typeof evaluationSchema>;

/** As many steps of the curve as the file has, those of asked budgets not counted. */
const mostSteps = 1000;

/** What is written: the numbers of an evaluation without its pictures. */
export function evaluationFile(
  result: EvaluationResult,
  { budgets = [], versions }: { budgets?: readonly number[]; versions: Readonly<Record<string, string>> },
): EvaluationFile {
  const { examples: _, samples, model, data, attacks, ...facts } = result;
  const steps = [...thinned(robustAccuracyCurve(samples), mostSteps), ...budgets.map((eps) => robustAccuracyAt(samples, eps))];
  const found = foundDistances(samples);
  return evaluationSchema.parse({
    format: "signflip-evaluation-1",
    model,
    data,
    ...facts,
    cleanAccuracy: cleanAccuracyOf(samples),
    medianDistance: found.length === 0 ? null : median(found),
    robustAccuracy: [...new Map(steps.map((one) => [one.eps, one])).values()].sort((a, b) => a.eps - b.eps),
    samples,
    attacks,
    versions,
  });
}

/** Reads such a file. @throws SF_FILE that says what is wrong with it; `name` is what errors call it */
export function parseEvaluationFile(text: string, name: string): EvaluationFile {
  const fail = (why: string) => new SignflipError("SF_FILE", `${name}: not the JSON file of an evaluation (${why})`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fail("it is no JSON");
  }
  const parsed = evaluationSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw fail(`${issue!.path.join(".") || "its content"}: ${issue!.message}`);
}
