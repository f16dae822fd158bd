import { attack } from "../../attack/attack.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Classifier } from "../../model/classifier.ts";
import { networks } from "../../model/networks/index.ts";
import { saveClassifier } from "../../model/save.ts";
import { type DataOptions, loadDataset } from "../../platform/node/data-files.ts";
import { load } from "../../platform/node/load.ts";
import { trainingMethods } from "../../training/classifier/index.ts";
import type { ClassifierRecord, ClassifierTrainingOptions, StepProgress } from "../../training/classifier/plan.ts";
import { standardization } from "../../training/classifier/standardize.ts";
import { trainClassifier } from "../../training/classifier/train.ts";
import { SignflipError } from "../../util/errors.ts";
import { percent, plural, significant } from "../../util/words.ts";
import type { CommandContext } from "../command.ts";
import { threadsOr } from "../experiment.ts";
import type { ValuesOf } from "../option/option.ts";
import type { jsonOption, threadsOption } from "../option/options.ts";
import { checkOutputFile, writeNetwork } from "../output.ts";
import { duration } from "../text.ts";
import type { classifierTrainingOptions } from "./options.ts";

type Values = ValuesOf<typeof classifierTrainingOptions & { threads: typeof threadsOption; json: typeof jsonOption }>;

/** `signflip train-classifier`. */
export async function runTraining(values: Values, { print, note, given, commandLine }: CommandContext, file: string | undefined): Promise<void> {
  const { data, network, out, seed } = values;
  const usage = (message: string) => new SignflipError("SF_OPTION", message, { usage: true });
  if (data === undefined) throw usage("--data is missing: say what to train on, for example --data mnist");
  if (file !== undefined && network !== undefined) throw usage(`--network is for a new network; ${file} brings its own`);
  await checkOutputFile(out);
  const opened = file === undefined ? undefined : await load(file);
  try {
    const { train, test } = await dataOf(values, data, opened);
    const model = opened ?? fresh(values, train);
    const options = optionsOf(values, given);
    note(
      `training ${model.name} on ${plural(train.n, "sample")} of ${train.name}, ${plural(train.classes, "class", "classes")}${test ? `; testing on ${test.n.toLocaleString("en")}` : ""}`,
    );
    const began = performance.now();
    const { model: trained, history } = await trainClassifier(model, train, {
      ...options,
      seed,
      threads: threadsOr(values.threads),
      ...(test ? { test } : {}),
      onStep: progress(note),
      onEpoch: (record) => note(epochLine(record)),
    });
    const seconds = (performance.now() - began) / 1000;
    const robust = test && trainingMethods[values.method].start !== "none" ? await robustness(trained, test, values) : undefined;
    const training = { data, ...(network === undefined ? {} : { network }), method: values.method, ...options, seed, samples: train.n, history };
    if (out !== undefined)
      await writeNetwork(out, () =>
        saveClassifier(trained, { classNames: opened?.classNames ?? train.classNames, training: { command: commandLine, ...training } }),
      );
    const last = history.at(-1)!;
    const result = { testAccuracy: last.testAccuracy, ...robust, seconds, ...(out === undefined ? {} : { network: out }) };
    if (values.json) return print(JSON.stringify({ command: "train-classifier", ...training, ...result }));
    const words = [`${plural(history.length, "epoch")} in ${duration(seconds)}`, `loss ${significant(last.loss)}`];
    if (last.testAccuracy !== undefined) words.push(`test ${percent(last.testAccuracy)}`);
    if (robust)
      words.push(
        `robust at ε ${values.eps} in ${values.norm} ${percent(robust.robustTestAccuracy)} (PGD, ${robustSteps} steps, ${plural(robust.robustSamples, "test sample")})`,
      );
    print(words.join(", "));
    if (out !== undefined) print(out);
    else note("not saved; use --out network.onnx to save the network");
  } finally {
    await opened?.dispose();
  }
}

