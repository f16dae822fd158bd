import { lazyRadius } from "../model/two-layer/lazy-ball.ts";
import { stepsOf } from "../training/methods.ts";
import type { CellConfig, ConeConfig, DataConfig, FlipsConfig, RobustConfig, TheoryConfig } from "./cell.ts";
import { fields } from "./fields.ts";
import {
  isConeStudy,
  isRobustStudy,
  isTheoryStudy,
  type ConeStudy,
  type DataGrid,
  type FlipsStudy,
  type RobustStudy,
  type Study,
  type TheoryStudy,
} from "../study/schema.ts";

/** The cells of a study: every combination of its values at every seed, the seeds together, no cell twice. */
export function expand(study: Study): CellConfig[] {
  const cells = cellsOf(study);
  return [...new Map(cells.map((cell) => [JSON.stringify(cell), cell])).values()];
}

function cellsOf(study: Study): CellConfig[] {
  if (isRobustStudy(study)) return expandRobust(study);
  if (isTheoryStudy(study)) return expandTheory(study);
  return isConeStudy(study) ? expandCone(study) : expandFlips(study);
}

function expandFlips({ data, network, training, measure, seeds }: FlipsStudy): FlipsConfig[] {
  const combinations = product({ data: dataConfigs(data), ...network, ...training, measure, seed: seeds });
  return combinations.map(({ data, kind, m, bias, method, c0, lr, batch, exit, epochs, measure, seed }) => ({
    data,
    network: { kind, m, bias },
    training: { method, c0, lr, batch, exit, epochs },
    measure,
    seed,
  }));
}

function expandRobust({ data, network, training, measure, seeds }: RobustStudy): RobustConfig[] {
  const { c0, radius, steps = [undefined], stepSize = [undefined], train = [undefined], ...rest } = training;
  const balls: readonly Ball[] = radius ? radius.map((value) => ({ radius: value })) : (c0 ?? [fields.c0.default]).map((value) => ({ c0: value }));
  const combinations = product({ data: dataConfigs(data), ...network, ...rest, ball: balls, steps, stepSize, train, measure, seed: seeds });
  return combinations.map(({ data, kind, m, bias, method, ball, steps, stepSize, train, measure, seed, ...others }) => ({
    data,
    network: { kind, m, bias },
    training: robustTraining({ method, ball, steps, stepSize, train, ...others }, m),
    measure,
    seed,
  }));
}

function expandTheory({ data, network, training, measure, seeds }: TheoryStudy): TheoryConfig[] {
  const combinations = product({ data: dataConfigs(data), ...network, ...training, ...measure[0]!.theory, seed: seeds });
  return combinations.map(({ data, kind, m, bias, method, c0, lr, batch, exit, epochs, gamma, draws, points, searches, c1, seed }) => ({
    data,
    network: { kind, m, bias },
    training: { method, c0, lr, batch, exit, epochs },
    measure: { theory: { gamma, draws, points, searches, c1 } },
    seed,
  }));
}

function expandCone({ data, network, training, measure, seeds }: ConeStudy): ConeConfig[] {
  const { cone } = measure[0]!;
  const combinations = product({ data: dataConfigs(data), ...network, ...training, seed: seeds });
  return combinations.map(({ data, kind, m, bias, method, lr, batch, exit, epochs, seed }) => ({
    data,
    network: { kind, m, bias },
    training: { method, c0: Math.max(...cone.c0), lr, batch, exit, epochs },
    measure: { cone },
    seed,
  }));
}

function dataConfigs(data: DataGrid): DataConfig[] {
  if ("points" in data) return product({ d: data.d, points: data.points }).map((setting) => ({ dataset: "sphere", ...setting }));
  const { digits, size, normalize } = data;
  return product({ digits, size, normalize }).map((setting) => ({ dataset: "mnist", ...setting }));
}

/** The lazy ball by its radius, or by C_0. */
export type Ball = { readonly radius: number } | { readonly c0: number };

/** The training of a cell from its settings; what is left to the method is resolved here. */
export function robustTraining(
  {
    ball,
    steps,
    stepSize,
    train,
    ...training
  }: Pick<RobustConfig["training"], "method" | "eps" | "lr" | "batch" | "epochs" | "patience" | "minRise" | "project" | "box"> & {
    readonly ball: Ball;
    readonly steps: number | undefined;
    readonly stepSize: number | undefined;
    readonly train?: number | undefined;
  },
  m: number,
): RobustConfig["training"] {
  return {
    ...training,
    ...("c0" in ball ? { c0: ball.c0, radius: lazyRadius(ball.c0, m) } : ball),
    steps: steps ?? stepsOf[training.method],
    ...(stepSize === undefined ? {} : { stepSize }),
    ...(train === undefined ? {} : { train }),
  };
}

/** Every choice of one value from each list; the last list varies fastest. */
function product<T extends Readonly<Record<string, readonly unknown[]>>>(lists: T): { readonly [K in keyof T]: T[K][number] }[] {
  const rows = Object.entries(lists).reduce<object[]>(
    (rows, [name, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
    [{}],
  );
  return rows as { readonly [K in keyof T]: T[K][number] }[];
}
