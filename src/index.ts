/**
 * The names that are public everywhere, in the order in which data flows. No engine is chosen here: the two entries of the
 * package are platform/node/index.ts and platform/web/index.ts, which choose theirs and add what only they have.
 */

// Numbers
export { SignflipError, errorCodes, type ErrorCode } from "./util/errors.ts";
export { bootstrapExponent } from "./util/bootstrap.ts";
export { fitPowerLaw, interval95, shareInterval95, summarize, type Interval, type PowerLaw } from "./util/statistics.ts";
export { tensor, tensorOf, type ElementArrays, type ElementType, type FloatType, type Tensor } from "./tensor/tensor.ts";

// Graphs and the engine that runs them
export * from "./graph/index.ts";
export * from "./runtime/index.ts";

// Data
export type { Box, PerChannel } from "./data/box.ts";
export { Dataset, type DatasetParts, type Split } from "./data/dataset.ts";
export type { Points } from "./data/points.ts";
export { mnistFromIdx, type IdxFiles, type IdxNames, type MnistOptions } from "./data/mnist.ts";
export { sphere, type SphereOptions } from "./data/sphere.ts";
export { readDataFile, type Chosen, type ReadOptions } from "./data/file.ts";
export type { Picture, PictureDecoder } from "./data/image.ts";
export { parseNpy, writeNpy, type NpyArray } from "./data/npy.ts";
export { fitSamples, type Fit, type FitOptions, type Samples, type Scale } from "./data/samples.ts";

// Models
export { classifierOf, type AnyClassifier } from "./model/index.ts";
export type { Classifier, ClassifierShape, GradientRay, Preprocessing } from "./model/classifier.ts";
export { loadClassifier, type OnnxClassifier } from "./model/onnx/load.ts";
export type { FileLoadOptions, Given, Layout, LoadOptions, ShapedNumbers } from "./model/onnx/options.ts";
export type { OriginalPrediction } from "./model/onnx/original.ts";
export type { ModelReport } from "./model/onnx/report.ts";
export { twoLayerShape } from "./model/two-layer/classifier.ts";
export { deviation, lazyRadius, projectToBall } from "./model/two-layer/lazy-ball.ts";
export type { TwoLayerNetwork } from "./model/two-layer/network.ts";
export { networks, type NetworkName } from "./model/networks/index.ts";
export type { NetworkOptions } from "./model/networks/layers.ts";
export { saveClassifier, type SaveOptions } from "./model/save.ts";
export { trainable } from "./model/trainable.ts";
export { loadNetwork, saveNetwork, type TrainingNote } from "./model/two-layer/onnx.ts";
export { predictor, type Predictor } from "./model/two-layer/predict.ts";
export { initialOf, twoLayer, type TwoLayerOptions } from "./model/two-layer/two-layer.ts";

// Attacks
export { attack, runAttack, type AttackCall } from "./attack/attack.ts";
export type { AttackResult, AttackSamples, AttackSummary } from "./attack/result.ts";
export { ensemble, type EnsembleCall, type EnsembleProgress, type EnsembleResult } from "./attack/ensemble.ts";
export type { Norm } from "./attack/ball.ts";
export type { AttackConfig } from "./attack/config.ts";
export { attacks, type AttackName } from "./attack/index.ts";
export { prepareAttack, type AttackInput, type PreparedAttack } from "./attack/prepare.ts";
export { oracleOf, type Attackable } from "./attack/oracle/index.ts";
export type { OracleOptions } from "./attack/oracle/classifier.ts";
export type { FunctionPair } from "./attack/oracle/functions.ts";
export type { Margins, Oracle, Pulled } from "./attack/oracle/oracle.ts";
export { smallest, type SmallestResult, type SmallestSamples, type SmallestSummary } from "./attack/search/smallest.ts";
export { smallestEnsemble, type SearchTally, type SmallestEnsembleConfig, type SmallestEnsembleResult } from "./attack/search/ensemble.ts";
export { searches, type SearchName } from "./attack/search/index.ts";
export type { CommonSearchConfig, SearchConfig } from "./attack/search/config.ts";

// Training
export type { Augmentation } from "./training/classifier/batches.ts";
export { trainingMethods, type TrainingMethodName } from "./training/classifier/index.ts";
export type { ClassifierRecord, ClassifierTrainingOptions, StepProgress } from "./training/classifier/plan.ts";
export { trainClassifier, type ClassifierTraining } from "./training/classifier/train.ts";
export { optimizers, type OptimizerName } from "./training/optimizers/index.ts";
export { trainAdversarially, type AdversarialOptions, type AdversarialRecord, type AdversarialTraining } from "./training/adversarial.ts";
export type { AdversarialMethod } from "./training/methods.ts";
export type { EpochRecord, ExitReason } from "./training/record.ts";
export { trainLazily, trainTrajectory, type Training, type TrainingOptions } from "./training/sgd.ts";

// The theory
export { checkStatements, settingOf, simulate, type CheckOptions, type Simulation, type StatementResult } from "./theory/check.ts";
export { coneDistance } from "./theory/ball/cone.ts";
export { defaultConstants, type Constants } from "./theory/constants.ts";
export { extremeNetwork, functionExtremes, type Extremes } from "./theory/statements/function-value.ts";
export { statements } from "./theory/statements/index.ts";
export { statementIds, type Draw, type Instance, type Measured, type Setting, type Statement, type StatementId } from "./theory/statements/statement.ts";
export { measureStepShares, type StepShares } from "./theory/rays/step-shares.ts";
export { widthWindow } from "./theory/statements/width-window.ts";

// Measuring
export { flipStatus, type FlipSamples, type FlipSummary, type MisclassifiedConvention } from "./measure/flip-row.ts";
export { measureFlips, summarizeFlips, type FlipOptions, type Flips } from "./measure/flips.ts";
export type { Summary } from "./measure/summary.ts";

// How robust any classifier is
export { evaluate, type EvaluateOptions, type EvaluatedData, type Evaluation } from "./measure/evaluate/evaluate.ts";
export type { PlanOptions } from "./measure/evaluate/plan.ts";
export { compareEvaluations, type Compared } from "./measure/comparison.ts";
export {
  type AdversarialExample,
  type AttackTally,
  type EvaluatedSample,
  type EvaluationFacts,
  type EvaluationResult,
  type RobustAccuracy,
} from "./measure/evaluation.ts";

// Gradients and saliency of a classifier
export { exportGradient } from "./measure/export-gradient.ts";
export { questionsTo, type GradientOptions, type Prediction, type Questioned, type Questions } from "./measure/questions.ts";
export type { GradientGraphOptions } from "./measure/saliency/gradient-graph.ts";
export { saliencyMethods, type SaliencyMethodName } from "./measure/saliency/index.ts";
export type { Completeness } from "./measure/saliency/method.ts";
export type { Quantity } from "./measure/saliency/quantity.ts";
export type { Saliency, SaliencyOptions, SalientSample } from "./measure/saliency/saliency.ts";
export type { Slopes } from "./measure/saliency/slopes.ts";

// Pictures of attributions
export { dataUri, pngOf } from "./figure/draw/pixels.ts";
export { imageDataOf, inputPixels, saliencyPixels, type SaliencyDrawing } from "./figure/saliency/pixels.ts";
export { saliencySheet, type SaliencySheet } from "./figure/saliency/sheet.ts";
