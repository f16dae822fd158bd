/** The report's looks: one column, dark on white, readable on a phone and on paper. */
export const pageStyle = `
:root { color-scheme: light; --ink: #1d1f24; --quiet: #555b66; --line: #dfe2e7; --soft: #f5f6f8; --link: #1d4f91; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: white; color: var(--ink); font: 17px/1.55 "Signflip Sans", "Helvetica Neue", Arial, sans-serif; }
main { max-width: 880px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 32px; line-height: 1.2; font-weight: 600; margin: 0 0 20px; text-wrap: balance; }
h2 { font-size: 22px; line-height: 1.3; font-weight: 600; margin: 0 0 12px; text-wrap: balance; }
h3 { font-size: 17px; font-weight: 600; margin: 24px 0 8px; }
p { margin: 0 0 14px; }
strong, th, dt { font-weight: 600; }
a { color: var(--link); }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 14px; }
code { overflow-wrap: anywhere; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: 14px 16px; overflow-x: auto; line-height: 1.45; margin: 0 0 14px; }
section { margin-top: 52px; }
.kind { color: var(--quiet); margin: 0 0 4px; }
dl { margin: 0; }
dd { margin: 0; min-width: 0; }
.facts, .versions { border-top: 1px solid var(--line); }
.facts div, .versions div { display: grid; grid-template-columns: 130px 1fr; gap: 12px; padding: 6px 0; border-bottom: 1px solid var(--line); }
.versions div { grid-template-columns: 200px 1fr; }
.facts dt, .versions dt { color: var(--quiet); }
nav { display: flex; flex-wrap: wrap; gap: 4px 20px; margin-top: 16px; }
.note ul { margin: 6px 0 0; padding-left: 20px; }
.note { margin: 0 0 14px; background: #fff7e6; border-left: 4px solid #d98a00; padding: 10px 14px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; }
.claims th { border-bottom: 2px solid var(--ink); padding: 6px 16px 6px 0; }
.claims td { vertical-align: top; border-bottom: 1px solid var(--line); padding: 11px 16px 11px 0; }
.claims td:first-child { width: 38%; }
.claims td:last-child, .claims th:last-child { padding-right: 0; width: 1%; }
.claims .group th { border-bottom: 1px solid var(--line); padding-top: 18px; }
sup, sub { line-height: 0; font-size: 0.78em; }
.paper { display: block; color: var(--quiet); }
.paper::before { content: "paper: "; }
.detail { display: block; color: var(--quiet); font-size: 15px; line-height: 1.45; margin-top: 3px; }
.verdict { display: inline-block; padding: 1px 11px; border-radius: 99px; font-weight: 600; font-size: 15px; white-space: nowrap; border: 1px solid; }
.agrees { color: #0e5c2f; background: #e6f5ec; border-color: #9fd3b3; }
.differs { color: #8f1d14; background: #fdecea; border-color: #eeb0aa; }
.undecided { color: #4a4f59; background: #f0f1f4; border-color: #c6cad2; }
figure { margin: 0; }
.picture { text-align: center; min-height: 120px; }
.picture svg { max-width: 100%; height: auto; }
figcaption { color: var(--quiet); font-size: 16px; margin-top: 10px; max-width: 76ch; }
.scroll { overflow-x: auto; }
.cells { font-size: 13.5px; line-height: 1.4; }
.cells th, .cells td { text-align: right; white-space: nowrap; padding: 4px 0 4px 11px; border-bottom: 1px solid var(--line); }
.cells th:first-child, .cells td:first-child { padding-left: 0; }
.cells .words { text-align: left; }
.cells thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; }
summary { cursor: pointer; color: var(--link); padding: 6px 0; }
.keys { list-style: none; padding: 0; margin: 8px 0 0; font-size: 14px; }
.keys li { padding: 3px 0; border-bottom: 1px solid var(--line); }
.keys code { display: block; font-size: 12px; color: var(--quiet); }
.tip { position: fixed; z-index: 1; pointer-events: none; background: white; border: 1px solid #c6cad2; border-radius: 6px; box-shadow: 0 3px 14px rgb(0 0 0 / 14%); padding: 8px 12px; font-size: 14px; line-height: 1.45; display: none; }
.tip table { width: auto; }
.tip th { color: var(--quiet); font-weight: 400; padding-right: 12px; }
:focus-visible { outline: 3px solid #6ea8fe; outline-offset: 2px; }
@media (max-width: 640px) {
  body { font-size: 16px; }
  main { padding: 24px 16px 60px; }
  h1 { font-size: 26px; }
  h2 { font-size: 20px; }
  section { margin-top: 40px; }
  .facts div, .versions div { grid-template-columns: 84px 1fr; }
  .versions div { grid-template-columns: 1fr; gap: 0; }
  .claims thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .claims, .claims tbody, .claims tr, .claims td { display: block; }
  .claims tr { border-bottom: 1px solid var(--line); padding: 12px 0; }
  .claims td, .claims td:first-child { width: auto; border: 0; padding: 3px 0; }
  .claims td[data-label]::before { content: attr(data-label); display: block; color: var(--quiet); font-size: 13px; }
  .claims .group { border: 0; padding: 12px 0 0; }
  .claims .group th { display: block; width: auto; border: 0; padding: 0; font-size: 18px; }
}
@media print {
  @page { margin: 16mm; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  nav, .tip { display: none !important; }
  figure, .claims tr, .cells tr, .note { break-inside: avoid; }
  h2, h3 { break-after: avoid; break-inside: avoid; }
  .claims .group { break-after: avoid; }
  #making details:not([open]) { display: none; }
  section { margin-top: 28px; }
  pre { white-space: pre-wrap; }
  .scroll { overflow: visible; }
  .cells { font-size: 7.5pt; }
  .cells th, .cells td { padding-left: 6px; }
  .verdict, .note, pre { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
