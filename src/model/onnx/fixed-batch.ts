import { intOf, intsOf } from "../../graph/attributes.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import { type Node, type Value, showNode } from "../../graph/ir.ts";
import { ruleOf } from "../../graph/ops/index.ts";
import { fixedShape } from "../../graph/shape.ts";
import { type Tensor, arrayTypes, numbersOf, sizeOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";

type Operands = readonly (Value | undefined)[];

/** Where the batch lies in a value: its axis, and how many elements of one sample's that axis come before it (heads, merged with the batch, say). */
interface Place {
  readonly axis: number;
  readonly before: number;
}

/** Operators that change the shape of a value and leave the order of its elements. */
const reshaping = new Set(["Reshape", "Flatten", "Squeeze", "Unsqueeze"]);
/** Operators whose operands all have the batch at the same axis. */
const parallel = new Set(["Concat", "GatherElements", "ScatterElements", "GridSample"]);
const recurrent = new Set(["LSTM", "GRU", "RNN"]);

/**
 * What has to change in a graph for a fixed number of samples so that it is one for a single sample: the sizes of the batch in target shapes,
 * and constants that have a row for each sample. Where the batch lies is read from the shapes of the graph for all of them.
 */
export class FixedBatch {
  readonly #batch: number;
  readonly #whole: ReadonlyMap<Value, Value>;
  readonly #before = new Map<Value, number>();

  /** @param whole the values of the graph for all samples, by those of the file; their shapes are known */
  constructor(batch: number, whole: ReadonlyMap<Value, Value>) {
    this.#batch = batch;
    this.#whole = whole;
  }

  /**
   * The operands of a node for one sample.
   * @param node of the file
   * @param inputs in the graph of one sample
   * @throws SF_NETWORK where samples cannot be taken apart
   */
  fit(g: GraphBuilder, node: Node, inputs: Operands): Operands {
    const places = inputs.map((value, i) => this.#placeOf(node.inputs[i], value));
    const [x] = inputs;
    const [place] = places;
    if (x && place && reshaping.has(node.op)) return this.#reshaped(g, node, inputs, place);
    const out = this.#shapeOf(node.outputs[0]);
    if (x && place && node.op === "Expand" && out) {
      const axis = place.axis + out.length - x.type.shape!.length;
      return [x, g.ints(out.with(axis, out[axis]! / this.#batch))];
    }
    if (place && node.op === "Resize" && inputs[3]?.constant) {
      const axes = intsOf(node.attributes, "axes", [...(x!.type.shape ?? []).keys()]).map(Number);
      const at = axes.findIndex((axis) => (axis < 0 ? axis + x!.type.shape!.length : axis) === place.axis);
      const sizes = numbersOf(inputs[3].constant);
      if (at >= 0 && sizes.length > at && out) return inputs.toSpliced(3, 1, g.ints(sizes.with(at, out[place.axis]! / this.#batch)));
    }
    const at = places.findIndex((one) => one);
    if (at < 0) return inputs;
    const one = places[at]!;
    const fromEnd = inputs[at]!.type.shape!.length - one.axis;
    const fitted = inputs.map((value, i) => {
      const axis = value?.constant ? this.#axisOf(node, i, value.constant.shape.length, fromEnd) : undefined;
      return axis === undefined || value!.constant!.shape[axis] !== this.#shapeOf(node.inputs[at])![one.axis]
        ? value
        : g.constant(this.#firstRows(value!.constant!, { axis, before: one.before }, node), value!.name);
    });
    return fitted.every((value, i) => value === inputs[i]) ? inputs : fitted;
  }

  /** Remembers where the batch lies in what a node computes. @throws SF_NETWORK where a result is not that of one sample */
  note(node: Node, inputs: Operands, outputs: readonly Value[]): void {
    if (reshaping.has(node.op)) return;
    const before = inputs.map((_, i) => this.#before.get(node.inputs[i]!)).find((one) => one !== undefined);
    node.outputs.forEach((value, i) => {
      this.#placeOf(value, outputs[i]);
      if (before !== undefined) this.#before.set(value, before);
    });
  }

  #shapeOf(value: Value | undefined): number[] | undefined {
    return value && fixedShape(this.#whole.get(value)?.type.shape);
  }

  /** @throws SF_NETWORK where the two shapes differ in more than the batch */
  #placeOf(value: Value | undefined, one: Value | undefined): Place | undefined {
    const [whole, own] = [this.#shapeOf(value), fixedShape(one?.type.shape)];
    if (!whole || !own || one!.constant) return undefined;
    const differing = whole.flatMap((dim, axis) => (dim === own[axis] ? [] : [axis]));
    const [axis] = differing;
    if (whole.length === own.length && axis === undefined) return undefined;
    if (whole.length !== own.length || differing.length !== 1 || whole[axis!] !== own[axis!]! * this.#batch)
      throw unfit(`${value!.name} is [${whole.join(", ")}] for ${this.#batch} samples and [${own.join(", ")}] for one`);
    return { axis: axis!, before: this.#before.get(value!) ?? 1 };
  }

  /** The order of the elements stays: as many of a sample's lie before the batch after as before. */
  #reshaped(g: GraphBuilder, node: Node, inputs: Operands, place: Place): Operands {
    const [x] = inputs as [Value];
    const lead = sizeOf((x.type.shape as number[]).slice(0, place.axis)) * place.before;
    const target = this.#shapeOf(node.outputs[0])!;
    const axis = target.findIndex((_, i) => sizeOf(target.slice(0, i)) <= lead && lead < sizeOf(target.slice(0, i + 1)));
    const before = lead / sizeOf(target.slice(0, axis));
    if (axis < 0 || target[axis]! % (before * this.#batch) !== 0) throw unfit(`${showNode(node)} splits the batch`);
    if (before !== 1) this.#before.set(node.outputs[0]!, before);
    if (node.op === "Reshape") return [x, g.ints(target.with(axis, target[axis]! / this.#batch))];
    if (node.op === "Squeeze" && !inputs[1]) return [x, g.ints(this.#shapeOf(node.inputs[0])!.flatMap((dim, i) => (dim === 1 ? [i] : [])))];
    return inputs;
  }

  /** The axis at which a constant operand has a row for each sample, if its operator goes through the samples of all operands side by side. */
  #axisOf({ op, attributes }: Node, operand: number, rank: number, fromEnd: number): number | undefined {
    const axis = rank - fromEnd;
    if (recurrent.has(op)) return operand < 4 ? undefined : operand === 4 ? 0 : 1 - intOf(attributes, "layout", 0);
    if (op === "MatMul") return axis >= 0 && fromEnd > 2 ? axis : undefined;
    if (op === "Gemm") return operand === 2 && axis >= 0 ? axis : undefined;
    return axis >= 0 && (parallel.has(op) || (ruleOf(op)?.broadcasts === true && op !== "Expand" && op !== "Einsum")) ? axis : undefined;
  }

  /** The rows of one sample, of those of all of them, which are the same. */
  #firstRows({ element, shape, data }: Tensor, { axis, before }: Place, node: Node): Tensor {
    const batch = this.#batch;
    const outer = sizeOf(shape.slice(0, axis)) * before;
    const inner = data.length / outer / batch;
    const kept = new arrayTypes[element](outer * inner) as Float32Array;
    for (let i = 0; i < kept.length; i++) {
      const at = Math.floor(i / inner) * batch * inner + (i % inner);
      for (let row = 1; row < batch; row++)
        if (data[at + row * inner] !== data[at]) throw unfit(`${showNode(node)} has another constant for each sample of a fixed batch of ${batch}`);
      kept[i] = data[at] as number;
    }
    return { element, shape: shape.with(axis, shape[axis]! / batch), data: kept };
  }
}

const unfit = (why: string) => new SignflipError("SF_NETWORK", `no sample can be taken alone: ${why}`);
