/** A request message as the scenario has it (proto3 JSON in YAML) held against its type, before anything is sent. */
import protobuf from 'protobufjs';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { closestName } from '../../result/closest-name.ts';
import { compileTemplate } from '../driver-kit/request-template.ts';

export type FieldValues = Readonly<Record<string, unknown>>;

const integers: readonly string[] = [
  'int32',
  'uint32',
  'sint32',
  'fixed32',
  'sfixed32',
  'int64',
  'uint64',
  'sint64',
  'fixed64',
  'sfixed64',
];
/** How a bytes field says that it takes the payload. */
export const payloadAsBytes = '{{payloadBase64}}';
const base64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** The field of that name, as in the .proto or in lowerCamelCase. Throws a BenchError (exit 2) when there is none. */
export function fieldNamed(type: protobuf.Type, name: string): protobuf.Field {
  const fields = type.fieldsArray;
  const field = fields.find((one) => one.name === name || jsonName(one) === name);
  if (field !== undefined) return field.resolve();
  const names = fields.map((one) => one.name);
  const closest = closestName(name, names);
  throw badMessage(
    `${type.name} has no field ${name}`,
    closest === null ? `Its fields are ${names.join(', ') || 'none'}.` : `Did you mean ${closest}?`,
  );
}

function jsonName(field: protobuf.Field): string {
  const given: unknown = field.options?.json_name;
  return typeof given === 'string' ? given : protobuf.util.camelCase(field.name);
}

/** Some text in the value is a template. */
export function isVariable(value: unknown): boolean {
  if (typeof value === 'string') return !compileTemplate(value).isConstant;
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return false;
  return Object.values(value).some(isVariable);
}

/**
 * The value in the form that protobufjs takes, with names as in the .proto. Throws a BenchError (exit 2) for one that
 * does not fit its field; a template fits every field that is no message.
 */
export function checkedField(field: protobuf.Field, value: unknown): unknown {
  if (value === null) return undefined; // proto3 JSON: as if left out
  if (field instanceof protobuf.MapField) {
    const entries = Object.entries(asObject(field, value));
    return Object.fromEntries(entries.map(([key, item]) => [key, checkedItem(field, item)]));
  }
  if (!field.repeated) return checkedItem(field, value);
  if (!Array.isArray(value)) throw unfit(field, 'a list');
  return value.map((item: unknown) => checkedItem(field, item));
}

export function checkedMessage(type: protobuf.Type, values: FieldValues): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const field = fieldNamed(type, name);
      return [field.name, checkedField(field, value)];
    }),
  );
}

function checkedItem(field: protobuf.Field, value: unknown): unknown {
  const { resolvedType, type } = field;
  if (resolvedType instanceof protobuf.Type) return checkedMessage(resolvedType, asObject(field, value));
  const isTemplate = isVariable(value);
  if (type === 'bytes') {
    // Anything else would be taken for base64, which it only is by chance.
    const isPayload = typeof value === 'string' && /^\{\{\s*payloadBase64\s*\}\}$/.test(value);
    if (isPayload) return payloadAsBytes;
    if (isTemplate || typeof value !== 'string' || !base64.test(value)) {
      throw unfit(field, 'base64: {{payloadBase64}} or a constant');
    }
    return Buffer.from(value, 'base64');
  }
  if (isTemplate) return value;
  if (resolvedType instanceof protobuf.Enum) {
    const isKnown = typeof value === 'string' ? Object.hasOwn(resolvedType.values, value) : Number.isInteger(value);
    if (!isKnown) throw unfit(field, `one of ${Object.keys(resolvedType.values).join(', ')}`);
  } else if (type === 'string') {
    if (typeof value !== 'string') throw unfit(field, 'a text');
  } else if (type === 'bool') {
    if (typeof value !== 'boolean') throw unfit(field, 'true or false');
  } else if (integers.includes(type)) {
    if (!/^-?\d+$/.test(String(value))) throw unfit(field, 'a whole number');
  } else if (!Number.isFinite(Number(value)) || value === '' || typeof value === 'boolean') {
    throw unfit(field, 'a number');
  }
  return value;
}

function asObject(field: protobuf.Field, value: unknown): FieldValues {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfit(field, 'a message');
  return value as FieldValues;
}

function unfit(field: protobuf.Field, expected: string): BenchError {
  return badMessage(`${field.parent?.name ?? ''}.${field.name} must be ${expected}`);
}

export function badMessage(message: string, hint = 'Messages are written as in proto3 JSON.'): BenchError {
  return new BenchError('badMessage', message, { hint, exitCode: exitCodes.usage });
}
