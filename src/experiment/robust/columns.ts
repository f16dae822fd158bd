import { at, maybeAt, tableOf, type PathColumn, type Table } from "../columns.ts";
import { lastColumns, networkColumns } from "../network-cells.ts";
import type { RobustResult } from "./config.ts";

/** The columns of robust accuracy: Figure 4. */
export const robustColumns: readonly PathColumn[] = [
  ...networkColumns,
  at("config.training.method", "text", "", "how perturbations were found in training: faithful (as in the authors' code) or fast; sgd if there were none"),
  at("row.eps", "real", "pixel units", "the budget ε of the test; also that of the training, unless trainingEps differs"),
  at("row.radius", "real", "", "the lazy ball's radius"),
  maybeAt("config.training.c0", "real", "", "C_0, if the study gave the radius as C_0/√m"),
  maybeAt("config.training.project", "text", "", "when rows were projected back into the ball: step, epoch or never"),
  maybeAt("config.training.box", "flag", "", "whether perturbed pixels stayed in [0, 1]"),
  maybeAt("config.training.steps", "whole", "", "PGD steps per epoch of training", "trainingSteps"),
  maybeAt("config.training.stepSize", "real", "pixel units", "length of such a step, if it was given; otherwise it is 2.5 ε / steps", "trainingStepSize"),
  at("config.training.lr", "real", "", "learning rate"),
  at("config.training.batch", "whole", "images", "images per gradient step"),
  at("config.training.epochs", "whole", "epochs", "the largest number of epochs allowed", "maxEpochs"),
  maybeAt("config.training.patience", "whole", "epochs", "training ends after this many epochs without a rise of robust training accuracy"),
  maybeAt("config.training.minRise", "real", "share", "a rise counts only if it is larger than this"),
  maybeAt("config.training.train", "whole", "images", "how many training images it was told to use; empty for all", "trainSubset"),
  at("config.seed", "whole", "", "the run's seed"),
  at("row.trainPoints", "whole", "images", "training images used"),
  at("row.epochs", "whole", "epochs", "epochs trained"),
  at("row.exitReason", "text", "", "no-rise: robust training accuracy stopped rising; epochs: all epochs were done"),
  at("row.deviation", "real", "", "‖W − W₀‖_{2,∞} at the end; a row includes its bias"),
  maybeAt("row.onSurface", "real", "share", "rows of W that are on the surface of the ball at the end"),
  maybeAt("row.robustTrainAccuracy", "real", "share", "perturbed training images classified correctly, counted during the last epoch"),
  at("row.testAccuracy", "real", "share", "test images classified correctly"),
  at("row.robustTestAccuracy", "real", "share", "test images classified correctly, both as they are and under the attack"),
  at("config.measure.robust.attack", "text", "", "the attack, which starts at δ = 0", "attack"),
  maybeAt("config.measure.robust.steps", "whole", "", "steps of the attack", "attackSteps"),
  at("config.measure.robust.norm", "text", "", "the norm in which its budget is measured", "attackNorm"),
  maybeAt("config.measure.robust.restarts", "whole", "", "runs of the attack per image, if the study sets them", "attackRestarts"),
  maybeAt("config.training.eps", "real", "pixel units", "the budget ε of the training", "trainingEps"),
  at("row.forward", "whole", "", "forward passes per training image spent on finding perturbations, over the whole training"),
  at("row.backward", "whole", "", "backward passes, counted in the same way"),
  ...lastColumns,
];

export const robustTables: readonly Table<RobustResult>[] = [tableOf(robustColumns, "Robust accuracy of networks trained adversarially (Figure 4) or by SGD.")];
