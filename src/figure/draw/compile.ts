import type { Spec } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

export interface CompiledFigure {
  readonly vega: Spec;
  /** What Vega-Lite complained about; a figure of ours gives none. */
  readonly warnings: readonly string[];
}

type Logger = NonNullable<NonNullable<Parameters<typeof compile>[1]>["logger"]>;

/** Keeps what Vega-Lite complains about. */
class Complaints implements Logger {
  readonly lines: string[] = [];

  /** Vega's own logger returns its level or, when that is set, itself. There is no level here. */
  level(level?: number): number | Logger {
    return level === undefined ? 0 : this;
  }
  error(...parts: readonly unknown[]): this {
    this.lines.push(parts.map(String).join(" "));
    return this;
  }
  warn(...parts: readonly unknown[]): this {
    return this.error(...parts);
  }
  info(): this {
    return this;
  }
  debug(): this {
    return this;
  }
}

/** Vega-Lite → Vega. */
export function compileFigure(spec: TopLevelSpec): CompiledFigure {
  const logger = new Complaints();
  return { vega: compile(spec, { logger }).spec, warnings: logger.lines };
}
