import {
  dimensionOf,
  hasUnitNorm,
  isConeConfig,
  isRobustConfig,
  isTheoryConfig,
  type CellConfig,
  type DataConfig,
  type RobustConfig,
  type SgdConfig,
  type TheoryConfig,
} from "./cell.ts";

/** Training points of MNIST's zeros and ones: what costs are counted in. */
const mnistPoints = 12_665;
const pointsOf = (data: DataConfig) => (data.dataset === "sphere" ? data.points : mnistPoints);

/**
 * Roughly how long a cell takes, in no particular unit: what order and time left go by. An epoch costs about
 * n·d·m operations and some fixed time per step; larger balls and larger images are left later.
 */
export function costOf(config: CellConfig): number {
  if (isRobustConfig(config)) return robustCost(config);
  const training = trainingCost(config);
  if (isConeConfig(config)) return training;
  return isTheoryConfig(config) ? training + theoryCost(config) : training;
}

function trainingCost({
  data,
  network,
  training,
}: {
  readonly data: DataConfig;
  readonly network: { readonly m: number };
  readonly training: SgdConfig;
}): number {
  const d = dimensionOf(data);
  const share = pointsOf(data) / mnistPoints;
  const perEpoch = 2e4 + (d + 60) * network.m * (1 + 64 / training.batch) * share;
  const epochsToLeave = ((hasUnitNorm(data) ? 6 : 5 * Math.max(1, Math.sqrt(d) / 10) ** 1.5) * (training.c0 / 10) ** 3 * (0.1 / training.lr)) / share;
  return perEpoch * (1 + Math.min(training.epochs, epochsToLeave));
}

/** Two passes of all points for every PGD step, in every epoch; and those of the measurement at the end. */
function robustCost({ data, network, training, measure }: RobustConfig): number {
  const points = pointsOf(data);
  const perPass = ((dimensionOf(data) + 60) * network.m * (points / mnistPoints)) / 1.5;
  const share = Math.min(1, (training.train ?? points) / points);
  return 2e4 + perPass * (training.epochs * share * (2 * training.steps + 4) + (measure.robust.steps * 2 * 2115) / 12_665);
}

/**
 * Draws of (a, z) and what each statement makes of them; passes of the points; searches, whose time hardly depends on d and m. A
 * million is what a fifth of a second is here.
 */
function theoryCost({ data, network: { m }, measure: { theory } }: TheoryConfig): number {
  return 4e6 + 2 * m * theory.draws + ((dimensionOf(data) + 60) * m * theory.points) / 40 + theory.searches * (3e6 + 1e3 * m);
}
