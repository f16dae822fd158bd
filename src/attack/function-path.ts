import type { EngineOptions } from "../runtime/engine.ts";
import { Session } from "../runtime/session.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Plan, objectiveGraph, pieceGraphs } from "./graph.ts";
import type { Oracle } from "./oracle/oracle.ts";
import { type Feeds, type Pieces, type StateTensors, sessionsOf, stateAfter, stateBefore, whole } from "./path.ts";
import { matrix } from "./samples.ts";

/** Scores as graphs have them, `[n, 1]` for two classes, from an oracle's logits. */
export const scoresFrom = (logits: Float32Array, classes: number): Tensor<"float32"> =>
  classes > 2
    ? matrix(logits, classes)
    : matrix(
        Float32Array.from({ length: logits.length / 2 }, (_, i) => logits[2 * i + 1]!),
        1,
      );

/** The pieces of an attack on a model that is no graph: each step asks it for its logits, and then for one gradient. */
export async function functionPieces(oracle: Oracle, plan: Plan, keepsLowest: boolean, engine: EngineOptions): Promise<Pieces> {
  const { classes, d } = plan;
  const objective = await Session.create(objectiveGraph(plan), engine);
  const pieces = await sessionsOf(pieceGraphs(undefined, plan, keepsLowest), engine).catch(async (cause: unknown) => {
    await objective.dispose();
    throw cause;
  });

  const pointsOf = ({ rows: { x } }: Feeds, { delta }: StateTensors) =>
    Float32Array.from(x!.data as Float32Array, (value, i) => value + (delta!.data as Float32Array)[i]!);

  /** What the attack makes of logits: its objective, the margin and ∂ objective / ∂ scores. */
  const judge = ({ rows: { y, aim } }: Feeds, logits: Float32Array) => objective.run({ scores: scoresFrom(logits, classes), y: y!, ...(aim ? { aim } : {}) });

  const step = async (feeds: Feeds, state: StateTensors, t: number): Promise<StateTensors> => {
    let judged: Awaited<ReturnType<typeof judge>> | undefined;
    const { gradient } = await oracle.pullback(pointsOf(feeds, state), async (logits) => {
      judged = await judge(feeds, logits);
      const slope = judged["slope"]!.data as Float32Array;
      return classes > 2 ? slope : Float32Array.from({ length: 2 * slope.length }, (_, k) => (k % 2 === 0 ? 0 : slope[k >> 1]!));
    });
    const here = { "here.objective": judged!["objective"]!, "here.margin": judged!["margin"]!, "here.gradient": matrix(gradient, d) };
    return stateAfter(await pieces.steps.run({ ...feeds.rows, ...stateBefore(state), ...here, first: whole(t) }));
  };

  return {
    plan,
    begin: async ({ rows }) => stateAfter(await pieces.begin.run(rows)),
    async steps(feeds, state, first, count) {
      let now = state;
      for (let t = first; t < first + count; t++) now = await step(feeds, now, t);
      return now;
    },
    async end(feeds, state) {
      if (!pieces.end) return state["delta"]!;
      const last = await judge(feeds, await oracle.logits(pointsOf(feeds, state)));
      const here = { "here.objective": last["objective"]!, "here.margin": last["margin"]! };
      return (await pieces.end.run({ ...feeds.rows, ...stateBefore(state), ...here }))["delta"]!;
    },
    async dispose() {
      await pieces.dispose();
      await objective.dispose();
    },
  };
}