/** Data to train on and, where there are others, to test on. */
async function dataOf(
  { test, samples, resize, labelColumn, seed }: Values,
  data: string,
  model: Classifier | undefined,
): Promise<{ train: Dataset; test: Dataset | undefined }> {
  const fit: DataOptions = model ? { inputShape: model.inputShape, channelAxis: model.channelAxis, classes: model.classes } : {};
  const common: DataOptions = { ...fit, resize, labelColumn };
  const drawn = samples === undefined ? {} : { limit: samples, seed };
  const { dataset: first } = await loadDataset(data, { ...common, part: "train", ...drawn });
  // Bytes come as values from 0 to 1; a model that says otherwise gets them as they are.
  const scale = first.domain?.high === 1 && model?.domain?.high === 255 ? ("bytes" as const) : undefined;
  const train = scale === undefined ? first : (await loadDataset(data, { ...common, part: "train", ...drawn, scale })).dataset;
  const like = { ...common, scale, inputShape: train.inputShape, classes: train.classes };
  if (test !== undefined) return { train, test: (await loadDataset(test, { ...like, part: "test" })).dataset };
  const whole = samples === undefined ? train : (await loadDataset(data, { ...common, scale, part: "train" })).dataset;
  const { dataset: other } = await loadDataset(data, { ...like, part: "test" });
  return { train, test: other.fingerprint === whole.fingerprint ? undefined : other };
}

function fresh({ network, seed }: Values, train: Dataset): Classifier {
  const { inputShape, classes, domain } = train;
  const kind = network ?? (inputShape.length === 3 ? "conv" : "mlp");
  return networks[kind].build({ inputShape, classes, domain, seed, preprocessing: standardization(train) });
}

/** What the command line says of the training; what it leaves open has the library's defaults. */
function optionsOf(values: Values, given: ReadonlySet<string>): ClassifierTrainingOptions {
  const { method, optimizer, schedule, norm, flip, shift, freeze } = values;
  const numbers = ["eps", "steps", "stepSize", "beta", "lr", "momentum", "weightDecay", "batch", "epochs"] as const;
  const perturbs = trainingMethods[method].start !== "none";
  const idle = (["norm", "steps", "stepSize"] as const).find((name) => !perturbs && given.has(name));
  if (idle !== undefined)
    throw new SignflipError(
      "SF_OPTION",
      `${idle === "stepSize" ? "--step-size" : `--${idle}`} is for methods that perturb: add --method adversarial or trades`,
      { usage: true },
    );
  return {
    method,
    optimizer,
    schedule,
    ...(perturbs ? { norm } : {}),
    ...Object.fromEntries(numbers.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]]))),
    ...(flip || shift ? { augment: { flip, shift: shift ?? 0 } } : {}),
    ...(freeze ? { frozen: freeze } : {}),
  };
}

/** A line every ten seconds, with the time left. */
function progress(note: (line: string) => void): (at: StepProgress) => void {
  const began = performance.now();
  let last = began;
  return ({ epoch, step, steps, loss }) => {
    const now = performance.now();
    if (now - last < 10_000 || step === steps) return;
    last = now;
    note(`epoch ${epoch}  step ${step} of ${steps}  loss ${significant(loss)}  ${duration(((now - began) / 1000 / step) * (steps - step))} left`);
  };
}

function epochLine({ epoch, loss, trainAccuracy, robustTrainAccuracy, testAccuracy, seconds }: ClassifierRecord): string {
  const parts = [`epoch ${epoch}`, `loss ${significant(loss)}`];
  if (trainAccuracy !== undefined) parts.push(`train ${percent(trainAccuracy)}`);
  if (robustTrainAccuracy !== undefined) parts.push(`perturbed ${percent(robustTrainAccuracy)}`);
  if (testAccuracy !== undefined) parts.push(`test ${percent(testAccuracy)}`);
  return [...parts, `${seconds.toFixed(1)} s`].join("  ");
}

/** Steps of the attack after training, and the most test samples that are attacked. */
const [robustSteps, robustSamples] = [20, 1000];

async function robustness(model: Classifier, { x, y, d }: Dataset, { eps, norm, threads }: Values) {
  const n = Math.min(robustSamples, y.length);
  const points = { x: x.subarray(0, n * d), y: y.subarray(0, n) };
  const { summary } = await attack(model, points, { attack: "pgd", norm, eps: eps!, steps: robustSteps, box: model.domain, threads: threadsOr(threads) });
  return { robustTestAccuracy: summary.robustAccuracy, robustSamples: n };
}
