import { buildGraph } from "../graph/builder.ts";
import { encodeModel } from "../graph/encode.ts";
import { f32 } from "../graph/ir.ts";
import { SignflipError } from "../util/errors.ts";
import { type Classifier, preprocessed } from "./classifier.ts";

export interface SaveOptions {
  /** What the classes are called, `[classes]`. */
  readonly classNames?: readonly string[] | undefined;
  /** How the model came about: plain JSON, kept under `signflip.training` in the file's metadata. */
  readonly training?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * A classifier as an .onnx file that any ONNX Runtime opens: from `x` `[n, …inputShape]` in raw units to `logits` `[n, 1]` or `[n, classes]`, with its
 * preprocessing inside. The bounds of its inputs and the names of its classes are in the metadata.
 * @throws SF_OPTION (usage) where there are not as many names as classes
 */
export function saveClassifier(model: Classifier, { classNames, training }: SaveOptions = {}): Uint8Array<ArrayBuffer> {
  const { name, inputShape, classes, domain, preprocessing, parameters } = model;
  if (classNames && classNames.length !== classes)
    throw new SignflipError("SF_OPTION", `save: ${name} has ${classes} classes; got ${classNames.length} names`, { usage: true });
  const bounds = domain && typeof domain.low === "number" && typeof domain.high === "number" ? [domain.low, domain.high] : undefined;
  const metadata = {
    ...(bounds ? { "signflip.bounds": JSON.stringify(bounds) } : {}),
    ...(classNames ? { "signflip.classes": JSON.stringify(classNames) } : {}),
    ...(training ? { "signflip.training": JSON.stringify(training) } : {}),
  };
  const graph = buildGraph(
    "classifier",
    (g) => {
      const x = g.input("x", f32(["n", ...inputShape]));
      const weights = Object.fromEntries(Object.entries(parameters).map(([key, tensor]) => [key, g.constant(tensor, key)]));
      return { logits: model.scores(g, preprocessing ? preprocessed(g, x, preprocessing, model) : x, weights) };
    },
    metadata,
  );
  const decides = model.output === "logit" ? "The sign of the logit is the predicted class." : "The largest logit is that of the predicted class.";
  return encodeModel({ ...graph, doc: `${name}, ${classes} classes. ${decides}` });
}
