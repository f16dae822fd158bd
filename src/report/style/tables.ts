/** Tables of runs, of the theory, of all statements. */
export const tableStyle = `
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; margin-bottom: 10px; }
.runs { font-size: 14px; line-height: 1.4; }
.runs th, .runs td { text-align: right; padding: 4px 0 4px 14px; border-bottom: 1px solid var(--line); vertical-align: top; }
.runs td { white-space: nowrap; }
.runs th:first-child, .runs td:first-child { padding-left: 0; }
.runs .words { text-align: left; }
.runs td.words { white-space: normal; }
.runs thead th, .by-verdict thead th { border-bottom: 2px solid var(--quiet); vertical-align: bottom; }
.by-verdict { font-size: 15px; line-height: 1.4; }
.by-verdict th, .by-verdict td { text-align: left; vertical-align: top; padding: 7px 16px 7px 0; border-bottom: 1px solid var(--line); }
.by-verdict td:first-child { white-space: nowrap; }
@media (max-width: 640px) {
  .runs { font-size: 13px; }
  .runs th, .runs td { padding-left: 10px; }
  .runs td.words { min-width: 84px; }
  .by-verdict thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .by-verdict, .by-verdict tbody, .by-verdict tr, .by-verdict td { display: block; }
  .by-verdict tr { border-bottom: 1px solid var(--line); padding: 8px 0; }
  .by-verdict td { border: 0; padding: 2px 0; }
  .by-verdict td:last-child::before { content: "Paper: "; color: var(--quiet); }
}
`;
