import { escapeHtml } from "./escape.ts";
import type { ReportFont } from "./input.ts";
import { type Drawing, paletteRules } from "./picture.ts";
import { pageStyle } from "./style/page-style.ts";

/** What a page is made of. */
export interface HtmlPage {
  readonly title: string;
  readonly fonts: readonly ReportFont[];
  /** Rules of this page beside those of all pages. */
  readonly style?: string;
  /** Pictures in the page, whose colors follow the reader's screen. */
  readonly drawings: readonly Drawing[];
  /** What is within `<main>`, as HTML. */
  readonly main: string;
  /** `<script>` elements; a page without them may run none. */
  readonly scripts?: string;
}

/** One HTML file that needs nothing else: its policy forbids it to load or send anything. */
export function htmlPage({ title, fonts, style = "", drawings, main, scripts = "" }: HtmlPage): string {
  const scriptPolicy = scripts === "" ? "" : "script-src 'unsafe-inline' 'unsafe-eval'; ";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; ${scriptPolicy}style-src 'unsafe-inline'; font-src data:; img-src data:">
<meta name="generator" content="Signflip">
<title>${escapeHtml(title)}</title>
<style>${fonts.map(fontFace).join("")}${pageStyle}${style}${paletteRules(drawings)}</style>
</head>
<body>
<main>
${main}
</main>
${scripts === "" ? "" : `${scripts}\n`}</body>
</html>
`;
}

/** An @font-face rule with the font inside it. */
export function fontFace({ family, weight, woff2 }: ReportFont): string {
  return `@font-face{font-family:"${family}";font-weight:${weight};src:url(data:font/woff2;base64,${woff2}) format("woff2")}`;
}
