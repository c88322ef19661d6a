/** What the shapes of results are made of. An object may hold more than its shape names: later versions add. */
import { z } from 'zod';

/** As JSON holds it, to be read only, all the way down. */
export type Immutable<T> = unknown extends T ? T : { readonly [K in keyof T]: Immutable<T[K]> };

/** Of things or of units of time: 0 or more. */
export const count = z.number().min(0);

/** null: not known. */
export const figure = z.number().nullable();

export const settingValue = z.union([z.string(), z.number(), z.boolean()]);
export type SettingValue = z.infer<typeof settingValue>;
export const settings = z.record(z.string(), settingValue);
export const instant = z.iso.datetime();
export const text = z.string();

/** An object with each of the names. */
export function allOf<const Name extends string, One extends z.ZodType>(names: readonly Name[], one: One) {
  return z.object(Object.fromEntries(names.map((name) => [name, one])) as Record<Name, One>);
}

/** An object with some of the names. */
export function someOf<const Name extends string, One extends z.ZodType>(names: readonly Name[], one: One) {
  return z.object(Object.fromEntries(names.map((name) => [name, one.optional()])) as Record<Name, z.ZodOptional<One>>);
}
