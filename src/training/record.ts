/**
 * What one epoch of training left behind; kept in the network's file and in every row. Where the very first step of a training was
 * refused, as it would leave the ball, no minibatch was learnt from and `loss` and `trainAccuracy` are NaN: `null` in JSON. An
 * epoch that ends at once after others repeats those of the epoch before.
 */
export interface EpochRecord {
  /** 1 for the first epoch. */
  readonly epoch: number;
  /** Mean logistic loss over the epoch's minibatches, each before its own step. */
  readonly loss: number;
  /** Share of training points right, likewise measured during the pass. */
  readonly trainAccuracy: number;
  /** Share of test points right after the epoch; absent where no test set was given. */
  readonly testAccuracy?: number;
  /** ‖W − W_0‖_{2,∞} after the epoch, rows with their bias. */
  readonly deviation: number;
  /** Gradient steps taken since the beginning. */
  readonly steps: number;
  /** Wall-clock seconds of this epoch. */
  readonly seconds: number;
}

/** Why training ended: it would leave (or left) the lazy ball, or it did all its epochs. */
export type ExitReason = "left-ball" | "epochs";
