import { expand, type Study } from "../study/study.ts";
import { SignflipError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";
import { figureNamed, figureNames, figures, type FigureName } from "./index.ts";
import { shortNames } from "./names.ts";
import { labelOf } from "./figure.ts";

/**
 * The figures that a study asks for, by their names.
 *
 * @throws SF_STUDY in one line where a name is unknown, or where no cell of the study could ever be part of the figure.
 */
export function checkFigures(study: Study, source: string): FigureName[] {
  const wrong = (reason: string) => new SignflipError("SF_STUDY", `${source}: ${reason}`, { usage: true });
  const names = study.figures.map((asked) => {
    const name = figureNamed(asked);
    if (name !== undefined) return name;
    const guess = nearest(
      String(asked).toLowerCase(),
      // One number is as near as another.
      figureNames.filter((one) => !/\d/.test(one)),
    );
    throw wrong(`figures has no figure ${JSON.stringify(asked)}${guess === undefined ? "" : ` (did you mean ${guess}?)`}; there are ${shortNames.join(", ")}`);
  });
  const configs = names.length === 0 ? [] : expand(study);
  for (const name of names) {
    const { drawnFrom, needs } = figures[name];
    if (!configs.some(drawnFrom)) throw wrong(`${labelOf(name)} cannot be drawn from this study: it needs ${needs}`);
  }
  return [...new Set(names)];
}
