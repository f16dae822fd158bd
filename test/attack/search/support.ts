import type { Attackable } from "../../../src/attack/oracle/index.ts";
import type { Norm } from "../../../src/attack/ball.ts";
import { distance } from "../../../src/attack/search/geometry.ts";
import type { SearchConfig } from "../../../src/attack/search/config.ts";
import { type SearchName, searches } from "../../../src/attack/search/index.ts";
import { type SmallestResult, smallest } from "../../../src/attack/search/smallest.ts";
import type { Points } from "../../../src/data/points.ts";
import type { Classifier } from "../../../src/model/classifier.ts";
import { tensorOf } from "../../../src/tensor/tensor.ts";

/** Few steps, so that tests are quick. */
const quick: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  fmn: { steps: 40 },
  ddn: { steps: 40 },
  "carlini-wagner": { steps: 25, searches: 3 },
  fab: { steps: 20 },
  square: { steps: 150 },
  "hop-skip-jump": { steps: 5, evaluations: 30 },
  noise: { directions: 20 },
};

/** Every search with every norm it has. */
export const everySearch = (Object.keys(searches) as SearchName[]).flatMap((attack) =>
  searches[attack].norms.map((norm) => ({
    attack,
    norm: norm as Norm,
    access: searches[attack].access,
    config: { attack, norm, ...quick[attack] } as SearchConfig,
  })),
);

export const withGradients = everySearch.filter(({ access }) => access === "gradients");

export const find = (model: Attackable, points: Points, config: SearchConfig, more: Partial<SearchConfig> = {}): Promise<SmallestResult> =>
  smallest(model, points, { ...config, ...more } as SearchConfig);

export const sizeOf = (norm: Norm, result: SmallestResult, points: Points, i: number): number => {
  const d = points.x.length / points.y.length;
  return distance(norm, points.x.subarray(i * d, (i + 1) * d), result.points.subarray(i * d, (i + 1) * d));
};

/** f(x) = s (w·x − c), for class 1 above 0. */
export const linear = (w: readonly number[], s: number, c = 0): Classifier => ({
  name: "a linear model",
  inputShape: [w.length],
  classes: 2,
  output: "logit",
  parameterTypes: {},
  parameters: {},
  numbersPerSample: 1,
  scores: (g, x) => g.mul(g.sub(g.matMul(x, g.constant(tensorOf("float32", [w.length, 1], w))), c), s),
});
