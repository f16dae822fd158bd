/**
 * The record of one epoch of training, kept in the network's file and in every row. If the very first step of a training was
 * refused because it would leave the ball, no minibatch was used, and `loss` and `trainAccuracy` are NaN (`null` in JSON). An
 * later epoch whose first step is refused repeats those of the epoch before.
 */
export interface EpochRecord {
  /** 1 for the first epoch. */
  readonly epoch: number;
  /** Mean logistic loss over the epoch's minibatches, each before its own step. */
  readonly loss: number;
  /** Share of training points classified correctly, also measured during the pass. */
  readonly trainAccuracy: number;
  /** Share of test points classified correctly after the epoch; absent without a test set. */
  readonly testAccuracy?: number;
  /** ‖W − W_0‖_{2,∞} after the epoch; a row includes its bias. */
  readonly deviation: number;
  /** Gradient steps taken since the beginning. */
  readonly steps: number;
  /** Wall-clock seconds of this epoch. */
  readonly seconds: number;
}

/** Why training ended: the next step would have left the lazy ball (or an epoch left it), or all epochs were done. */
export type ExitReason = "left-ball" | "epochs";
