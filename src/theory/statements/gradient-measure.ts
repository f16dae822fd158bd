import { summarize } from "../../util/statistics.ts";
import { smallestGradient } from "../ball/descent.ts";
import { gradientParts } from "./gradient-parts.ts";
import { radiusOf, smallestWidth, worstButShare, type Instance, type Measured, type Statement } from "./statement.ts";

/** Two statements are about the same gradients, so these are measured only once. */
const known = new WeakMap<Instance, Promise<Measured>>();

/**
 * The smallest ‖∇f(x; W)‖ found: at trained networks, at all points, and by a search of the ball, at the first `searched` points.
 *
 * Detail:
 * - `certified`, `found`: the smallest over the searched points of what is certified for the whole ball and of what the search found,
 *   with `gap`, the largest found/certified − 1 of a point (absent where nothing is certified for one); absent where none is searched;
 * - `trained`, `trainedWorst`: ‖∇f‖ of the trained network, mean over the points and all but a share γ of them;
 * - `dimensionFrom`: the smallest d at which the statement is not vacuous at some width; absent where there is none;
 * - `initial`, `deviation`, `flips`: the parts of P∇f of the trained network (see `GradientParts`), means over the points.
 */
export async function measureGradient(instance: Instance, widthFrom: Statement["widthFrom"]): Promise<Measured> {
  let measured = known.get(instance);
  if (!measured) known.set(instance, (measured = measure(instance)));
  const { detail, ...rest } = await measured;
  const dimensionFrom = smallestWidth((d) => Number.isFinite(widthFrom({ ...instance.setting, d })));
  return { ...rest, detail: { ...detail, ...(Number.isFinite(dimensionFrom) ? { dimensionFrom } : {}) } };
}

async function measure(instance: Instance): Promise<Measured> {
  const { setting, initial, x, searched } = instance;
  const { d, gamma } = setting;
  const parts = await gradientParts(instance);
  const search = Array.from({ length: searched }, (_, i) => {
    const { certified, found } = smallestGradient(initial, x.subarray(i * d, (i + 1) * d), radiusOf(setting));
    return { certified, found };
  });
  const trainedWorst = worstButShare(parts.trained, "at least", gamma);
  const found = search.map((point) => point.found);
  return {
    exact: null,
    measured: searched > 0 ? Math.min(trainedWorst, worstButShare(found, "at least", gamma)) : trainedWorst,
    detail: {
      ...searchDetail(search),
      trained: summarize(parts.trained).mean,
      trainedWorst,
      initial: summarize(parts.initial).mean,
      deviation: summarize(parts.deviation).mean,
      flips: summarize(parts.flips).mean,
    },
  };
}

function searchDetail(search: readonly { readonly certified: number; readonly found: number }[]): Record<string, number> {
  if (search.length === 0) return {};
  const certified = Math.min(...search.map((point) => point.certified));
  const found = Math.min(...search.map((point) => point.found));
  return { certified, found, ...(certified > 0 ? { gap: Math.max(...search.map((point) => point.found / point.certified - 1)) } : {}) };
}
