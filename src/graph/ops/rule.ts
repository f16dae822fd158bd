import type { Tensor } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import type { GraphBuilder } from "../builder.ts";
import type { Attributes, Dim, TensorType, Value } from "../ir.ts";

export type { GraphBuilder };

/**
 * One thing per name of a rule's operands, by position: `"x"` is there, `"x?"` may be left out, and the `"...x"` that may
 * stand last is any number of them.
 */
export type Named<Names extends readonly string[], T> = Names extends readonly [...infer Fixed extends readonly string[], `...${string}`]
  ? readonly [...Each<Fixed, T>, ...T[]]
  : Each<Names, T>;
type Each<Names extends readonly string[], T> = { readonly [K in keyof Names]: Names[K] extends `${string}?` ? T | undefined : T };

/** What every rule has that names a first operand. */
type AtLeastOne<T> = readonly [T, ...(T | undefined)[]];

export interface InferContext<Types = AtLeastOne<TensorType>> {
  readonly op: string;
  /** Types of the operands. */
  readonly types: Types;
  /** The elements of the operands that are fixed in the graph. */
  readonly constants: readonly (Tensor | undefined)[];
  /** The elements of small integer operands as far as they are known: shapes, axes, indices. */
  readonly ints: readonly (readonly Dim[] | undefined)[];
  readonly attributes: Attributes;
  /** How many outputs the node has. */
  readonly outputs: number;
}

/** A type, with the elements where they are known in advance: of a small integer value (see `Value.ints`), or of a constant. */
export type Inferred = TensorType | { readonly type: TensorType; readonly ints?: readonly Dim[] | undefined; readonly constant?: Tensor };

export interface VjpContext<Inputs = AtLeastOne<Value>> {
  readonly inputs: Inputs;
  readonly outputs: readonly [Value, ...Value[]];
  /** The gradient of the first output, all that most rules need: zeros where nothing depends on it. */
  readonly dy: Value;
  /** The gradients of all outputs; undefined for those that nothing depends on. */
  readonly dys: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  /** Whether the gradient of each input is wanted; a rule may leave out costly ones that are not. */
  readonly wanted: readonly boolean[];
  /** What the node's subgraphs read of the graphs around them, if its gradient is wanted. A rule returns theirs behind those of the inputs. */
  readonly captured: readonly Value[];
  /** The reverse walk, for operators that are written with others: Σ_k dys[k]ᵀ ∂ys[k]/∂x for each x, added to a graph. */
  readonly jacobian: (g: GraphBuilder, ys: readonly Value[], dys: readonly Value[], xs: readonly Value[]) => readonly Value[];
}

/** One entry per input and captured value, undefined where it has no gradient (indices, shapes, masks). */
export type Vjp<Inputs = AtLeastOne<Value>> = (g: GraphBuilder, context: VjpContext<Inputs>) => readonly (Value | undefined)[];

/** `stop`: the derivative is zero almost everywhere and the walk ends here. `error`: asking for it is a mistake. */
export interface NoGradient {
  readonly none: "stop" | "error";
  readonly because: string;
}

/** Not differentiable, in the sense that nothing flows: comparisons, rounding, shapes, indices. */
export const zeroGradient = (because: string): NoGradient => ({ none: "stop", because });
/** Not differentiable, in the sense that a user must be told. */
export const noGradient = (because: string): NoGradient => ({ none: "error", because });

/** What the file of an operator says of it. */
interface Definition<Names extends readonly string[]> {
  /** Names of the operands, in order: see `Named`. */
  readonly operands: Names;
  /** Types of the outputs from those of the operands. Throws SF_GRAPH where these cannot work. */
  readonly infer: (context: InferContext<Named<Names, TensorType>>) => readonly Inferred[];
  /** The gradient, or, in words, why there is none. */
  readonly vjp: Vjp<Named<Names, Value>> | NoGradient;
  /**
   * True for operators whose operands are broadcast against each other: their rules return gradients in the shape
   * of the output, and the walk sums each back to the shape of its input. No rule undoes broadcasting itself.
   */
  readonly broadcasts?: true;
  /** True for operators whose first output holds integers that stand for real numbers: a gradient flows through them. */
  readonly quantizes?: true;
}

/** A node as the walk knows it: any of its operands may be missing. */
type NodeContext = Omit<VjpContext<readonly (Value | undefined)[]>, "outputs" | "dy"> & { readonly op: string; readonly outputs: readonly Value[] };

/**
 * What the graph engine knows of one ONNX operator at our opset: the types of its outputs, and the
 * vector-Jacobian product that the reverse walk of `gradient.ts` asks for. One file per operator (siblings
 * may share), one line in `index.ts`.
 */
export interface OpRule {
  readonly infer: (context: InferContext<readonly (TensorType | undefined)[]>) => readonly Inferred[];
  readonly vjp: ((g: GraphBuilder, context: NodeContext) => readonly (Value | undefined)[]) | NoGradient;
  readonly broadcasts: boolean;
  readonly quantizes: boolean;
}

/** The rule of an operator. Its functions are only called with the operands that it names, so they test for no others. */
export function defineOp<const Names extends readonly string[]>({ operands, infer, vjp, broadcasts, quantizes }: Definition<Names>): OpRule {
  return {
    infer: (context) => {
      const { op, types } = context;
      check(op, operands, types);
      return infer({ ...context, types });
    },
    vjp:
      "none" in vjp
        ? vjp
        : (g, { op, ...context }) => {
            const { inputs, outputs, dys } = context;
            check(op, operands, inputs);
            check(op, anyOutputs, outputs);
            return vjp(g, { ...context, inputs, outputs, dy: dys[0] ?? g.zerosLike(outputs[0]) });
          },
    broadcasts: broadcasts === true,
    quantizes: quantizes === true,
  };
}

const anyOutputs = ["y", "...more"] as const;

/** The one place where what a node has becomes what its rule names. @throws SF_GRAPH where something is missing */
function check<Names extends readonly string[], T>(op: string, names: Names, given: readonly (T | undefined)[]): asserts given is Named<Names, T> {
  const missing = names.find((name, i) => given[i] === undefined && !name.startsWith("...") && !name.endsWith("?"));
  if (missing !== undefined) throw new SignflipError("SF_GRAPH", `${op}: ${missing} is missing; it takes ${names.join(", ")}`);
}
