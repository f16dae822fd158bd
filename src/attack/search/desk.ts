import { internal } from "../../util/errors.ts";
import type { Oracle } from "../oracle/oracle.ts";

/** What one sample asks about some points of its own: `[k, d]`. */
export interface Questions {
  /** `[k, classes]` */
  logits(x: Float32Array): Promise<Float32Array>;
  /** The margin of a class at one point, and its gradient. */
  margin(x: Float32Array, label: number): Promise<Answer>;
  /** The gradient of Σ_k dz_k z_k at each point. */
  pullback(x: Float32Array, dz: Float32Array): Promise<Answer>;
}

export interface Answer {
  readonly logits: Float32Array;
  readonly gradient: Float32Array;
}

interface Question {
  readonly kind: keyof Questions;
  readonly x: Float32Array;
  readonly label: number;
  readonly dz: Float32Array;
  answer(answer: Answer): void;
  fail(cause: unknown): void;
}

/** Points given to the oracle at once; it splits them into batches of its own. */
const mostPoints = 4096;

/**
 * Runs a task for each sample, many side by side, and brings what they ask together: when all of them wait, their questions go to the
 * oracle in batches. So a search can be written for one sample, one step after the other. A task that ends makes place for the next.
 * @param count tasks in all
 * @param atOnce how many may be under way
 * @param task asks one question at a time and waits for nothing else
 * @param between called before questions go to the oracle; what it throws ends everything
 */
export async function runTogether(
  oracle: Oracle,
  count: number,
  atOnce: number,
  task: (i: number, ask: Questions) => Promise<void>,
  between: (done: number) => void,
): Promise<void> {
  const d = oracle.inputShape.reduce((size, dim) => size * dim, 1);
  const { classes } = oracle;
  let waiting: Question[] = [];
  let next = 0;
  let done = 0;
  /** Tasks that are neither waiting nor finished. */
  let busy = 0;
  let failed = false;

  const ask = (question: Omit<Question, "answer" | "fail">) =>
    new Promise<Answer>((answer, fail) => {
      waiting.push({ ...question, answer, fail });
      rest();
    });
  const none = new Float32Array(0);
  const questions: Questions = {
    logits: async (x) => (await ask({ kind: "logits", x, label: 0, dz: none })).logits,
    margin: (x, label) => ask({ kind: "margin", x, label, dz: none }),
    pullback: (x, dz) => ask({ kind: "pullback", x, label: 0, dz }),
  };

  /** A task waits or has ended. When the last one does, the oracle is asked. */
  function rest(): void {
    busy--;
    if (busy > 0 || waiting.length === 0) return;
    const asked = waiting;
    waiting = [];
    busy = asked.length;
    void answerAll(asked);
  }

  async function answerAll(asked: readonly Question[]): Promise<void> {
    try {
      between(done);
      const answers = new Map<Question, Answer>();
      for (const kind of ["logits", "margin", "pullback"] as const) {
        for (const group of groups(asked.filter((question) => question.kind === kind))) await answerGroup(kind, group, answers);
      }
      for (const question of asked) question.answer(answers.get(question)!);
    } catch (cause) {
      failed = true;
      for (const question of asked) question.fail(cause);
    }
  }

  function* groups(asked: readonly Question[]): Generator<Question[]> {
    let group: Question[] = [];
    let points = 0;
    for (const question of asked) {
      if (group.length > 0 && points + question.x.length / d > mostPoints) {
        yield group;
        [group, points] = [[], 0];
      }
      group.push(question);
      points += question.x.length / d;
    }
    if (group.length > 0) yield group;
  }

  async function answerGroup(kind: keyof Questions, group: readonly Question[], answers: Map<Question, Answer>): Promise<void> {
    const x = joined(group.map((question) => question.x));
    const found =
      kind === "logits"
        ? { logits: await oracle.logits(x), gradient: none }
        : kind === "margin"
          ? await oracle.margin(
              x,
              group.map(({ label }) => label),
            )
          : await oracle.pullback(x, joined(group.map(({ dz }) => dz)));
    let from = 0;
    for (const question of group) {
      const to = from + question.x.length / d;
      answers.set(question, { logits: found.logits.slice(from * classes, to * classes), gradient: found.gradient.slice(from * d, to * d) });
      from = to;
    }
  }

  /** One task after the other, as long as there are any. */
  async function lane(): Promise<void> {
    while (next < count && !failed) {
      const i = next++;
      await task(i, questions);
      done++;
    }
    rest();
  }

  if (atOnce < 1) throw internal(`${atOnce} tasks at once`);
  const lanes = Math.min(atOnce, count);
  busy = lanes;
  await Promise.all(Array.from({ length: lanes }, lane));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
