/** What a value is, in words: "a Float64Array". Its tag tells, for an array of another frame is no instance of ours. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a plain array";
  if (typeof value !== "object" || value === null) return value === null ? "null" : `a ${typeof value}`;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  return kind === "Object" ? `an object with ${Object.keys(value).join(", ") || "nothing in it"}` : withArticle(kind);
}

/** "a Float64Array", "an Int8Array" */
export const withArticle = (kind: string) => `${/^[AEIO]/.test(kind) ? "an" : "a"} ${kind}`;
