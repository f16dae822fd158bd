import { SignflipError } from "../../util/errors.ts";
import { intsOf } from "../attributes.ts";
import type { GraphBuilder } from "../builder.ts";
import type { Attributes, Value } from "../ir.ts";

/** A node as a file of an older opset has it. */
export interface OldNode {
  readonly op: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: number;
  readonly attributes: Attributes;
}

/** What became different about an operator in one opset. */
export interface Change {
  /** The opset from which on the operator is as we write it. */
  readonly since: number;
  /**
   * The same node in the form of `since`; or, where it takes several nodes of our own opset, the outputs of those, which the
   * function adds to the graph. An output that exists no more is left out at the end.
   */
  readonly rewrite: (node: OldNode, g: GraphBuilder) => OldNode | readonly Value[];
}

/** Attributes that no longer exist and made no difference to the results. */
export const dropped =
  (...names: readonly string[]): Change["rewrite"] =>
  (node) => ({ ...node, attributes: without(node.attributes, ...names) });

export function without(attributes: Attributes, ...names: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}

/** Integers that were an attribute and became an input; none are written where the attribute is missing. */
export const intsBecomeInput =
  (name: string, position: number): Change["rewrite"] =>
  (node, g) => {
    const values = intsOf(node.attributes, name);
    return values ? { ...node, inputs: withInput(node.inputs, position, intsInput(g, values)), attributes: without(node.attributes, name) } : node;
  };

export function withInput(inputs: readonly (Value | undefined)[], position: number, value: Value): (Value | undefined)[] {
  return Array.from({ length: Math.max(inputs.length, position + 1) }, (_, i) => (i === position ? value : inputs[i]));
}

/** Integers as an input. The ends of slices may be the largest int64, which a number cannot hold; no axis is that long. */
export function intsInput(g: GraphBuilder, values: readonly number[]): Value {
  return g.ints(values.map((value) => Math.max(-Number.MAX_SAFE_INTEGER, Math.min(value, Number.MAX_SAFE_INTEGER))));
}

/** The first input, for changes that cannot do without. */
export function firstInput({ op, inputs: [x] }: OldNode): Value {
  if (!x) throw new SignflipError("SF_ONNX", `${op} has no input`);
  return x;
}

/** The rank of a value, for changes that cannot do without. */
export function rankFor({ op }: OldNode, x: Value): number {
  if (!x.type.shape) throw new SignflipError("SF_ONNX", `${op} of an old opset needs the rank of ${x.name}: export the model with the shapes of its values`);
  return x.type.shape.length;
}
