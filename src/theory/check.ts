import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import { deviation } from "../model/two-layer/lazy-ball.ts";
import type { EngineOptions } from "../runtime/engine.ts";
import { SignflipError } from "../util/errors.ts";
import { random } from "../util/random.ts";
import { shareInterval95 } from "../util/statistics.ts";
import { defaultConstants, type Constants } from "./constants.ts";
import { statements } from "./statements/index.ts";
import { products } from "./products.ts";
import { radiusOf, statementIds, worstButShare, type Instance, type Setting, type Statement, type StatementId } from "./statements/statement.ts";

/** How often a bound failed over independent draws of (a, W_0). */
export interface Simulation {
  readonly draws: number;
  readonly violations: number;
  /** violations / draws, with its exact 95 % interval (Clopper and Pearson 1934). */
  readonly share: number;
  readonly low: number;
  readonly high: number;
  /** The worst value over the draws, and the value that all draws keep except for a share γ. */
  readonly worst: number;
  readonly quantile: number;
}

/** A statement at one setting: its claim, the exact value and the measured one. Numbers that are not finite are null. */
export interface StatementResult {
  readonly id: StatementId;
  readonly source: string;
  readonly title: string;
  readonly quantity: string;
  readonly formula: string;
  readonly side: Statement["side"];
  readonly bound: number | null;
  readonly exact: number | null;
  readonly measured: number;
  /**
   * Over the draws it fails no more often than it may, up to the interval. Without draws, the same as `keeps`. A vacuous statement can hold, too: if
   * its conditions are not met, its conclusion may be true or false.
   */
  readonly holds: boolean;
  /** Whether this one network keeps the bound. It is a single draw, so a statement that holds may fail on it with its probability. */
  readonly keeps: boolean;
  /** Whether it claims nothing here (its bound says nothing, or its conditions are not met), and the smallest width at which it does (null: none). */
  readonly vacuous: boolean;
  readonly widthFrom: number | null;
  /** How much of the bound is used, from 0 to 1 if it holds: the exact (or measured) extreme divided by the bound, or the inverse for a lower bound. */
  readonly tightness: number | null;
  readonly simulation: Simulation | null;
  readonly detail: Readonly<Record<string, number>>;
}

export interface CheckOptions extends EngineOptions {
  readonly c0: number;
  readonly gamma: number;
  readonly constants?: Partial<Constants>;
  /** Number of independent draws of (a, W_0) that every probabilistic bound is tested on. */
  readonly draws?: number;
  /** Points that get an expensive search. */
  readonly searched?: number;
  readonly seed?: number;
  /** Which statements to check; all if left out. */
  readonly only?: readonly StatementId[];
  readonly signal?: AbortSignal;
}

/**
 * Checks statements on a network, its initialization and points of norm 1.
 * @param x `[n, d]`
 * @throws SF_OPTION if a setting is out of range, the points do not have norm 1, the networks have biases, or the trained one is outside the ball.
 */
export async function checkStatements(
  networks: { readonly initial: TwoLayerNetwork; readonly trained: TwoLayerNetwork },
  x: Float32Array,
  options: CheckOptions,
): Promise<StatementResult[]> {
  const { c0, gamma, constants, draws = 2000, searched = 4, seed = 0, only = statementIds, signal, ...engine } = options;
  const { d, m } = networks.initial;
  const setting = settingOf({ d, m, c0, gamma, constants });
  if (!Number.isSafeInteger(draws) || draws < 1) throw wrong(`draws must be a whole number from 1; got ${draws}`);
  checkInstance(networks, x, setting);
  const n = x.length / d;
  const z0 = await products(networks.initial, x, engine);
  const z = networks.trained === networks.initial ? z0 : await products(networks.trained, x, engine);
  const instance: Instance = { setting, ...networks, x, n, z0, z, searched: Math.min(n, searched), engine, seed };
  const simulations = simulate(setting, only, { draws, seed, signal });
  const results: StatementResult[] = [];
  for (const id of only) {
    if (signal?.aborted) throw new SignflipError("SF_STOPPED", `the check stopped before ${id}`);
    results.push(resultOf(statements[id], setting, await statements[id].measure(instance), simulations.get(id)));
  }
  return results;
}

/** A setting with all its constants. @throws SF_OPTION if a number is out of range. */
export function settingOf({ constants, ...setting }: Omit<Setting, "constants"> & { readonly constants?: Partial<Constants> | undefined }): Setting {
  const { d, m, c0, gamma } = setting;
  for (const [name, value] of Object.entries({ d, m }))
    if (!Number.isSafeInteger(value) || value < 1) throw wrong(`${name} must be a whole number from 1; got ${value}`);
  if (!(c0 >= 0 && Number.isFinite(c0))) throw wrong(`C_0 must be a number from 0; got ${c0}`);
  if (!(gamma >= 0 && gamma <= 1)) throw wrong(`γ must be a number from 0 to 1; got ${gamma}`);
  const all = { ...defaultConstants, ...constants };
  for (const [name, value] of Object.entries(all)) if (!(value > 0 && Number.isFinite(value))) throw wrong(`${name} must be a number above 0; got ${value}`);
  return { ...setting, constants: all };
}

