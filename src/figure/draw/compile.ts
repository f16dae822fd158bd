import type { Spec } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

export interface CompiledFigure {
  readonly vega: Spec;
  /** What Vega-Lite complained about; a figure of ours gives none. */
  readonly warnings: readonly string[];
}

/** Vega-Lite → Vega. */
export function compileFigure(spec: TopLevelSpec): CompiledFigure {
  const warnings: string[] = [];
  const note = (...parts: readonly unknown[]) => {
    warnings.push(parts.map(String).join(" "));
    return logger;
  };
  const quietly = () => logger;
  // Vega's logger reads its level back from the same call that sets it; nothing here asks for it.
  const logger = { level: quietly, error: note, warn: note, info: quietly, debug: quietly } as unknown as NonNullable<
    NonNullable<Parameters<typeof compile>[1]>["logger"]
  >;
  return { vega: compile(spec, { logger }).spec, warnings };
}
