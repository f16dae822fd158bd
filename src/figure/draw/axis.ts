import type { Position } from "./panels.ts";

export type Domain = [number, number];

/** Axis and legend labels of shares, as this project writes percentages. */
export const percentLabel = "format(100 * datum.value, '.0f') + ' %'";

/** The extent of positive values with a margin, on a logarithmic axis. A single value gets half a decade around it. */
export function logDomain(values: readonly number[], margin = 0.06): Domain {
  const logs = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  if (logs.length === 0) return [0.1, 10];
  const low = Math.min(...logs);
  const high = Math.max(...logs);
  const pad = Math.max(margin * (high - low), 0.25 - (high - low) / 2, 0.02);
  return [10 ** (low - pad), 10 ** (high + pad)];
}

/**
 * Round tick values inside a logarithmic domain: of the usual ladders the first that gives at least four. None stands
 * so close to the upper end that its label would push the panel's heading up.
 */
export function logTicks([low, high]: Domain): number[] {
  const ladders = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7], [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]];
  const highest = high * (low / high) ** 0.04;
  let ticks: number[] = [];
  for (const ladder of ladders) {
    ticks = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
      for (const step of ladder) {
        const tick = Number(`${step}e${power}`);
        if (tick >= low && tick <= highest) ticks.push(tick);
      }
    }
    if (ticks.length >= 4) break;
  }
  return ticks;
}

/**
 * Where the tiles of a logarithmic axis end: halfway between neighbours, and as far beyond the outermost as their other
 * end is away. A single tile reaches half an octave to both sides.
 */
export function tileEdges(values: readonly number[]): Domain[] {
  const half = values.slice(1).map((value, i) => Math.sqrt(value / values[i]!));
  return values.map((value, i) => [value / (half[i - 1] ?? half[i] ?? Math.SQRT2), value * (half[i] ?? half[i - 1] ?? Math.SQRT2)]);
}

/** The round number (1, 2 or 5 times a power of ten) nearest above `step`. */
export function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const multiple = [1, 2, 5, 10].find((candidate) => candidate * power >= step * (1 - 1e-9))!;
  return multiple * power;
}

/** Round tick values from 0 on a linear axis, about `about` of them, with the same care at the upper end. */
export function linearTicks(high: number, about = 6): number[] {
  const step = niceStep(high / about);
  return Array.from({ length: Math.floor((0.96 * high) / step) + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}

/** Room on a logarithmic axis with ticks at the values there are; points of one value are set a few pixels apart. */
export interface Spread {
  readonly domain: Domain;
  /** The factor that moves a point by so many steps. */
  readonly shift: (steps: number) => number;
}

/** `right` is the room after the last value, as a share of the whole: the name of a line may stand there. */
export function spreadOver(xs: readonly number[], { right = 0.08, step = 0.015 } = {}): Spread {
  const [low, high] = [Math.log(xs[0]!), Math.log(xs.at(-1)!)];
  if (xs.length === 1) return { domain: [Math.exp(low - 0.5), Math.exp(high + 0.5)], shift: (steps) => Math.exp(steps * 0.03) };
  const span = Math.max(high - low, 1);
  return { domain: [Math.exp(low - 0.07 * span), Math.exp(high + right * span)], shift: (steps) => Math.exp(steps * step * span) };
}

/** The axis of d or m, with a tick at every value that was measured. */
export function valuesAxis(xs: readonly number[], { domain }: Spread, title: string): Position {
  return {
    field: "x",
    type: "quantitative",
    scale: { type: "log", domain, nice: false },
    axis: { title, values: [...xs], format: ",d", grid: false, labelOverlap: "greedy", labelSeparation: 4, titleLimit: 0 },
  };
}

/** A logarithmic axis with round ticks. */
export function logAxis(field: string, domain: Domain, title: string | null): Position {
  return { field, type: "quantitative", scale: { type: "log", domain, nice: false }, axis: { title, values: logTicks(domain), format: ",~r" } };
}

/** A share from 0 to 100 %. */
export function shareAxis(field: string, title: string | null): Position {
  return {
    field,
    type: "quantitative",
    scale: { domain: [0, 1.04], nice: false },
    axis: { title, values: [0, 0.25, 0.5, 0.75, 1], labelExpr: percentLabel },
  };
}
