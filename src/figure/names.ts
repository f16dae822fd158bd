import type { Figure } from "./figure.ts";

/**
 * The one list of figures: a new figure is its file and its line here, in the order of a report. What needs only the names (a command's
 * help) loads this file and no figure; index.ts has the figures themselves.
 */
export const figureFiles = {
  "figure-1": () => import("./cone/figure-1.ts"),
  "figure-2": () => import("./flips/figure-2.ts"),
  "figure-3": () => import("./flips/figure-3.ts"),
  "figure-4": () => import("./robust/figure-4.ts"),
  "figure-5": () => import("./flips/figure-5.ts"),
  "figure-6": () => import("./flips/figure-6.ts"),
  "figure-7": () => import("./flips/figure-7.ts"),
  bounds: () => import("./theory/bounds.ts"),
  "single-step": () => import("./theory/single-step.ts"),
  "scaling-laws": () => import("./scaling/scaling-laws.ts"),
} satisfies Record<string, () => Promise<{ readonly figure: Figure }>>;

export type FigureName = keyof typeof figureFiles;

export const figureNames = Object.keys(figureFiles) as readonly FigureName[];

/** How people ask for a figure: "2" for one of the paper's, "bounds" for one of its theory. */
export const shortNames: readonly string[] = figureNames.map(shortName);

function shortName(name: string): string {
  return name.replace(/^figure-/, "");
}

/** The figure that somebody asks for by `2`, "2", "figure-2" or "bounds"; undefined where there is none. */
export function figureNamed(asked: string | number): FigureName | undefined {
  const text = String(asked).trim().toLowerCase().replace(/\s+/g, "-");
  return figureNames.find((name) => name === text || shortName(name) === text);
}
