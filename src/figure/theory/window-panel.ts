import type { TheoryResult } from "../../experiment/theory/config.ts";
import { defaultConstants } from "../../theory/constants.ts";
import { widthWindow, windowOpensAt } from "../../theory/statements/width-window.ts";
import type { DrawOptions } from "../figure.ts";
import { count, percent, short } from "../../util/words.ts";
import { percentLabel } from "../draw/heat-map.ts";
import { panelWidth, type Layer, type Panel, type Position } from "../draw/panels.ts";
import { hasState, shareAt, sharesOf, wideWindow } from "./step-rows.ts";
import { meanOver } from "./rows.ts";
import { heatScheme, ink, panelTitle, theoryColor, theoryDash } from "../draw/theme.ts";

const domainD: [number, number] = [8, 3e8];
const domainM: [number, number] = [30, 1e24];

/** Where the theorem speaks: between d^2.4 and exp(d^0.24) over d and m, with the settings that were measured. */
export function windowPanel(results: readonly TheoryResult[], options: DrawOptions): Panel {
  const gamma = Math.min(...results.map(({ row }) => row.gamma));
  const at = (d: number) => widthWindow({ d, gamma, constants: defaultConstants });
  const opens = windowOpensAt({ gamma, constants: defaultConstants });
  const [first, last] = domainD;
  const along = (from: number, n = 80) => Array.from({ length: n + 1 }, (_, i) => from * (last / from) ** (i / n));
  const inside = (m: number) => m >= domainM[0] && m <= domainM[1];
  const low = along(first)
    .map((x) => ({ x, y: at(x).low }))
    .filter(({ y }) => inside(y));
  const high = along(first, 300)
    .map((x) => ({ x, y: at(x).high }))
    .filter(({ y }) => inside(y));
  const region = along(opens).map((x) => ({ x, y: at(x).low, y2: Math.min(at(x).high, domainM[1]) }));
  const width = panelWidth(wideWindow, options);
  const phone = options.columns === 1;
  const power = (value: number) => (value < 1e4 ? count(value) : `10${superscript(Math.round(Math.log10(value)))}`);
  const axis = (field: string, domain: readonly [number, number], title: string, values: readonly number[]): Position => ({
    field,
    type: "quantitative",
    scale: { type: "log", domain: [...domain], nice: false },
    axis: {
      title,
      values: [...values],
      grid: false,
      labelExpr: `(${JSON.stringify(Object.fromEntries(values.map((value) => [String(value), power(value)])))})[toString(datum.value)]`,
    },
  });
  const x = axis("x", domainD, "input dimension d", phone ? [10, 1000, 1e5, 1e7] : [10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8]);
  const y = (field = "y"): Position => axis(field, domainM, "width m", [100, 1e4, 1e8, 1e12, 1e16, 1e20, 1e24]);
  const share = { field: "share", type: "quantitative" as const, scale: { scheme: heatScheme, domain: [0, 1] } };
  const values = places(results);
  const words = (at: { readonly x: number; readonly y: number }, text: string | string[], style: object): Layer => ({
    data: { values: [at] },
    mark: { type: "text", text, fontSize: 14, fontWeight: 600, color: theoryColor, align: "left", baseline: "middle", ...style },
    encoding: { x, y: y() },
  });
  const lower = `d${superscriptText(short(defaultConstants.lowerExponent))}`;
  const upper = `exp(d${superscriptText(short(defaultConstants.upperExponent))})`;
  const from = `from d = ${count(Number(opens.toPrecision(2)))} on`;
  return {
    title: { ...panelTitle, text: phone ? ["Where the theorem speaks:", from] : `Where the theorem speaks: ${from}` },
    width,
    height: 262,
    layer: [
      { data: { values: region }, mark: { type: "area", color: theoryColor, opacity: 0.22 }, encoding: { x, y: y(), y2: { field: "y2" } } },
      { data: { values: low }, mark: { type: "line", color: theoryColor, strokeDash: theoryDash, strokeWidth: 2 }, encoding: { x, y: y() } },
      { data: { values: high }, mark: { type: "line", color: theoryColor, strokeWidth: 2 }, encoding: { x, y: y() } },
      words({ x: 3000, y: 3000 ** 2.4 }, `m ≥ ${lower}`, { align: "right", dx: -10, dy: -6 }),
      phone ? words({ x: last, y: 1e8 }, `m ≤ ${upper}`, { align: "right" }) : words({ x: 1.6e5, y: Math.exp(1.6e5 ** 0.24) }, `m ≤ ${upper}`, { dy: 26 }),
      words(phone ? { x: 10, y: 1e22 } : { x: 2.2e7, y: 4e21 }, phone ? "shaded: the window" : "window", {}),
      {
        data: { values },
        mark: { type: "point", filled: true, shape: "circle", size: 75, opacity: 1, stroke: ink, strokeWidth: 1 },
        encoding: {
          x,
          y: y(),
          color: {
            ...share,
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
      },
    ],
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

const superscript = (n: number) => superscriptText(String(n));
/** "2.4" as raised characters. */
function superscriptText(text: string): string {
  return [...text].map((character) => (character === "." ? "·" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(character)]!)).join("");
}
