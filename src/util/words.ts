import type { Interval } from "./statistics.ts";

/** Numbers as people read them: a true minus sign, thousands with commas, no more digits than asked for. */
export function number(x: number, digits = 3): string {
  if (Number.isNaN(x)) return "unknown";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  if (x === 0) return "0";
  const size = Math.abs(x);
  const text =
    size < 1e-4
      ? size
          .toExponential(digits - 1)
          .replace("e-", " × 10⁻")
          .replace(/⁻(\d+)$/, (_, e: string) => `⁻${superscript(e)}`)
      : size >= 10 ** digits
        ? Math.round(size).toLocaleString("en-US")
        : size.toPrecision(digits);
  return x < 0 ? `−${text}` : text;
}

/** A setting as one would write it: 0.2, not 0.200. */
export function short(x: number, digits = 3): string {
  return x.toLocaleString("en-US", { maximumSignificantDigits: digits });
}

/** Three significant digits with their zeros and no commas, so that the columns of a terminal line up; "–" where there is no number. */
export function significant(x: number): string {
  if (!Number.isFinite(x)) return "–";
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return minus(x.toExponential(2));
  return minus(x.toFixed(Math.max(0, 2 - Math.floor(Math.log10(size || 1)))));
}

/** "4.91 ± 0.364". */
export function plusMinus({ mean, sd }: { readonly mean: number; readonly sd: number }): string {
  return `${significant(mean)} ± ${significant(sd)}`;
}

/** A fixed count of decimals: for exponents and percentages. */
export function fixed(x: number, decimals = 2): string {
  if (!Number.isFinite(x)) return number(x);
  const text = Math.abs(x).toFixed(decimals);
  return x < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** A share as a percentage; "–" where there is none. */
export function percent(share: number | undefined, decimals = 1): string {
  return share === undefined || !Number.isFinite(share) ? "–" : `${fixed(100 * share, decimals)} %`;
}

/** A whole number with its commas; one that is not whole (a C_0 of 0.001) as `number` has it. */
export function count(n: number): string {
  return Number.isInteger(n) ? n.toLocaleString("en-US") : number(n);
}

export function interval({ low, high }: Interval, format: (x: number) => string = number): string {
  return Number.isFinite(low) && Number.isFinite(high) ? `[${format(low)}, ${format(high)}]` : "[no interval]";
}

/** `plural(1, "run")` is "1 run", `plural(3, "run")` "3 runs". */
export function plural(n: number, noun: string, many = `${noun}s`): string {
  return `${count(n)} ${n === 1 ? noun : many}`;
}

/** Halves as fractions: "−1", "1/2", "−1/2". */
export function fraction(x: number): string {
  const text = Number.isInteger(2 * x) && !Number.isInteger(x) ? `${Math.abs(2 * x)}/2` : String(Math.abs(x));
  return x < 0 ? `−${text}` : text;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "a", "a and b", "a, b and c". */
export function list(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/** "3", or "2 to 3" where the counts differ. */
export function range(values: readonly number[]): string {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return low === high ? count(low) : `${count(low)} to ${count(high)}`;
}

/** The letter C with a subscript zero, as the paper writes it. */
export const c0Symbol = "C₀";

/** A true minus sign in front; an exponent keeps its own. */
function minus(text: string): string {
  return text.replace(/^-/, "−");
}

function superscript(digits: string): string {
  return [...digits].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
}
