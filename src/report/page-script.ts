/**
 * What the page runs: draws each figure with Vega, wide or narrow and light or dark as the screen asks, and shows tooltips. It is text,
 * not a module, because it goes into the page as it is; its one global is `vega`.
 */
export const pageScript = String.raw`
(async () => {
  "use strict";
  const specs = JSON.parse(document.getElementById("figures").textContent);
  const narrow = matchMedia("(max-width: 640px)");
  const dark = matchMedia("screen and (prefers-color-scheme: dark)");
  const tip = document.body.appendChild(document.createElement("div"));
  tip.className = "tip";
  tip.setAttribute("role", "status");

  function showTip(handler, event, item, value) {
    if (value === null || value === undefined || value === "") { tip.style.display = "none"; return; }
    const table = document.createElement("table");
    for (const [name, text] of Object.entries(typeof value === "object" ? value : { "": value })) {
      const row = table.insertRow();
      const head = row.appendChild(document.createElement("th"));
      head.textContent = name;
      row.insertCell().textContent = String(text);
    }
    tip.replaceChildren(table);
    tip.style.display = "block";
    const at = event.touches && event.touches[0] ? event.touches[0] : event.changedTouches && event.changedTouches[0] ? event.changedTouches[0] : event;
    const left = Math.min(at.clientX + 14, innerWidth - tip.offsetWidth - 8);
    const below = at.clientY + 16;
    tip.style.left = Math.max(8, left) + "px";
    tip.style.top = (below + tip.offsetHeight > innerHeight ? Math.max(8, at.clientY - tip.offsetHeight - 12) : below) + "px";
  }
  addEventListener("scroll", () => { tip.style.display = "none"; }, { passive: true });

  const views = new Map();
  async function draw(place) {
    const { wide, narrow: tall } = specs[place.dataset.figure];
    const drawings = narrow.matches ? tall : wide;
    const canvas = document.createElement("div");
    const view = new vega.View(vega.parse((dark.matches && drawings.dark) || drawings.light), { renderer: "svg" });
    view.tooltip(showTip).initialize(canvas);
    await view.runAsync();
    views.get(place)?.finalize();
    views.set(place, view);
    // What was drawn in advance stays until its successor is ready, and for good if that fails.
    place.replaceChildren(canvas);
    place.dataset.drawn = "";
  }

  // Text is measured while drawing: the font must be there.
  await Promise.all([document.fonts.load('400 13px "Signflip Sans"'), document.fonts.load('600 13px "Signflip Sans"')]).catch(() => {});
  const drawAll = () => Promise.all([...document.querySelectorAll("[data-figure]")].map((place) => draw(place).catch((error) => console.error(error))));
  await drawAll();
  narrow.addEventListener("change", drawAll);
  dark.addEventListener("change", drawAll);
  // A link to a folded statement opens what it is folded in.
  const unfold = () => {
    let place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let outer = place; outer; outer = outer.parentElement) if (outer.tagName === "DETAILS") outer.open = true;
    if (place) place.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  if (location.hash) unfold();
})();
`;
