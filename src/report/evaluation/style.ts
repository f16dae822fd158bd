/** What the page of an evaluation has beyond the report's own looks. */
export const evaluationStyle = `
.lead { font-size: 20px; line-height: 1.45; max-width: 70ch; }
.tiles { list-style: none; margin: 22px 0 16px; padding: 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: 14px; }
.tiles li { border: 1px solid var(--line); border-radius: 10px; padding: 14px 18px; display: flex; flex-direction: column; }
.tiles .label { color: var(--quiet); font-size: 15px; }
.tiles .value { font-size: 30px; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
.of { color: var(--quiet); font-size: 14.5px; margin: 0; }
.meaning { color: var(--quiet); max-width: 96ch; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(480px, 100%), 1fr)); gap: 20px; }
.examples { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(330px, 100%), 1fr)); gap: 18px; }
.examples li { border: 1px solid var(--line); border-radius: 10px; padding: 14px; }
.triple { display: grid; grid-template-columns: 1fr auto 1fr auto 1fr; gap: 6px; align-items: start; margin-bottom: 8px; }
.triple img { width: 100%; height: auto; image-rendering: pixelated; border: 1px solid var(--line); border-radius: 4px; background: white; display: block; }
.triple figcaption { font-size: 14px; text-align: center; margin-top: 5px; color: var(--ink); overflow-wrap: anywhere; }
.triple .sign { align-self: center; color: var(--quiet); padding-bottom: 20px; }
.triple.wide { grid-template-columns: 1fr; }
.triple.wide .sign { display: none; }
.triple.wide figure { display: grid; grid-template-columns: minmax(0, 1fr) 92px; gap: 10px; align-items: center; }
.triple.wide figcaption { text-align: left; margin: 0; }
.examples:has(.wide) { grid-template-columns: repeat(auto-fill, minmax(min(480px, 100%), 1fr)); }
.other { color: var(--differs); }
.examples.bars { grid-template-columns: repeat(auto-fill, minmax(min(420px, 100%), 1fr)); }
.change { font-size: 14px; margin-bottom: 6px; }
.change th { text-align: left; font-weight: 400; padding: 2px 10px 2px 0; overflow-wrap: anywhere; }
.change thead th { color: var(--quiet); font-size: 13px; text-align: right; }
.change thead th:first-child { text-align: left; }
.change td { text-align: right; padding: 2px 0 2px 8px; white-space: nowrap; }
.change td.bar { position: relative; width: 40%; min-width: 90px; }
.change .bar span { position: absolute; top: 25%; height: 50%; min-width: 1px; }
.change .bar .value { background: var(--undecided-line); }
.change .bar .more { background: #c8322b; top: 38%; height: 24%; min-width: 3px; }
.change .bar .less { background: #2563b0; top: 38%; height: 24%; min-width: 3px; }
td.more { color: var(--differs); }
td.less { color: var(--link); }
.sortable button { all: unset; cursor: pointer; white-space: nowrap; }
.sortable button:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.sortable button::after { content: "↕"; color: var(--quiet); opacity: 0.5; padding-left: 4px; }
.sortable [aria-sort="ascending"] button::after { content: "↑"; opacity: 1; }
.sortable [aria-sort="descending"] button::after { content: "↓"; opacity: 1; }
.assumed { margin: 0; padding-left: 20px; max-width: 96ch; }
@media (max-width: 640px) { .lead { font-size: 18px; } .tiles .value { font-size: 26px; } }
`;
