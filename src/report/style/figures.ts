/** Figures in full size, with their statements. */
export const figureStyle = `
.figure > .headline { font-size: 18px; margin: -4px 0 14px; max-width: 100ch; }
figure { margin: 0; }
.picture { text-align: center; min-height: 120px; border: 1px solid var(--line); border-radius: 10px; padding: 14px 8px; overflow-x: auto; }
.picture svg { max-width: 100%; height: auto; }
figcaption { color: var(--quiet); font-size: 16px; line-height: 1.45; margin-top: 10px; max-width: 96ch; }
.notes { font-size: 16px; color: var(--quiet); }
.claims h3 { margin-bottom: 4px; }
.claim-list { list-style: none; margin: 0; padding: 0; }
.claim-list > li { border-bottom: 1px solid var(--line); }
.claim-list > li:target { background: var(--soft); }
.row { display: grid; grid-template-columns: 92px minmax(0, 1fr) minmax(0, 1fr) 14px; gap: 4px 18px; padding: 8px 0; align-items: start; color: inherit; }
.row .verdict { justify-self: start; font-size: 13.5px; }
summary.row::after { content: "›"; color: var(--quiet); transform: rotate(90deg); justify-self: center; }
details[open] > summary.row::after { transform: rotate(-90deg); }
.claim-list details[open] > summary { margin: 0; }
.claim-list details > p { color: var(--quiet); font-size: 15.5px; line-height: 1.45; margin: 0; padding: 0 0 10px 110px; max-width: 104ch; }
.paper { color: var(--quiet); display: inline-block; }
.measured { color: var(--quiet); }
.up { margin: 14px 0 0; font-size: 15px; }
@media (max-width: 640px) {
  .picture { padding: 8px 0; border-left: 0; border-right: 0; border-radius: 0; margin: 0 -16px; }
  .row { grid-template-columns: minmax(0, 1fr) 14px; gap: 3px 8px; padding: 10px 0; }
  .row .verdict, .row .statement, .row .measured { grid-column: 1; }
  summary.row::after { grid-column: 2; grid-row: 1; }
  .claim-list details > p { padding-left: 0; }
  .figure > .headline { font-size: 17px; }
}
`;
