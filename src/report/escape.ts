/** Text between tags or inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Plain text of ours as HTML with better typography: exponents raised, indices lowered, no line break inside `m = 1,000`, `0.5 %` or `|η|`. */
export function proseHtml(text: string): string {
  return escapeHtml(text)
    .replace(/_\{([^}]*)\}/g, "<sub>$1</sub>")
    .replace(/\b([A-Za-z])_([a-z0-9])\b/g, "$1<sub>$2</sub>")
    .replace(/\^(−?\d+(?:[./]\d+)?)/g, "<sup>$1</sup>")
    .replace(/ ([=≈≤≥<×−]) (?=\S)/g, "\u00a0$1\u00a0")
    .replace(/(\d) %/g, "$1\u00a0%")
    .replace(/\|[^|\s<>]{1,4}\|/g, '<span class="whole">$&</span>')
    .replace(/‖₂,∞/g, "‖<sub>2,∞</sub>");
}

/** A value as JSON inside <script>: no `</script>` or `<!--` in it can end or change the element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A library's text inside <script>. In JavaScript these sequences occur in strings, patterns and comments only, where a backslash changes nothing. */
export function scriptText(code: string): string {
  return code.replace(/<(?=\/script|script|!--)/gi, "\\x3c");
}
