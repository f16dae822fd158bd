import type { OwnRay } from "../../model/two-layer/rays.ts";
import { type Draw, type Setting, radiusOf } from "../statements/statement.ts";

/**
 * The ray x − t·sign(f)·∇f(x; W) of one draw of (a, W_0), at the W in the lazy ball that takes f(x) farthest from 0 on the side
 * where it is (with C_0 = 0: at W_0), simulated in O(m), exactly in distribution, without a vector of length d.
 *
 * - That W is w_s = w_{s,0} + V·sign(f(x; W_0))·a_s x: it moves every pre-activation by V and nothing orthogonal to x.
 * - Let v_s = P w_s, P = I − xxᵀ: independent N(0, I_{d−1}), independent of z. With A the N active neurons, the gradient is f(x)
 *   along x and G = (1/√m) Σ_{s ∈ A} a_s v_s across; ‖G‖ = √(N/m)·χ_{d−1}.
 * - The a_s v_s of A given their sum are independent normals recentred on its mean, so along Ĝ = G/‖G‖ they are
 *   √m‖G‖/N + ξ_s − ξ̄ with ξ_s ~ N(0, 1); the others, independent of G, are N(0, 1) along it.
 * - So the slopes are p_s = −sign(f)·(f z_s + ‖G‖ v_s·Ĝ).
 * Per step η: t = η. In units of length: t = length/steepness.
 */
export function drawnRay(setting: Pick<Setting, "d" | "m" | "c0">, { z: z0, a, random }: Draw): OwnRay {
  const { d, m } = setting;
  const scale = 1 / Math.sqrt(m);
  let initial = 0;
  for (let s = 0; s < m; s++) if (z0[s]! > 0) initial += a[s]! * z0[s]!;
  const push = Math.sign(initial) * radiusOf(setting);
  const z = new Float64Array(m);
  let active = 0;
  let f = 0;
  for (let s = 0; s < m; s++) {
    const zs = z0[s]! + push * a[s]!;
    z[s] = zs;
    if (zs <= 0) continue;
    active++;
    f += a[s]! * zs;
  }
  f *= scale;
  const p = new Float64Array(m);
  const across = d === 1 || active === 0 ? 0 : Math.sqrt((active / m) * random.chiSquare(d - 1));
  if (across > 0) {
    let sum = 0;
    for (let s = 0; s < m; s++) {
      p[s] = random.normal();
      if (z[s]! > 0) sum += p[s]!;
    }
    const shift = (Math.sqrt(m) * across - sum) / active;
    for (let s = 0; s < m; s++) if (z[s]! > 0) p[s] = a[s]! * (p[s]! + shift);
  }
  const down = -Math.sign(f);
  for (let s = 0; s < m; s++) p[s] = down * (f * z[s]! + across * p[s]!);
  return { f, steepness: Math.hypot(f, across), z, p, at: 0, a };
}
