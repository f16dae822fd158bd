import { bounds } from "./theory/bounds.ts";
import type { Figure, FigureName } from "./figure.ts";
import { figure1 } from "./cone/figure-1.ts";
import { figure2 } from "./flips/figure-2.ts";
import { figure3 } from "./flips/figure-3.ts";
import { figure4 } from "./robust/figure-4.ts";
import { figure5 } from "./flips/figure-5.ts";
import { figure6 } from "./flips/figure-6.ts";
import { figure7 } from "./flips/figure-7.ts";
import { scalingLaws } from "./scaling/scaling-laws.ts";
import { singleStep } from "./theory/single-step.ts";

export const figures: Record<FigureName, Figure> = {
  "figure-1": figure1,
  "figure-2": figure2,
  "figure-3": figure3,
  "figure-4": figure4,
  "figure-5": figure5,
  "figure-6": figure6,
  "figure-7": figure7,
  bounds,
  "single-step": singleStep,
  "scaling-laws": scalingLaws,
};
