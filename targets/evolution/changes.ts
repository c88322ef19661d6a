/** Small messages before and after one change each: what both versions of an interface say of the same order. */
import type { SchemaChange, SchemaSide } from '../../result/evolution-names.ts';

/** int32, int64: signed and whole. A list: the names of an enum, counted from 0. */
export type FieldType = 'string' | 'int32' | 'int64' | readonly string[];

export interface Field {
  /** Stays what it is, whatever the field is called. */
  readonly meaning: string;
  readonly name: string;
  readonly number: number;
  readonly type: FieldType;
}

/** By meaning. */
export type Values = Readonly<Record<string, string | number>>;

export interface Side {
  readonly fields: readonly Field[];
  /** What one of this version says; one for each field, none of them what protobuf leaves out. */
  readonly says: Values;
}

export type Change = Readonly<Record<SchemaSide, Side>>;

const id: Field = { meaning: 'id', name: 'id', number: 1, type: 'string' };
const note: Field = { meaning: 'note', name: 'note', number: 2, type: 'string' };
const buyer: Field = { meaning: 'buyer', name: 'key', number: 2, type: 'string' };
const cents: Field = { meaning: 'cents', name: 'cents', number: 2, type: 'int32' };
const status: Field = { meaning: 'status', name: 'status', number: 2, type: ['placed', 'paid'] };

function side(field: Field | null, value: string | number = ''): Side {
  if (field === null) return { fields: [id], says: { id: 'order-1' } };
  return { fields: [id, field], says: { id: 'order-1', [field.meaning]: value } };
}

/** A renamed field keeps its number; a wider one says what was too much before; an enum grows at its end. */
export const changes = {
  fieldAdded: { old: side(null), new: side(note, 'by noon') },
  fieldRemoved: { old: side(note, 'by noon'), new: side(null) },
  fieldRenamed: { old: side(buyer, 'ann'), new: side({ ...buyer, name: 'customer' }, 'ann') },
  fieldWidened: { old: side(cents, 1_250), new: side({ ...cents, type: 'int64' }, 5_000_000_000) },
  enumValueAdded: {
    old: side(status, 'paid'),
    new: side({ ...status, type: ['placed', 'paid', 'refunded'] }, 'refunded'),
  },
} as const satisfies Readonly<Record<SchemaChange, Change>>;
