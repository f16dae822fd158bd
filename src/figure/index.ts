import type { Figure } from "./figure.ts";
import { figureFiles, figureNames, type FigureName } from "./names.ts";

export { figureNamed, figureNames, type FigureName } from "./names.ts";

const loaded = await Promise.all(figureNames.map(async (name) => [name, (await figureFiles[name]()).figure] as const));

/** Every figure, by its name. The list is in names.ts. */
export const figures = Object.fromEntries(loaded) as Readonly<Record<FigureName, Figure>>;
