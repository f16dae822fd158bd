import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { escapeHtml, proseHtml, scriptJson, scriptText } from "../../src/report/escape.ts";
import { renderReport } from "../../src/report/report.ts";
import { input, rows } from "./support.ts";

describe("escaping", () => {
  const nasty = `</script><script>alert(1)</script><!-- "'&`;

  it("lets no text of the user become markup", () => {
    const html = renderReport(
      input({
        title: nasty,
        date: nasty,
        preset: nasty,
        commandLine: nasty,
        configuration: nasty,
        versions: { [nasty]: nasty },
        figures: [{ name: "figure-2", results: rows.map((result) => ({ ...result, key: `${result.key}${nasty}` })) }],
      }),
    );
    expect(html).not.toContain("alert(1)</script>");
    expect(html.match(/<script\b/g)).toHaveLength(3);
    expect(html.match(/<\/script>/g)).toHaveLength(3);
    expect(html).toContain("&#60;script&#62;alert(1)");
  });

  it("keeps JSON whole inside <script>", () => {
    const value = { text: `${nasty}\u2028\u2029`, "</script>": [1, null] };
    const text = scriptJson(value);
    expect(text).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(text)).toEqual(value);
  });

  it("keeps a library's strings whole inside <script>", () => {
    const text = scriptText('globalThis.told = "</script><!--<SCRIPT>"; globalThis.matches = /<\\/script/.test("</script>") && 1 < 2;');
    expect(text).not.toMatch(/<\/script|<!--|<script/i);
    const scope = { told: "", matches: false };
    runInNewContext(text.replaceAll("globalThis", "scope"), { scope });
    expect(scope).toEqual({ told: "</script><!--<SCRIPT>", matches: true });
  });

  it("escapes what HTML treats specially, and sets mathematics after that", () => {
    expect(escapeHtml(`<a href="x">'&`)).toBe("&#60;a href=&#34;x&#34;&#62;&#39;&#38;");
    expect(proseHtml("d^−1/2 at m = 1,000, < 1 %, ‖W‖₂,∞")).toBe("d<sup>−1/2</sup> at m\u00a0=\u00a01,000, &#60; 1\u00a0%, ‖W‖<sub>2,∞</sub>");
  });
});
