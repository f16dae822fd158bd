import { flatBox } from "../../data/box.ts";
import { decodeModel } from "../../graph/decode.ts";
import { embedded } from "../../graph/decode/embed.ts";
import { ruleOf } from "../../graph/ops/index.ts";
import { convertFloats } from "../../graph/convert.ts";
import { type Model, type Value, holds } from "../../graph/ir.ts";
import { checkMemory } from "../../runtime/memory.ts";
import { isFloat, sizeOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { plural } from "../../util/words.ts";
import { type Classifier, checkClassifier } from "../classifier.ts";
import { type Rewritten, addBatched, batched, oneAtATime } from "./batched.ts";
import { NotBatchable } from "./batch/context.ts";
import { multiplyAdds, numbersKept } from "./cost.ts";
import { givenTensors } from "./given.ts";
import { finisherOf, looksLikeProbabilities } from "./finish.ts";
import { type ChosenInput, type CountsSamples, chooseInput, floatOf, sampleType } from "./input.ts";
import { boundsIn, classNamesIn } from "./metadata.ts";
import { normalizationOf } from "./normalization.ts";
import type { LoadOptions } from "./options.ts";
import { type OriginalPrediction, openOriginal } from "./original.ts";
import { chooseOutput } from "./output.ts";
import { type ModelReport, countOps, countParameters, gradientOf, portOf } from "./report.ts";
import { type OfSeveral, ofSeveral } from "./several.ts";
import { type OneSample, specialize } from "./specialize.ts";
import { allowedDifference, fine, tolerance } from "./tolerance.ts";
import { compare, randomPoints, scoresOfGraph } from "./verify.ts";
import { coarseWords, headWords, normalizationWords, straightThrough, unbounded } from "./words.ts";

/** A classifier from a file, with what is known and assumed of it. */
export interface OnnxClassifier extends Classifier {
  /** All that `signflip inspect` shows. */
  readonly report: ModelReport;
  /** What was assumed where the file does not say it, in sentences. */
  readonly assumptions: readonly string[];
  readonly classNames: readonly string[] | undefined;
  /** The bytes of the file. */
  readonly bytes: Uint8Array;
  /**
   * What the untouched file says, one sample at a time.
   * @param x `[n, …inputShape]`, in raw units
   */
  predictOriginal(x: Float32Array): Promise<OriginalPrediction[]>;
  /** Frees the session of the untouched file. */
  dispose(): Promise<void>;
}

/**
 * Reads an .onnx file as a classifier: finds its input, its logits and its classes, and rewrites it for any number of samples at once. What is
 * rewritten is compared with the file on samples drawn at random.
 * @throws SF_ONNX if it is no such file; SF_NETWORK, SF_OPTION (usage) if it cannot be taken for a classifier as the options say
 */
export async function loadClassifier(bytes: Uint8Array, options: LoadOptions = {}): Promise<OnnxClassifier> {
  const { name = "model", threads, provider, mean, std, verify = 3, external } = options;
  const engine = { ...(threads === undefined ? {} : { threads }), ...(provider === undefined ? {} : { provider }) };
  const file = decodeModel(bytes, name, { external });
  checkWeights(file, name);
  const model = convertFloats(file, { float16: "float32", bfloat16: "float32" });
  const output = chooseOutput(model, options, name);
  const givenBeside = (value: Value) => givenTensors(file, model, value, output.head.logits, options, name);
  let several: OfSeveral | undefined;
  const counts: CountsSamples = async (value, shape, isTold) => {
    const type = { element: floatOf(value.type.element), shape };
    several = await ofSeveral(model.graph, { input: value, type, given: givenBeside(value).ours, output: output.head.logits }, isTold);
    return several !== undefined;
  };
  const input = await chooseInput(model, counts, options, name);
  await checkMemory(`${verify + 1} inputs of ${name}`, 4 * (verify + 1) * sizeOf(input.inputShape));
  const given = givenBeside(input.value);
  const { element } = file.graph.inputs.find((value) => value.name === input.value.name)!.type;
  if (!holds(element)) throw new SignflipError("SF_NETWORK", `${name}: its input ${input.value.name} is ${element}, which cannot be attacked`, { usage: true });
  const assumptions = [...(output.why ? [output.why] : []), ...input.assumptions];

  const isSmallest = (options.decision ?? output.head.label) === "argmin";
  const write = (asLog: boolean) =>
    specialize(model.graph, {
      input: input.value,
      type: sampleType(input),
      given: given.ours,
      output: output.head.logits,
      ...several,
      finish: finisherOf(output.head, { position: options.position, isSmallest, asLog }, name),
    });
  let one = await write(false);
  checkShapes(one, name);
  await checkMemory(`the scores of one input of ${name}`, 4 * (countParameters(file) + numbersKept(one.nodes) / 2));
  const normalization = normalizationOf(one, input);
  const domain = options.bounds ?? boundsIn(file.metadata)?.box ?? (element === "uint8" ? { low: 0, high: 255 } : undefined);
  const shape = { inputShape: input.inputShape, ...(input.channelAxis === undefined ? {} : { channelAxis: input.channelAxis }) };
  const drawn = randomPoints(input.inputShape, Math.max(verify, 2), domain && flatBox(domain, shape, `${name}: bounds`));
  const points = isFloat(element) ? drawn : drawn.map(Math.round);
  const preprocessing = mean === undefined && std === undefined ? undefined : { mean: mean ?? 0, std: std ?? 1 };

  const rewritten = [...one.rewritten];
  if (several?.copies !== undefined)
    assumptions.push(
      `The file takes exactly ${several.copies.toLocaleString("en")} samples at a time, so each sample is repeated that many times and takes that many times as long.`,
    );
  let graph: Rewritten = rewrite(one, input, rewritten, assumptions);
  let isLog = false;
  if (output.head.activation === "none" && !isSmallest && sizeOf(one.y.type.shape as number[]) > 1) {
    const { alone } = await scoresOfGraph(graph, input.inputShape, points);
    if (looksLikeProbabilities(alone, sizeOf(one.y.type.shape as number[]))) {
      one = await write(true);
      graph = rewrite(one, input, [], []);
      isLog = true;
    }
  }
  const scores = sizeOf(one.y.type.shape as number[]);
  const isSingle = scores === 1;
  const classes = isSingle ? 2 : scores;
  const named = options.classNames ? { names: options.classNames, key: "" } : classNamesIn(file.metadata, classes);
  if (options.classNames && options.classNames.length !== classes)
    throw new SignflipError("SF_OPTION", `${name} has ${plural(classes, "class", "classes")}; got ${plural(options.classNames.length, "name")}`, {
      usage: true,
    });
  const why = headWords(output, { scores, isLog, isSmallest, position: options.position });
  assumptions.push(why);
  if (!domain) assumptions.push(unbounded);
  if (normalization) assumptions.push(normalizationWords(normalization));
  if (!isFloat(element))
    assumptions.push(`The file takes ${element}: it is attacked on real numbers, and the points found are rounded before they are tried in the file.`);

  let opened: ReturnType<typeof openOriginal> | undefined;
  const original = () =>
    (opened ??= openOriginal(
      {
        bytes: external ? embedded(bytes, external) : bytes,
        name,
        input,
        element,
        output,
        given: given.theirs,
        preprocessing,
        position: options.position,
        decision: isSmallest ? "argmin" : "argmax",
        isSingle,
      },
      engine,
    ));
  const x = points.subarray(0, verify * sizeOf(input.inputShape));
  const compared = await compare({ graph, inputShape: input.inputShape, x, head: output.head, isLog, isSmallest }, async (one) =>
    (await original()).predict(one, true),
  );
  if (!(compared.batch <= tolerance)) {
    // An operator mixes the samples of a batch.
    graph = oneAtATime(one, input.inputShape);
    assumptions.push("Samples do not keep their scores when they are run together: they are run one at a time.");
  }
  if (!compared.areNumbers)
    assumptions.push("On random inputs all scores are NaN or infinite: the weights are damaged, or inputs have to lie elsewhere (give bounds).");
  const allowed = allowedDifference(file);
  if (allowed > fine && compared.file > tolerance && compared.file <= allowed) assumptions.push(coarseWords(compared.file));
  if (one.nodes.some(({ op }) => ruleOf(op)?.quantizes)) assumptions.push(straightThrough);
  if (!(compared.file <= allowed))
    throw new SignflipError(
      "SF_NETWORK",
      `${name}: the scores of the graph made from it differ from the file's by ${compared.file.toPrecision(2)}, relative to the largest`,
    );
  const classifier: Classifier = {
    name,
    ...shape,
    classes,
    output: isSingle ? "logit" : "logits",
    ...(domain ? { domain } : {}),
    ...(preprocessing ? { preprocessing } : {}),
    parameterTypes: {},
    parameters: {},
    ...(graph.isAlone ? { mostRows: 1 } : {}),
    numbersPerSample: numbersKept(one.nodes),
    scores: (g, x) => g.cast(addBatched(g, graph, g.cast(x, graph.model.graph.inputs[0]!.type.element)), "float32"),
  };
  checkClassifier("load", classifier);
  const report: ModelReport = {
    name,
    bytes: bytes.length,
    opset: file.origin?.opset,
    irVersion: file.origin?.irVersion,
    producer: file.origin?.producer,
    inputs: file.graph.inputs.map(portOf),
    outputs: file.graph.outputs.map(portOf),
    input: { name: input.value.name, shape: input.inputShape, layout: input.layout, batch: input.batch },
    logits: { output: output.value.name, value: output.head.logits.name, activation: output.head.activation, cut: output.head.cut, why },
    scores,
    classes,
    classNames: named?.names,
    decision: isSingle ? "sign" : isSmallest ? "argmin" : "argmax",
    bounds: domain,
    preprocessing,
    normalization,
    ops: countOps(file),
    parameters: countParameters(file),
    multiplyAdds: one.nodes.reduce((sum, node) => sum + multiplyAdds(node), 0),
    numbersPerSample: numbersKept(one.nodes),
    ...gradientOf(one.nodes, one.x, one.y, graph),
    rewritten,
    verified: { samples: verify, batch: compared.batch, file: compared.file },
    assumptions,
  };
  return {
    ...classifier,
    report,
    assumptions,
    classNames: named?.names,
    bytes,
    predictOriginal: async (points) => (await original()).predict(points),
    dispose: async () => {
      if (opened) await (await opened).dispose();
      opened = undefined;
    },
  };
}

/** The graph for many samples, or, where an operator cannot do that, for one at a time. */
function rewrite(one: OneSample, input: ChosenInput, rewritten: string[], assumptions: string[]): Rewritten {
  try {
    const graph = batched(one, input.inputShape);
    if (input.batch !== "free")
      rewritten.push(input.batch === "none" ? "an axis for the batch was added" : `the batch of ${input.batch.toLocaleString("en")} became one of any size`);
    return graph;
  } catch (error) {
    if (!(error instanceof NotBatchable)) throw error;
    assumptions.push(`${error.message}: samples are run one at a time.`);
    return oneAtATime(one, input.inputShape);
  }
}

function checkShapes({ x, y, nodes }: OneSample, name: string): void {
  if (x !== y && !nodes.some(({ outputs }) => outputs.includes(y)))
    throw new SignflipError("SF_NETWORK", `${name} is constant: its scores do not depend on its input ${x.name}`, { usage: true });
  const open = nodes.find(({ outputs }) => outputs.some(({ type }) => !type.shape?.every((dim) => typeof dim === "number")));
  if (open)
    throw new SignflipError("SF_NETWORK", `${name}: the shape of ${open.outputs[0]!.name} (${open.op}) depends on the values of the input`, { usage: true });
}

/** Operators that make no number of an infinite weight; elsewhere infinity is a mask or a bound. */
const multiplying = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul", "BatchNormalization"]);

/** @throws SF_NETWORK where a weight is no number, or infinite and multiplied */
function checkWeights({ graph }: Model, name: string): void {
  const multiplied = new Set(graph.nodes.filter(({ op }) => multiplying.has(op)).flatMap(({ inputs }) => inputs));
  for (const value of [...graph.initializers, ...graph.nodes.filter(({ op }) => op === "Constant").flatMap(({ outputs }) => outputs)]) {
    const { constant } = value;
    if (!constant || (constant.element !== "float32" && constant.element !== "float64")) continue;
    const isWrong = multiplied.has(value) ? (number: number) => !Number.isFinite(number) : Number.isNaN;
    const wrong = (constant.data as Float64Array).find(isWrong);
    if (wrong !== undefined) throw new SignflipError("SF_NETWORK", `${name}: the weights ${value.name} hold ${wrong}`, { usage: true });
  }
}
