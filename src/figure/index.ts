import type { Figure, FigureName } from "./figure.ts";
import { figure2 } from "./figure-2.ts";
import { figure3 } from "./figure-3.ts";
import { figure7 } from "./figure-7.ts";

export const figures: Record<FigureName, Figure> = {
  "figure-2": figure2,
  "figure-3": figure3,
  "figure-7": figure7,
};
