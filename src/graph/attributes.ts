import { SignflipError } from "../util/errors.ts";
import type { Attribute, Attributes } from "./ir.ts";

type Kind = Attribute["kind"];
type ValueOf<K extends Kind> = Extract<Attribute, { kind: K }>["value"];

interface Reader<K extends Kind> {
  (attributes: Attributes, name: string, fallback: ValueOf<K>): ValueOf<K>;
  (attributes: Attributes, name: string): ValueOf<K> | undefined;
}

/** Reads an attribute of a kind, or its default. */
function read<K extends Kind>(kind: K): Reader<K> {
  return ((attributes: Attributes, name: string, fallback?: ValueOf<K>) => {
    const attribute = attributes[name];
    if (attribute === undefined) return fallback;
    if (attribute.kind !== kind) throw new SignflipError("SF_ONNX", `attribute ${name}: expected ${kind}, got ${attribute.kind}`);
    return attribute.value;
  }) as Reader<K>;
}

export const intOf = read("int");
export const floatOf = read("float");
export const intsOf = read("ints");
export const floatsOf = read("floats");
export const stringOf = read("string");
export const tensorAttribute = read("tensor");
export const graphOf = read("graph");

/** Integers with all their digits, which not every JavaScript number has. */
export function exactIntsOf(attributes: Attributes, name: string): readonly bigint[] | undefined {
  const attribute = attributes[name];
  if (attribute?.kind === "int") return [attribute.exact ?? BigInt(attribute.value)];
  return attribute?.kind === "ints" ? (attribute.exact ?? attribute.value.map(BigInt)) : undefined;
}
