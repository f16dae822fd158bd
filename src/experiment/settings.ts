import { z } from "zod";
import { complaint, shown, type Field } from "../util/field.ts";

/**
 * A setting of a study: a field, and whether a study gives it exactly one value, one or more, or may leave it out. Checking,
 * reading back, the documentation and the JSON Schema are all made from this.
 */
export type Setting<T = unknown> = GridSetting<T> | OptionalSetting<T> | SingleSetting<T>;

export interface GridSetting<T> {
  readonly form: "grid";
  readonly field: Field<T>;
  readonly default: T;
}
export interface OptionalSetting<T> {
  readonly form: "optional";
  readonly field: Field<T | undefined>;
}
export interface SingleSetting<T> {
  readonly form: "single";
  readonly field: Field<T>;
  readonly default: T;
}

/** One value, or `{ each: [...] }` to run the study with each of several. The default is the field's, unless `otherwise` gives another one. */
export const grid = <T>(of: Field<T>, ...otherwise: [T?]): GridSetting<T> => ({
  form: "grid",
  field: of,
  default: otherwise.length > 0 ? (otherwise[0] as T) : of.default,
});
/** The same for a setting that may be left out, in which case there is no list. */
export const optional = <T>(of: Field<T>): OptionalSetting<NonNullable<T>> => ({ form: "optional", field: of as Field<NonNullable<T> | undefined> });
/** A setting with one value only. */
export const single = <T>(of: Field<T>): SingleSetting<T> => ({ form: "single", field: of, default: of.default });

/** The settings of one part of a study, by name. */
export type Section = { readonly [name: string]: Setting<any> };

/** A section with everything resolved: the list of its values for every setting, one value for a single one. */
export type Chosen<S extends Section> = {
  readonly [K in keyof S]: S[K] extends GridSetting<infer T>
    ? readonly T[]
    : S[K] extends OptionalSetting<infer T>
      ? readonly T[] | undefined
      : S[K] extends SingleSetting<infer T>
        ? T
        : never;
};

/** A section as one writes it. */
export type Written<S extends Section> = {
  readonly [K in keyof S]?: S[K] extends GridSetting<infer T> | OptionalSetting<infer T> ? Grid<T> : S[K] extends SingleSetting<infer T> ? T : never;
};
export type Grid<T> = T | { readonly each: readonly T[] };

/** Checks a section of a study. Messages complete "KEY …". */
export function schemaOf<S extends Section>(section: S): z.ZodType<Chosen<S>> {
  const shape = Object.fromEntries(Object.entries(section).map(([name, setting]) => [name, schemaOfSetting(setting)]));
  return z.strictObject(shape).prefault({}) as z.ZodType<Chosen<S>>;
}

function schemaOfSetting(setting: Setting): z.ZodType {
  const { form, field } = setting;
  if (form === "single") return valueOf(field).prefault(setting.default);
  const list = listOf(field);
  return form === "optional" ? list.optional() : list.prefault(setting.default);
}

function valueOf(field: Field<unknown>) {
  return z.unknown().transform((value, context): unknown => {
    const result = field.schema.safeParse(value);
    if (result.success) return result.data;
    context.addIssue({ code: "custom", message: complaint("", field, value).trim() });
    return z.NEVER;
  });
}

const many = z.strictObject({ each: z.array(z.unknown()).min(1) });

function listOf(field: Field<unknown>) {
  return z.unknown().transform((value, context): unknown[] => {
    const fail = (message: string) => {
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    };
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    const list = isObject ? many.safeParse(value) : undefined;
    if (list !== undefined && !list.success) return fail(`must be one value or { each: [one or more values] }; got ${shown(value)}`);
    const good: unknown[] = [];
    for (const one of list === undefined ? [value] : list.data.each) {
      const result = field.schema.safeParse(one);
      if (result.success) good.push(result.data);
      else if (list === undefined && isListOf(field, one))
        return fail(`${complaint("", field, one).trim()}; to run every one of these values write { each: ${shown(one)} }`);
      else return fail(complaint("", field, one).trim());
    }
    return good;
  });
}

/** Whether a value is a list of values that the field takes one by one: `[5, 7]` in place of `{ each: [5, 7] }`. */
const isListOf = (field: Field<unknown>, value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((one) => field.schema.safeParse(one).success);

/** A resolved section as one would write it. */
export function writtenOf(section: Section, chosen: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(section).flatMap(([name, { form }]) => {
      const value = chosen[name];
      if (value === undefined) return [];
      if (form === "single") return [[name, value]];
      const values = value as readonly unknown[];
      return [[name, values.length === 1 ? values[0] : { each: values }]];
    }),
  );
}

/** Every choice of one value from each list; the last list varies fastest. */
export function product<T extends Readonly<Record<string, readonly unknown[]>>>(lists: T): { readonly [K in keyof T]: T[K][number] }[] {
  let rows: Partial<{ [K in keyof T]: T[K][number] }>[] = [{}];
  for (const name of Object.keys(lists) as (keyof T)[]) rows = rows.flatMap((row) => lists[name]!.map((value) => ({ ...row, [name]: value })));
  return rows as { readonly [K in keyof T]: T[K][number] }[];
}
