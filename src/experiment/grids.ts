import { z } from "zod";
import { complaint, fields, shown, type FieldName, type FieldValue } from "./fields.ts";

/** One value or many, as a list of the values. What is left out is the default: the paper's, unless `otherwise` says what it is here. */
export function grid<N extends FieldName>(name: N, ...otherwise: [FieldValue<N>?]) {
  const fallback: unknown = otherwise.length > 0 ? otherwise[0] : fields[name].default;
  return valuesOf(name).prefault(fallback);
}

/** The same of a setting that may be left out: then there is no list. */
export function optionalGrid<N extends FieldName>(name: N) {
  return valuesOf(name).optional();
}

function valuesOf<N extends FieldName>(name: N) {
  type T = NonNullable<FieldValue<N>>;
  const field = fields[name];
  const many = z.strictObject({ each: z.array(z.unknown()).min(1) });
  return z.unknown().transform((value, context): T[] => {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    const list = isObject ? many.safeParse(value) : undefined;
    if (list !== undefined && !list.success) {
      context.addIssue({ code: "custom", message: `must be one value or { each: [one or more values] }; got ${shown(value)}` });
      return z.NEVER;
    }
    const values = list === undefined ? [value] : list.data.each;
    const good: T[] = [];
    for (const one of values) {
      const result = field.schema.safeParse(one);
      if (result.success) good.push(result.data as T);
      else context.addIssue({ code: "custom", message: complaint("", field, one).trim() });
    }
    return good;
  });
}

/** A setting with one value only. */
export function single<N extends FieldName>(name: N) {
  const field = fields[name];
  return z
    .unknown()
    .transform((value, context): NonNullable<FieldValue<N>> => {
      const result = field.schema.safeParse(value);
      if (result.success) return result.data as NonNullable<FieldValue<N>>;
      context.addIssue({ code: "custom", message: complaint("", field, value).trim() });
      return z.NEVER;
    })
    .prefault(field.default as unknown);
}
