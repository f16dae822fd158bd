import { at, maybeAt, tableOf, type PathColumn, type Table } from "../columns.ts";
import { lastColumns, networkColumns } from "../network-cells.ts";
import type { RobustResult } from "./config.ts";

/** The columns of robust accuracy: Figure 4. */
export const robustColumns: readonly PathColumn[] = [
  ...networkColumns,
  at("config.training.method", "text", "", "how perturbations were found in training: faithful (the authors' code) or fast; sgd where there were none"),
  at("row.eps", "real", "pixel units", "the budget ε of the test; of the training too unless trainingEps says otherwise"),
  at("row.radius", "real", "", "the lazy ball's radius"),
  maybeAt("config.training.c0", "real", "", "C_0 where the study gave the radius as C_0/√m"),
  maybeAt("config.training.project", "text", "", "when rows were brought back into the ball: step, epoch or never"),
  maybeAt("config.training.box", "flag", "", "whether perturbed pixels stayed in [0, 1]"),
  maybeAt("config.training.steps", "whole", "", "PGD steps of an epoch of training", "trainingSteps"),
  maybeAt("config.training.stepSize", "real", "pixel units", "length of such a step where it was given; else 2.5 ε / steps", "trainingStepSize"),
  at("config.training.lr", "real", "", "learning rate"),
  at("config.training.batch", "whole", "images", "images per gradient step"),
  at("config.training.epochs", "whole", "epochs", "the most epochs it might have trained", "maxEpochs"),
  maybeAt("config.training.patience", "whole", "epochs", "training ends after so many epochs without a rise of robust training accuracy"),
  maybeAt("config.training.minRise", "real", "share", "by more than this"),
  maybeAt("config.training.train", "whole", "images", "the subset of training images it was told to learn from; empty for all", "trainSubset"),
  at("config.seed", "whole", "", "the run's seed"),
  at("row.trainPoints", "whole", "images", "training images it learnt from"),
  at("row.epochs", "whole", "epochs", "epochs trained"),
  at("row.exitReason", "text", "", "no-rise: robust training accuracy rose no more; epochs: all were done"),
  at("row.deviation", "real", "", "‖W − W₀‖_{2,∞} at the end, rows with their bias"),
  maybeAt("row.onSurface", "real", "share", "rows of W on the ball's surface at the end"),
  maybeAt("row.robustTrainAccuracy", "real", "share", "perturbed training images right, counted during the last epoch"),
  at("row.testAccuracy", "real", "share", "test images right"),
  at("row.robustTestAccuracy", "real", "share", "test images right and right still under the attack of the measurement"),
  at("config.measure.robust.attack", "text", "", "that attack, from δ = 0", "attack"),
  maybeAt("config.measure.robust.steps", "whole", "", "its steps", "attackSteps"),
  at("config.measure.robust.norm", "text", "", "the norm of its budget", "attackNorm"),
  maybeAt("config.measure.robust.restarts", "whole", "", "its runs, where more than its own were asked for", "attackRestarts"),
  maybeAt("config.training.eps", "real", "pixel units", "the budget ε of the training", "trainingEps"),
  at("row.forward", "whole", "", "forward passes per training image in finding perturbations, over the whole training"),
  at("row.backward", "whole", "", "backward passes likewise"),
  ...lastColumns,
];

export const robustTables: readonly Table<RobustResult>[] = [tableOf(robustColumns, "Robust accuracy of networks trained adversarially (Figure 4) or by SGD.")];
