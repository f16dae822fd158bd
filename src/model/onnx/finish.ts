import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/ir.ts";
import { fixedShape } from "../../graph/shape.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import type { Head } from "./head.ts";

export interface Finish {
  readonly position: number | undefined;
  /** The smallest score decides: all change their sign. */
  readonly isSmallest: boolean;
  /** They are probabilities without a softmax that could be cut off. */
  readonly asLog: boolean;
}

/** What is added to the graph of one sample after the value taken as logits. */
export function finisherOf(head: Head, { position, isSmallest, asLog }: Finish, name: string): (g: GraphBuilder, y: Value) => Value {
  return (g, y) => {
    const shape = fixedShape(y.type.shape);
    const classes = shape?.at(-1) ?? 1;
    const places = shape ? sizeOf(shape) / classes : 1;
    let value = y;
    if (position !== undefined) {
      if (!(Number.isInteger(position) && position >= 0 && position < places))
        throw new SignflipError("SF_OPTION", `${name}: its scores [${shape?.join(", ")}] are for ${places} positions; got position ${position}`, {
          usage: true,
        });
      value = g.slice(g.reshape(value, [places, classes]), [position], [position + 1], [0]);
    } else if (places > 1 && classes > 1 && isOverLast(head)) {
      throw new SignflipError(
        "SF_OPTION",
        `${name} gives ${classes.toLocaleString("en")} probabilities at each of ${places.toLocaleString("en")} positions: say the position that is meant`,
        { usage: true },
      );
    }
    // 1e-30 keeps the logarithm finite.
    if (asLog) value = g.log(g.max(value, 1e-30));
    return isSmallest ? g.neg(value) : value;
  };
}

/** Whether the softmax that was cut off was over the last axis. */
function isOverLast({ activation, logits, isByHand }: Head): boolean {
  if (activation !== "softmax" && activation !== "log-softmax") return false;
  return !isByHand && (logits.type.shape?.length ?? 2) > 2;
}

/** Whether scores of samples are probabilities: from 0 to 1, with sum 1. */
export function looksLikeProbabilities(scores: Float64Array, classes: number): boolean {
  for (let i = 0; i < scores.length; i += classes) {
    const own = scores.subarray(i, i + classes);
    const sum = own.reduce((total, value) => total + value, 0);
    if (!own.every((value) => value >= 0 && value <= 1) || Math.abs(sum - 1) > 1e-4) return false;
  }
  return scores.length > 0;
}
