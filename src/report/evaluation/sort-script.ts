/**
 * What the page runs: a click on the head of a column of `table.sortable`, or Enter or space on it, sorts the rows by that column, and a second one the other way
 * round. Without scripts the table is as it is. It is text, not a module, because it goes into the page as it is.
 */
export const sortScript = String.raw`
(() => {
  "use strict";
  const raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  // "1,024", "−0.5" and "1.2 × 10⁻⁷" as numbers; words such as "none found" come last.
  const numberIn = (text) => {
    const plain = text.replace(/[,\s]/g, "").replace("−", "-").replace(/×10⁻([⁰¹²³⁴⁵⁶⁷⁸⁹]+)/, (_, digits) => "e-" + [...digits].map((digit) => raised.indexOf(digit)).join(""));
    const value = parseFloat(plain);
    return Number.isNaN(value) ? Infinity : value;
  };
  const words = new Intl.Collator(undefined, { numeric: true });
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const turn = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", turn === 1 ? "ascending" : "descending");
        const text = (row) => row.cells[at].textContent;
        const [key, compare] = head.classList.contains("words")
          ? [text, (x, y) => words.compare(x, y)]
          : [(row) => numberIn(text(row)), (x, y) => (x === y ? 0 : x < y ? -1 : 1)];
        const body = table.tBodies[0];
        body.append(...[...body.rows].sort((one, other) => turn * compare(key(one), key(other))));
      });
    });
  }
})();
`;
