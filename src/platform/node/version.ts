import { readFileSync } from "node:fs";

/** This program's version, from the package.json above src/ and dist/ alike. */
export function programVersion(): string {
  return (JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as { version: string }).version;
}
