/** What every benchmark measures, judges and prints with. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildGraph } from "../src/graph/builder.ts";
import { f32 } from "../src/graph/ir.ts";
import { Session } from "../src/runtime/session.ts";

export const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};
export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
export const show = (value: number, digits = 3): string => value.toPrecision(digits);
/** The median of a ratio over the rounds of a run, and its lowest and highest. */
export const spread = (ratios: readonly number[]): string => `${show(median(ratios), 2)} (${show(Math.min(...ratios), 2)} to ${show(Math.max(...ratios), 2)})`;

let missed = 0;
/** A target in a word; one that is missed makes the benchmark fail. */
export const verdict = (met: boolean): string => {
  if (!met) missed++;
  return met ? "met" : "MISSED";
};
/** A number with the limit it is held to. */
export const judged = (value: number, [bound, limit]: Limit): string => {
  const met = bound === "at most" ? value <= limit : value >= limit;
  return `(${bound} ${limit}: ${verdict(met)})`;
};
export type Limit = readonly [bound: "at most" | "at least", limit: number];

/** Says how many targets were missed, if any were, and makes the process fail then. */
export const finish = (): void => {
  if (missed === 0) return;
  console.log(missed === 1 ? "1 target missed" : `${missed} targets missed`);
  process.exitCode = 1;
};

/** The plain product x Wᵀ that everything is measured against. */
export interface Product {
  readonly flops: number;
  run(): Promise<unknown>;
  dispose(): Promise<void>;
}

/**
 * @param x `[rows, d]`, or more rows, of which the first are taken
 * @param W `[m, d]`
 */
export async function matrixProduct({ rows, d, m, threads }: Shape, x: Float32Array, W: Float32Array): Promise<Product> {
  const graph = buildGraph("gemm", (g) => ({ y: g.gemm(g.input("x", f32([rows, d])), g.input("W", f32([m, d])), { transB: true }) }));
  const session = await Session.create(graph, { threads });
  const feeds = {
    x: { element: "float32", shape: [rows, d], data: x.subarray(0, rows * d) },
    W: { element: "float32", shape: [m, d], data: W },
  } as const;
  await session.run(feeds);
  return { flops: 2 * rows * d * m, run: () => session.run(feeds), dispose: () => session.dispose() };
}

interface Shape {
  readonly rows: number;
  readonly d: number;
  readonly m: number;
  readonly threads: number;
}

/** Runs a script beside this file in the first Python that has PyTorch and reads the JSON it prints; undefined where none has it. */
export function inPyTorch(script: string, args: readonly (string | number)[]): unknown {
  const python = (pythonWithTorch ??= ["python3", "/usr/bin/python3"].find(hasTorch) ?? "");
  if (python === "") return undefined;
  return JSON.parse(execFileSync(python, [fileURLToPath(new URL(script, import.meta.url)), ...args.map(String)], { encoding: "utf8" }));
}
/** Empty where there is none; not yet looked for while undefined. */
let pythonWithTorch: string | undefined;
const hasTorch = (python: string): boolean => {
  try {
    execFileSync(python, ["-c", "import torch"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};
export const noPyTorch = "  PyTorch: not installed (python3 -c 'import torch' fails), no comparison";
