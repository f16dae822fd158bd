import type { ConeConfig, ConeResult } from "../../src/experiment/cone/config.ts";
import { createHash } from "node:crypto";
import { random } from "../../src/util/random.ts";
import type { ConeStep } from "../../src/theory/ball/cone.ts";

export interface SyntheticConeOptions {
  readonly size?: number;
  readonly m?: number;
  /** From small to large; training ends inside the last one unless `leaves`. */
  readonly c0?: readonly number[];
  readonly seeds?: number;
  readonly normalize?: boolean;
  /** Share by which the best α shortens the distance. */
  readonly gain?: number;
  /** Whether training leaves the last ball as well. */
  readonly leaves?: boolean;
}

/** Runs whose rows move mostly across where they began, with steps that grow like the third power of C_0. */
export function syntheticCone({
  size = 14,
  m = 1000,
  c0 = [10, 11, 15, 20, 30, 1000],
  seeds = 3,
  normalize = true,
  gain = 0.02,
  leaves = false,
}: SyntheticConeOptions = {}): ConeResult[] {
  return Array.from({ length: seeds }, (_, seed): ConeResult => {
    const { normal, uniform } = random(seed, "synthetic", "cone", String(size), String(m));
    const config: ConeConfig = {
      kind: "cone",
      data: { dataset: "mnist", digits: [0, 1], size, normalize },
      network: { kind: "two-layer", m, bias: !normalize },
      training: { method: "sgd", c0: c0.at(-1)!, lr: 1, batch: 64, exit: "step", epochs: 40 },
      measure: { cone: { c0 } },
      seed,
    };
    const speed = 1 + 0.1 * normal();
    const path = c0.map((edge, k): ConeStep => {
      const end = k === c0.length - 1 && !leaves;
      const reached = end ? 1.3 * (c0.at(-2) ?? edge / 2) : 0.998 * edge;
      const deviation = reached / Math.sqrt(m);
      const steps = Math.round(speed * 0.07 * reached ** 3);
      return {
        c0: edge,
        epoch: Math.ceil(steps / 198),
        steps,
        deviation,
        coneDistance: deviation * (1 - gain * (0.8 + 0.2 * uniform())),
        alpha: 1 - 0.5 * gain,
        testAccuracy: 0.998,
        rows: Array.from({ length: 12 }, (_, s) => {
          const initialNorm = size * (1 + 0.05 * normal());
          const far = deviation * (1 - s / 12);
          const turn = 0.2 * normal();
          return { initialNorm, along: initialNorm + far * Math.sin(turn), across: far * Math.cos(turn) };
        }),
      };
    });
    const last = path.at(-1)!;
    return {
      key: createHash("sha256").update(JSON.stringify(config)).digest("hex"),
      config,
      row: {
        kind: "cone",
        seed,
        d: size * size,
        size,
        m,
        c0: c0[0]!,
        bias: !normalize,
        normalize,
        epochs: last.epoch,
        exitReason: leaves ? "left-ball" : "epochs",
        deviation: last.deviation,
        testAccuracy: last.testAccuracy,
        path,
        seconds: 5,
      },
      history: [{ epoch: 1, loss: 0.2, trainAccuracy: 0.98, testAccuracy: 0.99, deviation: 0.3, steps: 198, seconds: 0.1 }],
    };
  });
}
