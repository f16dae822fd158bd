/** The first screen: the question, the letters, the figures small. */
export const topStyle = `
.kicker { color: var(--quiet); font-size: 15px; margin: 0 0 6px; }
.opening { display: grid; grid-template-columns: minmax(0, 1fr) 372px; gap: 40px; align-items: start; }
.findings { margin: 0; padding-left: 20px; }
.findings li { margin-bottom: 7px; }
.findings a { white-space: nowrap; }
.symbols { background: var(--soft); border-radius: 10px; padding: 12px 18px; font-size: 15px; line-height: 1.4; }
.symbols div { display: grid; grid-template-columns: 44px 1fr; gap: 8px; padding: 3px 0; }
.symbols dd { color: var(--quiet); }
#overview { margin-top: 32px; }
.cards { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 16px; }
.card { position: relative; display: flex; flex-direction: column; border: 1px solid var(--line); border-radius: 10px; background: var(--card); padding: 10px 14px 12px; overflow: hidden; }
.card:hover { border-color: var(--link); }
.card h3 { margin: 10px 0 4px; display: flex; justify-content: space-between; align-items: baseline; gap: 8px; }
.card h3 a { text-decoration: none; }
.card h3 a::after { content: ""; position: absolute; inset: 0; }
.card .headline { font-size: 15.5px; line-height: 1.4; margin: 0 0 10px; }
.card .counts { margin: auto 0 0; color: var(--quiet); font-size: 14.5px; }
.card .verdict { font-size: 13.5px; }
.cover { height: 204px; display: flex; align-items: center; justify-content: center; }
.cover svg { width: auto; height: auto; max-width: 100%; max-height: 100%; }
.paper-ground { border-radius: 6px; }
@media screen and (prefers-color-scheme: dark) { .paper-ground { background: white; padding: 8px; } }
@media (max-width: 900px) { .opening { grid-template-columns: 1fr; gap: 16px; } }
@media (max-width: 640px) {
  .symbols { padding: 8px 14px; font-size: 14.5px; }
  .symbols div { padding: 1px 0; }
  .findings { padding-left: 18px; }
  .cards { grid-template-columns: 1fr; gap: 12px; }
  .card { display: grid; grid-template-columns: 148px minmax(0, 1fr); column-gap: 12px; align-content: start; padding: 10px 12px; }
  .card > * { grid-column: 2; }
  .cover { grid-column: 1; grid-row: 1 / span 3; height: 132px; align-self: center; }
  .card h3 { margin-top: 0; }
  .card .headline { font-size: 15px; margin-bottom: 6px; }
  #overview { margin-top: 24px; }
}
`;
