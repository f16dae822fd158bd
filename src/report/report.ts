import { compileFigure } from "../figure/draw/compile.ts";
import { figures, type FigureName } from "../figure/index.ts";
import type { DrawOptions } from "../figure/figure.ts";
import { listings } from "../experiment/listings.ts";
import { statementsByVerdict } from "./claims.ts";
import { scriptJson, scriptText } from "./escape.ts";
import { figureCards } from "./cards.ts";
import { figureSection } from "./figure-section.ts";
import { htmlPage } from "./html-page.ts";
import type { ReportFigure, ReportInput } from "./input.ts";
import { makingSection } from "./making.ts";
import { opening } from "./opening.ts";
import { pageScript } from "./page-script.ts";
import { runsSection, sectionHtml } from "./text-table.ts";

export type { ReportAssets, ReportFigure, ReportFont, ReportInput } from "./input.ts";

/** Rows and figures → one HTML file that needs nothing else: no network, no neighboring files. */
export function renderReport(input: ReportInput): string {
  const results = [...new Map([...input.results, ...input.figures.flatMap((figure) => figure.results)].map((result) => [result.key, result])).values()];
  const listed = listings(results);
  // A run that two studies measured alike is two cells and one run.
  const runs = listed.reduce((sum, { table }) => sum + table.rows.length, 0);
  const drawn = input.figures.map((figure) => ({ ...figure, claims: figures[figure.name].claims(figure.results) }));
  const drawings = input.figures.flatMap(({ picture, cover }) => [picture, cover].filter((one) => one !== undefined));
  return htmlPage({
    title: input.title,
    fonts: input.assets.fonts,
    drawings,
    main: [
      opening(input, drawn),
      figureCards(drawn),
      ...drawn.map((figure) => `${figureSection(figure)}\n${ownSection(figure)}`),
      statementsByVerdict(drawn),
      runsSection(listed),
      makingSection(input, results, runs),
    ].join("\n"),
    scripts: `<script type="application/json" id="figures">${scriptJson(Object.fromEntries(input.figures.map(specsOf)))}</script>
<script>${scriptText(input.assets.vega)}</script>
<script>${scriptText(pageScript)}</script>`,
  });
}

function ownSection({ name, results }: ReportFigure): string {
  const section = figures[name].section?.(results);
  return section === undefined ? "" : sectionHtml(`${name}-section`, section);
}

/** What the script draws: wide or narrow, and for a dark screen where the figure has colors for one. */
function specsOf({ name, results }: ReportFigure): [FigureName, object] {
  const drawnFor = (options: DrawOptions) => {
    // A schema address is for editors; a page that fetches nothing has no use for it.
    const { $schema: _, ...vega } = compileFigure(figures[name].spec(results, { title: false, ...options })).vega;
    return vega;
  };
  const inBoth = (options: DrawOptions) => {
    const [light, dark] = [drawnFor(options), drawnFor({ ...options, theme: "dark" })];
    return JSON.stringify(light) === JSON.stringify(dark) ? { light } : { light, dark };
  };
  return [name, { wide: inBoth({}), narrow: inBoth({ columns: 1 }) }];
}
