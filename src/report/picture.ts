/*
 * A picture stands in the page once and serves a light and a dark screen: where its two drawings differ in a color, it refers to a CSS
 * variable with the light color as its fallback, so that it is whole where styles are blocked.
 */

export interface Drawing {
  readonly svg: string;
  /** The colors of a dark screen by the name of their variable; empty where the drawing has none, and then it keeps its white ground. */
  readonly dark: ReadonlyMap<string, string>;
}

const painted = /((?:fill|stroke|stop-color|fill-opacity|stroke-opacity|opacity)=")([^"]*)(")/g;

/** One drawing of two that differ in nothing but colors; the light one where they differ in more. `prefix` keeps its ids apart from those of others. */
export function drawingOf(light: string, dark: string, prefix: string): Drawing {
  const [before, after] = [plain(light), plain(dark)];
  const colors = [...after.matchAll(painted)].map(([, , color]) => color!);
  const names = new Map<string, string>();
  let at = 0;
  const merged = before.replace(painted, (whole, open: string, color: string, close: string) => {
    const other = colors[at++];
    if (other === undefined || other === color || color.startsWith("url(")) return whole;
    const name = `--c${nameOf(color)}-${nameOf(other)}`;
    names.set(name, other);
    return `${open}var(${name},${color})${close}`;
  });
  const isOneDrawing = before.replace(painted, "") === after.replace(painted, "");
  const svg = ownIds(isOneDrawing ? merged : before, prefix);
  return { svg, dark: isOneDrawing ? names : new Map() };
}

const nameOf = (color: string) => color.toLowerCase().replace(/[^a-z0-9]+/g, "");

/** Without what readers of a screen would have to sit through: a label per mark. The page says in words what a picture shows. */
function plain(svg: string): string {
  return numberedIds(svg.replace(/ (?:aria-[a-z]+|role)="[^"]*"/g, ""));
}

/** Gradients are numbered as they come in a process: here by their place in the drawing, so that two drawings can be compared. */
function numberedIds(svg: string): string {
  const ids = [...svg.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!);
  const named = (id: string) => `id${ids.indexOf(id)}`;
  return svg.replace(/ id="([^"]*)"/g, (_, id: string) => ` id="${named(id)}"`).replace(/url\(#([^)]*)\)/g, (_, id: string) => `url(#${named(id)})`);
}

/** Ids are the page's, not the picture's. */
function ownIds(svg: string, prefix: string): string {
  return svg.replace(/ id="([^"]*)"/g, ` id="${prefix}-$1"`).replace(/url\(#([^)]*)\)/g, `url(#${prefix}-$1)`);
}

/** The variables of a dark screen. Paper is light. */
export function paletteRules(drawings: readonly Drawing[]): string {
  const colors = new Map(drawings.flatMap(({ dark }) => [...dark]));
  if (colors.size === 0) return "";
  return `@media screen and (prefers-color-scheme: dark) { :root { ${[...colors].map(([name, color]) => `${name}: ${color};`).join(" ")} } }`;
}

/** Whether a picture has colors of its own for a dark screen. */
export const isThemed = (drawing: Drawing | undefined): boolean => drawing !== undefined && drawing.dark.size > 0;
