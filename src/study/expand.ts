import { lazyRadius } from "../network/lazy-ball.ts";
import { stepsOf } from "../training/methods.ts";
import type { CellConfig, FlipsConfig, RobustConfig } from "./cell.ts";
import { fields } from "./fields.ts";
import { isRobustStudy, type FlipsStudy, type RobustStudy, type Study } from "./schema.ts";

/** The cells of a study: every combination of its values at every seed, the seeds together, no cell twice. */
export function expand(study: Study): CellConfig[] {
  const cells: CellConfig[] = isRobustStudy(study) ? expandRobust(study) : expandFlips(study);
  return [...new Map(cells.map((cell) => [JSON.stringify(cell), cell])).values()];
}

function expandFlips({ data, network, training, measure, seeds }: FlipsStudy): FlipsConfig[] {
  const combinations = product({ ...data, ...network, ...training, measure, seed: seeds });
  return combinations.map(({ dataset, digits, size, normalize, kind, m, bias, method, c0, lr, batch, exit, epochs, measure, seed }) => ({
    data: { dataset, digits, size, normalize },
    network: { kind, m, bias },
    training: { method, c0, lr, batch, exit, epochs },
    measure,
    seed,
  }));
}

function expandRobust({ data, network, training, measure, seeds }: RobustStudy): RobustConfig[] {
  const { c0, radius, steps = [undefined], stepSize = [undefined], train = [undefined], ...rest } = training;
  const balls: readonly Ball[] = radius ? radius.map((value) => ({ radius: value })) : (c0 ?? [fields.c0.default]).map((value) => ({ c0: value }));
  const combinations = product({ ...data, ...network, ...rest, ball: balls, steps, stepSize, train, measure, seed: seeds });
  return combinations.map(({ dataset, digits, size, normalize, kind, m, bias, method, ball, steps, stepSize, train, measure, seed, ...others }) => ({
    data: { dataset, digits, size, normalize },
    network: { kind, m, bias },
    training: robustTraining({ method, ball, steps, stepSize, train, ...others }, m),
    measure,
    seed,
  }));
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
