/**
 * The theory on one network: a bound of the paper beside its exact extreme and what training reached.
 *
 *   node --import tsx examples/theory.ts
 *
 * In a project of your own, import from "signflip".
 */
import { checkStatements, sphere, trainLazily, twoLayer } from "../src/platform/node/index.ts";

const { train, test } = sphere({ d: 256, n: 500, testN: 100 });
const initial = twoLayer({ d: 256, m: 1000, seed: 0 });
const { network: trained } = await trainLazily(initial, train, { c0: 2, lr: 10, epochs: 20 });

const results = await checkStatements({ initial, trained }, test.x, {
  c0: 2,
  gamma: 0.05,
  only: ["function-value", "sign-flips", "gradient-size-sharp"],
});
for (const { id, side, bound, exact, measured, simulation } of results) {
  const sign = side === "at most" ? "≤" : "≥";
  console.log(
    `${id}: ${sign} ${bound?.toFixed(2)}; exact ${exact?.toFixed(2) ?? "unknown"}, measured ${measured.toFixed(2)}; ` +
      `${simulation?.violations} of ${simulation?.draws} draws break it`,
  );
}
