/** Colors, type, and what every part shares. */
export const baseStyle = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --ink: #1d1f24; --quiet: #555b66; --line: #dfe2e7; --soft: #f5f6f8; --card: #ffffff; --link: #1d4f91; --focus: #6ea8fe;
  --agrees: #0e5c2f; --agrees-ground: #e6f5ec; --agrees-line: #9fd3b3;
  --differs: #8f1d14; --differs-ground: #fdecea; --differs-line: #eeb0aa;
  --mixed: #7a4b00; --mixed-ground: #fff3dc; --mixed-line: #e8c583;
  --undecided: #4a4f59; --undecided-ground: #f0f1f4; --undecided-line: #c6cad2;
  --note-ground: #fff7e6; --note-line: #d98a00; --shade: rgb(0 0 0 / 14%);
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ground: #16181d; --ink: #eceef2; --quiet: #a6acb8; --line: #30353f; --soft: #1f222a; --card: #16181d; --link: #8ab4f8; --focus: #8ab4f8;
    --agrees: #8fdcae; --agrees-ground: #12301f; --agrees-line: #2c6a46;
    --differs: #ffb1a8; --differs-ground: #3d1a17; --differs-line: #84403a;
    --mixed: #f2cb85; --mixed-ground: #362912; --mixed-line: #74592a;
    --undecided: #c3c8d2; --undecided-ground: #262a32; --undecided-line: #474d59;
    --note-ground: #33290f; --note-line: #d98a00; --shade: rgb(0 0 0 / 60%);
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 17px/1.5 "Signflip Sans", "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1128px; margin: 0 auto; padding: 36px 24px 80px; }
h1 { font-size: 34px; line-height: 1.15; font-weight: 600; letter-spacing: -0.01em; margin: 0 0 16px; text-wrap: balance; }
h2 { font-size: 23px; line-height: 1.3; font-weight: 600; margin: 0 0 12px; text-wrap: balance; }
h3 { font-size: 17px; line-height: 1.35; font-weight: 600; margin: 24px 0 8px; }
p { margin: 0 0 12px; }
section > p, details > p { max-width: 96ch; }
.whole { white-space: nowrap; }
strong, th, dt { font-weight: 600; }
a { color: var(--link); text-underline-offset: 2px; }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 14px; }
code { overflow-wrap: anywhere; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: 14px 16px; overflow-x: auto; line-height: 1.45; margin: 0 0 14px; }
section { margin-top: 56px; }
sup, sub { line-height: 0; font-size: 0.78em; }
dl { margin: 0; }
dd { margin: 0; min-width: 0; }
.note { margin: 0 0 14px; background: var(--note-ground); border-left: 4px solid var(--note-line); padding: 10px 14px; }
summary { cursor: pointer; color: var(--link); padding: 6px 0; }
details[open] > summary { margin-bottom: 6px; }
.verdict { display: inline-block; padding: 0 10px; border-radius: 99px; font-weight: 600; font-size: 14.5px; line-height: 1.6; white-space: nowrap; border: 1px solid; }
.agrees { color: var(--agrees); background: var(--agrees-ground); border-color: var(--agrees-line); }
.differs { color: var(--differs); background: var(--differs-ground); border-color: var(--differs-line); }
.mixed { color: var(--mixed); background: var(--mixed-ground); border-color: var(--mixed-line); }
.undecided { color: var(--undecided); background: var(--undecided-ground); border-color: var(--undecided-line); }
.facts { border-top: 1px solid var(--line); margin-bottom: 8px; }
.facts div { display: grid; grid-template-columns: 150px 1fr; gap: 12px; padding: 5px 0; border-bottom: 1px solid var(--line); }
.facts dt { color: var(--quiet); font-weight: 400; }
.keys { list-style: none; padding: 0; margin: 8px 0 0; font-size: 14px; }
.keys li { padding: 3px 0; border-bottom: 1px solid var(--line); }
.keys code { display: block; font-size: 12px; color: var(--quiet); }
.tip { position: fixed; z-index: 1; pointer-events: none; background: var(--card); color: var(--ink); border: 1px solid var(--line); border-radius: 6px; box-shadow: 0 3px 14px var(--shade); padding: 8px 12px; font-size: 14px; line-height: 1.45; display: none; }
.tip table { width: auto; }
.tip th { color: var(--quiet); font-weight: 400; padding-right: 12px; text-align: left; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
@media (max-width: 640px) {
  body { font-size: 16px; }
  main { padding: 20px 16px 60px; }
  h1 { font-size: 27px; margin-bottom: 12px; }
  h2 { font-size: 20px; }
  section { margin-top: 44px; }
  .facts div { grid-template-columns: 1fr; gap: 0; }
}
`;
