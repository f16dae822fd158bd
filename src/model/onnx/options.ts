import type { Box, PerChannel } from "../../data/box.ts";
import type { ExternalData } from "../../graph/decode.ts";
import type { EngineOptions } from "../../runtime/engine.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Which axis of an input holds the channels. */
export type Layout = "nchw" | "nhwc" | "flat";
export const layouts: readonly Layout[] = ["nchw", "nhwc", "flat"];

/**
 * The value of an input that is not attacked: one number for all of its elements; numbers with a shape, which become elements of the type that the input has;
 * or a tensor, of just this type. Shapes are with or without a first axis of size 1 for the batch.
 */
export type Given = number | ShapedNumbers | Tensor;
/** Numbers with a shape, as an .npy file has them. */
export interface ShapedNumbers {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** How to read a file as a classifier, where the file does not say it or says it wrongly. */
export interface LoadOptions extends EngineOptions {
  /** What errors and reports call the model. Default "model", or the file's name. */
  readonly name?: string;
  /** Reads weights that the file keeps in others. */
  readonly external?: ExternalData | undefined;
  /** The input that is attacked. Default: the only one that holds real numbers. */
  readonly input?: string;
  /** The shape of one input, without the batch, where the file leaves sizes open. */
  readonly inputShape?: readonly number[];
  /** Where the channels of an image are: before its height and width (`nchw`), after them (`nhwc`), or nowhere (`flat`). Default: what the sizes suggest. */
  readonly layout?: Layout;
  /** The output that holds the scores. Default: the one that looks most like scores. */
  readonly output?: string;
  /** The place in a sequence whose scores are meant, where the file gives scores for each. */
  readonly position?: number;
  /** Whether the largest or the smallest score decides. Default: the largest. */
  readonly decision?: "argmax" | "argmin";
  /** Values of the inputs that are not attacked, the same for all samples. */
  readonly given?: Readonly<Record<string, Given>>;
  /** What the model expects its inputs to have been through: (x − mean)/std. Perturbations and bounds stay in the units of x. */
  readonly mean?: PerChannel;
  readonly std?: PerChannel;
  /** The values an input may take, in the units of x. Default: what the file says, or what the type of its input allows. */
  readonly bounds?: Box;
  /** Names of the classes. Default: those in the file's metadata. */
  readonly classNames?: readonly string[];
  /** Samples drawn at random on which the graph made is compared with the file itself. Default 3. */
  readonly verify?: number;
}

/** The same where there are files: the value of an input that is not attacked may be the path of an .npy file. */
export type FileLoadOptions = Omit<LoadOptions, "given"> & { readonly given?: Readonly<Record<string, Given | string>> };