/** Draws (a, z) again and again; every statement that says something about a draw sees each. */
export function simulate(
  setting: Setting,
  ids: readonly StatementId[],
  { draws, seed, signal }: { readonly draws: number; readonly seed: number; readonly signal?: AbortSignal | undefined },
): Map<StatementId, Simulation> {
  const able = ids.filter((id) => statements[id].draw !== undefined);
  const values = new Map(able.map((id) => [id, new Float64Array(draws)]));
  const { m } = setting;
  const stream = random(seed, "theory", "draws");
  const own = new Map(able.map((id) => [id, random(seed, "theory", "draws", id)]));
  const [z, a] = [new Float64Array(m), new Float64Array(m)];
  for (let draw = 0; draw < draws; draw++) {
    if (signal?.aborted) throw new SignflipError("SF_STOPPED", `the simulation stopped after ${draw} of ${draws} draws`);
    for (let s = 0; s < m; s++) {
      z[s] = stream.normal();
      a[s] = stream.sign();
    }
    for (const id of able) values.get(id)![draw] = statements[id].draw!(setting, { z, a, random: own.get(id)! });
  }
  return new Map(
    able.map((id) => {
      const { side } = statements[id];
      const of = values.get(id)!;
      const bound = statements[id].bound(setting);
      const violations = of.reduce((count, value) => count + +(side === "at most" ? value > bound : value < bound), 0);
      const quantile = worstButShare(of, side, failureOf(statements[id], setting));
      return [id, { draws, violations, share: violations / draws, ...shareInterval95(violations, draws), worst: worstButShare(of, side, 0), quantile }];
    }),
  );
}

/** The probability with which a statement may fail. */
export const failureOf = (statement: Statement, setting: Setting): number => statement.failure?.(setting) ?? setting.gamma;

function resultOf(
  statement: Statement,
  setting: Setting,
  { exact, measured, detail }: Awaited<ReturnType<Statement["measure"]>>,
  simulation: Simulation | undefined,
): StatementResult {
  const { id, source, title, quantity, formula, side } = statement;
  const bound = statement.bound(setting);
  const vacuous = statement.vacuous(setting);
  const found = exact ?? measured;
  const keeps = side === "at most" ? found <= bound : found >= bound;
  const ratio = side === "at most" ? found / bound : bound / found;
  return {
    id,
    source,
    title,
    quantity,
    formula,
    side,
    bound: orNull(bound),
    exact: exact === null ? null : orNull(exact),
    measured,
    holds: simulation === undefined ? keeps : simulation.low <= failureOf(statement, setting),
    keeps,
    vacuous,
    widthFrom: orNull(statement.widthFrom(setting)),
    tightness: vacuous ? 0 : orNull(ratio),
    simulation: simulation ?? null,
    detail,
  };
}

const orNull = (x: number) => (Number.isFinite(x) ? x : null);

function checkInstance(
  { initial, trained }: { readonly initial: TwoLayerNetwork; readonly trained: TwoLayerNetwork },
  x: Float32Array,
  setting: Setting,
): void {
  const { d, m } = setting;
  if (initial.bias || trained.bias) throw wrong("the theory is about networks without biases");
  if (trained.d !== d || trained.m !== m) throw wrong(`the networks differ in size, d, m = ${d}, ${m} and ${trained.d}, ${trained.m}`);
  if (x.length === 0 || x.length % d !== 0) throw wrong(`expected points of ${d} numbers each; got ${x.length} numbers`);
  for (let row = 0; row < x.length / d; row++) {
    let square = 0;
    for (let i = row * d; i < (row + 1) * d; i++) square += x[i]! ** 2;
    if (!(Math.abs(Math.sqrt(square) - 1) <= 1e-4)) throw wrong(`point ${row} has norm ${Math.sqrt(square)}; the theory is about ‖x‖ = 1: normalize the data`);
  }
  const moved = trained === initial ? 0 : deviation(trained, initial);
  const radius = radiusOf(setting);
  if (!(moved <= radius * (1 + 1e-6))) throw wrong(`the trained network is ${moved} from its initialization, outside the lazy ball of radius ${radius}`);
}

const wrong = (message: string) => new SignflipError("SF_OPTION", `theory: ${message}`, { usage: true });
