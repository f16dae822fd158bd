import type { TheoryResult } from "../../experiment/theory/config.ts";
import { defaultConstants } from "../../theory/constants.ts";
import { widthWindow, windowOpensAt } from "../../theory/statements/width-window.ts";
import { count, percent, short } from "../../util/words.ts";
import { percentLabel } from "../draw/axis.ts";
import { panelWidth, type Layer, type Panel, type Position } from "../draw/panels.ts";
import { raised } from "../draw/raised.ts";
import { heatScheme, paintOf, panelTitle, theoryDash } from "../draw/theme.ts";
import type { DrawOptions } from "../figure.ts";
import { meanOver } from "./rows.ts";
import { hasState, shareAt, sharesOf, wideWindow } from "./step-rows.ts";

const domainD: [number, number] = [8, 3e8];
const domainM: [number, number] = [30, 1e24];
const { lowerExponent, upperExponent } = defaultConstants;

/** Where the theorem speaks: between d^2.4 and exp(d^0.24) over d and m, with the settings that were measured. */
export function windowPanel(results: readonly TheoryResult[], options: DrawOptions): Panel {
  const gamma = Math.min(...results.map(({ row }) => row.gamma));
  const opens = windowOpensAt({ gamma, constants: defaultConstants });
  const isPhone = options.columns === 1;
  const x = powerAxis("x", domainD, "input dimension d", isPhone ? [10, 1000, 1e5, 1e7] : [10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8]);
  const y = powerAxis("y", domainM, "width m", [100, 1e4, 1e8, 1e12, 1e16, 1e20, 1e24]);
  const from = `from d = ${count(Number(opens.toPrecision(2)))} on`;
  return {
    title: { ...panelTitle, text: isPhone ? ["Where the theorem speaks:", from] : `Where the theorem speaks: ${from}` },
    width: panelWidth(wideWindow, options),
    height: 262,
    layer: [...windowLayers(gamma, opens, { x, y }, options), ...nameLayers(isPhone, { x, y }, options), measuredLayer(results, { x, y }, options)],
  };
}

interface Axes {
  readonly x: Position;
  readonly y: Position;
}

/** Ticks at powers of ten, written as such from 10⁴ on. */
function powerAxis(field: string, domain: readonly [number, number], title: string, values: readonly number[]): Position {
  const power = (value: number) => (value < 1e4 ? count(value) : `10${superscript(Math.round(Math.log10(value)))}`);
  const labels = Object.fromEntries(values.map((value) => [String(value), power(value)]));
  return {
    field,
    type: "quantitative",
    scale: { type: "log", domain: [...domain], nice: false },
    axis: { title, values: [...values], grid: false, labelExpr: `(${JSON.stringify(labels)})[toString(datum.value)]` },
  };
}

/** Both edges of the window and what lies between them. */
function windowLayers(gamma: number, opens: number, { x, y }: Axes, options: DrawOptions): Layer[] {
  const { theory } = paintOf(options);
  const at = (d: number) => widthWindow({ d, gamma, constants: defaultConstants });
  const [first, last] = domainD;
  const along = (from: number, n = 80) => Array.from({ length: n + 1 }, (_, i) => from * (last / from) ** (i / n));
  const edge = (n: number, side: "low" | "high") =>
    along(first, n)
      .map((d) => ({ x: d, y: at(d)[side] }))
      .filter(({ y: m }) => m >= domainM[0] && m <= domainM[1]);
  const region = along(opens).map((d) => ({ x: d, y: at(d).low, y2: Math.min(at(d).high, domainM[1]) }));
  return [
    { data: { values: region }, mark: { type: "area", color: theory, opacity: 0.22 }, encoding: { x, y, y2: { field: "y2" } } },
    { data: { values: edge(80, "low") }, mark: { type: "line", color: theory, strokeDash: theoryDash, strokeWidth: 2 }, encoding: { x, y } },
    { data: { values: edge(300, "high") }, mark: { type: "line", color: theory, strokeWidth: 2 }, encoding: { x, y } },
  ];
}

/** Names beside both edges and in the window. */
function nameLayers(isPhone: boolean, { x, y }: Axes, options: DrawOptions): Layer[] {
  const color = paintOf(options).theory;
  const named = { x, y, color };
  const upperAt = isPhone ? { x: 1.2e8, y: 1e8 } : { x: 1.2e6, y: Math.exp(1.6e5 ** upperExponent) };
  return [
    ...raised({ base: "m ≥ d", exponent: short(lowerExponent), at: { x: 3000, y: 3000 ** lowerExponent }, dx: -34, dy: -8, ...named }),
    ...raised({ base: "ln m ≤ d", exponent: short(upperExponent), at: upperAt, dx: isPhone ? -20 : 40, dy: 30, ...named }),
    {
      data: { values: [isPhone ? { x: 10, y: 1e22 } : { x: 2.2e7, y: 4e21 }] },
      mark: { type: "text", text: isPhone ? "shaded: the window" : "window", fontSize: 14, fontWeight: 600, color, align: "left", baseline: "middle" },
      encoding: { x, y },
    },
  ];
}

/** The settings that were measured, colored by the share that one step flips there. */
function measuredLayer(results: readonly TheoryResult[], { x, y }: Axes, options: DrawOptions): Layer {
  return {
    data: { values: places(results) },
    mark: { type: "point", filled: true, shape: "circle", size: 75, opacity: 1, stroke: paintOf(options).ink, strokeWidth: 1 },
    encoding: {
      x,
      y,
      color: {
        field: "share",
        type: "quantitative",
        scale: { scheme: heatScheme, domain: [0, 1] },
        legend: {
          type: "gradient",
          title: `measured: flipped by C₁ = ${short(results[0]!.config.measure.theory.c1)}`,
          titleLimit: 0,
          titleFontSize: 14,
          titleFontWeight: 400,
          values: [0, 0.25, 0.5, 0.75, 1],
          labelExpr: percentLabel,
          gradientLength: panelWidth(240, options),
          gradientThickness: 12,
        },
      },
      tooltip: [{ field: "x", title: "d", format: "," }, { field: "y", title: "m", format: "," }, { field: "Share", title: "flipped" }, { field: "Runs" }],
    },
  };
}

/** A point per d and m: the share flipped at the statement's C_1, of trained networks where there are. */
function places(results: readonly TheoryResult[]) {
  const keys = [...new Set(results.map(({ row }) => `${row.d} ${row.m}`))];
  return keys.flatMap((key) => {
    const own = results.filter(({ row }) => `${row.d} ${row.m}` === key);
    const value = meanOver(own.map((result) => shareAt(sharesOf(result, hasState(result, "trained") ? "trained" : "fresh"), result.config.measure.theory.c1)));
    const { d, m } = own[0]!.row;
    return value === undefined ? [] : [{ x: d, y: m, share: value.mean, Share: percent(value.mean), Runs: count(value.values.length) }];
  });
}

/** A whole number as raised digits. */
function superscript(n: number): string {
  return [...String(n)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]!).join("");
}
