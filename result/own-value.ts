/** Entries by a name that somebody chose: `constructor` and `toString` are names like any other. */

/** The record's own entry; undefined where it has none of that name. */
export function ownValue<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
