import type { Tensor } from "../../tensor/tensor.ts";
import type { GraphBuilder } from "../builder.ts";
import type { Attributes, Dim, TensorType, Value } from "../ir.ts";

/**
 * What the graph engine knows of one ONNX operator at our opset: the types of its outputs, and the
 * vector-Jacobian product that the reverse walk of `gradient.ts` asks for. One file per operator (siblings
 * may share), one line in `index.ts`.
 */
export interface OpRule {
  /** Types of the outputs from those of the inputs. Throws SF_GRAPH where the inputs cannot work. */
  readonly infer: (context: InferContext) => readonly Inferred[];
  /**
   * The gradient, or, in words, why there is none. A rule returns one entry per input, undefined where the input
   * has none (indices, shapes, masks).
   */
  readonly vjp: Vjp | NoGradient;
  /**
   * True for operators whose inputs are broadcast against each other: their rules return gradients in the shape
   * of the output, and the walk sums each back to the shape of its input. No rule undoes broadcasting itself.
   */
  readonly broadcasts?: true;
}

export interface InferContext {
  readonly op: string;
  /** Types of the inputs; undefined where an optional input is left out. */
  readonly types: readonly TensorType[];
  /** The elements of the inputs that are fixed in the graph. */
  readonly constants: readonly (Tensor | undefined)[];
  /** The elements of small integer inputs as far as they are known: shapes, axes, indices. */
  readonly ints: readonly (readonly Dim[] | undefined)[];
  readonly attributes: Attributes;
  /** How many outputs the node has. */
  readonly outputs: number;
}

/** A type, with the elements where they are known in advance: of a small integer value (see `Value.ints`), or of a constant. */
export type Inferred = TensorType | { readonly type: TensorType; readonly ints?: readonly Dim[] | undefined; readonly constant?: Tensor };

/** Values by position; a rule with optional inputs must test those for undefined. */
export type Operands = readonly [Value, Value, Value, ...Value[]];

export interface VjpContext {
  readonly inputs: Operands;
  readonly outputs: Operands;
  /** Gradients of the outputs; undefined for those that nothing depends on (the first is there if it is the only one). */
  readonly dy: Operands;
  readonly attributes: Attributes;
  /** Whether the gradient of each input is wanted; a rule may leave out costly ones that are not. */
  readonly wanted: readonly boolean[];
}

export type Vjp = (g: GraphBuilder, context: VjpContext) => readonly (Value | undefined)[];

/** `stop`: the derivative is zero almost everywhere and the walk ends here. `error`: asking for it is a mistake. */
export interface NoGradient {
  readonly none: "stop" | "error";
  readonly because: string;
}

/** Not differentiable, in the sense that nothing flows: comparisons, rounding, shapes, indices. */
export const zeroGradient = (because: string): NoGradient => ({ none: "stop", because });
/** Not differentiable, in the sense that a user must be told. */
export const noGradient = (because: string): NoGradient => ({ none: "error", because });
