import { SignflipError } from "../util/errors.ts";
import { tensorOf } from "../tensor/tensor.ts";
import { type Attributes, type Value, int, string } from "./ir.ts";

/** A node as a file of an older opset has it. */
export interface OldNode {
  readonly op: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: number;
  readonly attributes: Attributes;
}

type Upgrade = (node: OldNode, version: number, constant: (axes: readonly number[]) => Value) => OldNode;

/** Since opset 18 the axes of a reduction are an input (ReduceSum had it since 13). */
const axesBecomeInput: Upgrade = (node, version, constant) => {
  const { axes, ...attributes } = node.attributes;
  return version < 18 && axes?.kind === "ints" ? { ...node, inputs: [...node.inputs, constant(axes.value)], attributes } : node;
};

const unreadable =
  (since: number): Upgrade =>
  (node, version) => {
    if (version < since)
      throw new SignflipError(
        "SF_ONNX",
        `${node.op} changed its meaning in opset ${since}, and this model has opset ${version}: export it again with opset ${since} or newer`,
      );
    return node;
  };

/** Every operator whose meaning changed between opsets 13 and 21; all others read the same in each. */
const upgrades: Readonly<Record<string, Upgrade>> = {
  ...Object.fromEntries(
    ["ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"].map((op) => [
      op,
      axesBecomeInput,
    ]),
  ),
  // Since 18, equal parts are asked for by their number.
  Split: (node, version) =>
    version < 18 && node.inputs[1] === undefined ? { ...node, attributes: { ...node.attributes, num_outputs: int(node.outputs) } } : node,
  // In 20 the modes were renamed.
  GridSample: (node, version) => {
    const { mode } = node.attributes;
    const renamed = mode?.kind === "string" ? { bilinear: "linear", bicubic: "cubic" }[mode.value] : "linear";
    return version < 20 && renamed ? { ...node, attributes: { ...node.attributes, mode: string(renamed) } } : node;
  },
  DFT: unreadable(20),
  GroupNormalization: unreadable(21),
};

/** Rewrites a node of an older opset for ours; `toConstant` puts a tensor into the graph. */
export function upgrade(node: OldNode, version: number, toConstant: (tensor: ReturnType<typeof tensorOf>) => Value): OldNode {
  const rule = upgrades[node.op];
  return rule ? rule(node, version, (axes) => toConstant(tensorOf("int64", [axes.length], axes))) : node;
}
