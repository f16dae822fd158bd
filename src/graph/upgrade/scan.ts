import { SignflipError } from "../../util/errors.ts";
import { intsOf } from "../attributes.ts";
import { GraphBuilder } from "../builder.ts";
import { int, ints } from "../ir.ts";
import { type Change, without } from "./change.ts";

/** Until 9 a scan ran over the second axis for each sample of a batch: now the samples are scanned, and each has a scan of its own. */
export const batchScanned: Change["rewrite"] = (node, g) => {
  const [lengths, ...inputs] = node.inputs;
  if (lengths) throw new SignflipError("SF_ONNX", "Scan of opset 8 with the lengths of sequences is not supported: export the model with opset 9 or newer");
  const directions = intsOf(node.attributes, "directions");
  const b = new GraphBuilder(`${g.graph.name}-sample`, g);
  const sample = inputs.map((input, i) => {
    if (!input) throw new SignflipError("SF_ONNX", "Scan lacks an input that it needs");
    return b.input(`sample_${i}`, { element: input.type.element, shape: input.type.shape?.slice(1) });
  });
  const attributes = { ...without(node.attributes, "directions"), ...(directions ? { scan_input_directions: ints(directions) } : {}) };
  const outputs = b.op("Scan", sample, attributes, node.outputs);
  b.finish(outputs);
  return g.op("Scan", inputs, { body: { kind: "graph", value: b.graph }, num_scan_inputs: int(inputs.length) }, node.outputs);
};
