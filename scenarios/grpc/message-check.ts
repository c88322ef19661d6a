/** A request message as the scenario has it (proto3 JSON in YAML) held against its type, before anything is sent. */
import {
  type DescField,
  type DescMessage,
  fromJson,
  type JsonValue,
  type Registry,
  ScalarType,
} from '@bufbuild/protobuf';
import { closestName } from '../../result/closest-name.ts';
import type { ProtoTypes } from './proto-types.ts';

export type FieldValues = Readonly<Record<string, unknown>>;

export interface MessageProblem {
  /** From the message on: names as written, indexes of lists. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly suggestion?: string | undefined;
}

/** How a bytes field says that it takes the payload. */
const payloadAsBytes = /^\{\{\s*payloadBase64\s*\}\}$/;
const template = /\{\{\s*(\w+)\s*\}\}/g;

export function isPayloadAsBytes(value: unknown): boolean {
  return typeof value === 'string' && payloadAsBytes.test(value);
}

/** Some text in the value is a template. */
export function isVariable(value: unknown): boolean {
  if (typeof value === 'string') return value.search(template) !== -1;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, item]) => key.search(template) !== -1 || isVariable(item));
}

/** The field of that name, as in the .proto or as in JSON. */
export function fieldNamed(type: DescMessage, name: string): DescField | undefined {
  return type.fields.find((field) => field.name === name || field.jsonName === name);
}

/** Has a form of its own in JSON: no object of fields. */
export function isWellKnown({ typeName }: DescMessage): boolean {
  return wellKnown[typeName] !== undefined;
}

const wellKnown: Readonly<Record<string, string>> = {
  'google.protobuf.Timestamp': 'a time, e.g. "2026-01-02T03:04:05Z"',
  'google.protobuf.Duration': 'a duration in seconds, e.g. "1.5s"',
  'google.protobuf.FieldMask': 'names of fields with commas between, e.g. "name,price"',
  'google.protobuf.Struct': 'a mapping',
  'google.protobuf.Value': 'any JSON value',
  'google.protobuf.ListValue': 'a list',
  'google.protobuf.Any': '{ "@type": "type.googleapis.com/package.Message", … } with a type that is known',
  'google.protobuf.DoubleValue': 'a number',
  'google.protobuf.FloatValue': 'a number',
  'google.protobuf.Int64Value': 'a whole number of 64 bits',
  'google.protobuf.UInt64Value': 'a whole number of 64 bits, not negative',
  'google.protobuf.Int32Value': 'a whole number of 32 bits',
  'google.protobuf.UInt32Value': 'a whole number of 32 bits, not negative',
  'google.protobuf.BoolValue': 'true or false',
  'google.protobuf.StringValue': 'a text',
  'google.protobuf.BytesValue': 'base64',
};

const signed32 = 'a whole number from -2147483648 to 2147483647';
const unsigned32 = 'a whole number from 0 to 4294967295';
const signed64 = 'a whole number from -9223372036854775808 to 9223372036854775807';
const unsigned64 = 'a whole number from 0 to 18446744073709551615';
const float = 'a number, or "NaN", "Infinity", "-Infinity"';
const scalarWords: Readonly<Record<ScalarType, string>> = {
  [ScalarType.DOUBLE]: float,
  [ScalarType.FLOAT]: `${float}, of 32 bits`,
  [ScalarType.INT64]: signed64,
  [ScalarType.SINT64]: signed64,
  [ScalarType.SFIXED64]: signed64,
  [ScalarType.UINT64]: unsigned64,
  [ScalarType.FIXED64]: unsigned64,
  [ScalarType.INT32]: signed32,
  [ScalarType.SINT32]: signed32,
  [ScalarType.SFIXED32]: signed32,
  [ScalarType.UINT32]: unsigned32,
  [ScalarType.FIXED32]: unsigned32,
  [ScalarType.BOOL]: 'true or false',
  [ScalarType.STRING]: 'a text',
  [ScalarType.BYTES]: 'base64: {{payloadBase64}} or a constant',
};

/** Empty for a message that can be sent as it is written. */
export function checkMessage(types: ProtoTypes, type: DescMessage, values: unknown): MessageProblem[] {
  return new MessageCheck(types).message(type, values, []);
}

class MessageCheck {
  readonly #types: ProtoTypes;

  constructor(types: ProtoTypes) {
    this.#types = types;
  }

  message(type: DescMessage, values: unknown, path: MessageProblem['path']): MessageProblem[] {
    if (typeof values !== 'object' || values === null || Array.isArray(values)) {
      return [{ path, message: `must be a message ${type.typeName}, a mapping of its fields` }];
    }
    const problems: MessageProblem[] = [];
    const given = new Map<DescField, string>();
    const sides = new Map<string, string>();
    for (const [name, value] of Object.entries(values)) {
      const here = [...path, name];
      const field = fieldNamed(type, name);
      if (field === undefined) {
        if (!this.#isExtension(type, name)) problems.push(unknownField(type, name, here));
        continue;
      }
      const before = given.get(field);
      if (before !== undefined)
        problems.push({ path: here, message: `is ${before} by its other name; once is enough` });
      given.set(field, name);
      if (value === null && !takesNull(field)) continue; // proto3 JSON: as if left out
      const side = field.oneof && sides.get(field.oneof.name);
      if (side !== undefined) {
        problems.push({
          path: here,
          message: `and ${side} exclude each other: both are of oneof ${field.oneof?.name}`,
        });
      }
      if (field.oneof) sides.set(field.oneof.name, name);
      problems.push(...this.#field(field, value, here));
    }
    const missing = type.fields.filter((field) => this.#types.isRequired(field) && !given.has(field));
    for (const { name } of missing) problems.push({ path, message: `lacks ${name}, which ${type.typeName} requires` });
    return problems;
  }

  #isExtension(type: DescMessage, name: string): boolean {
    const extension = /^\[(.+)\]$/.exec(name)?.[1];
    return extension !== undefined && this.#types.registry.getExtension(extension)?.extendee === type;
  }

  #field(field: DescField, value: unknown, path: MessageProblem['path']): MessageProblem[] {
    if (field.fieldKind === 'list') {
      if (!Array.isArray(value)) return [{ path, message: 'must be a list' }];
      return value.flatMap((item: unknown, index) => this.#item(field, item, [item], [...path, index]));
    }
    if (field.fieldKind === 'map') {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return [{ path, message: 'must be a mapping of keys' }];
      }
      return Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
        this.#item(field, item, { [key]: item }, [...path, key]),
      );
    }
    return this.#item(field, value, value, path);
  }

  /** `whole`: the value of a field that holds just this item. */
  #item(field: DescField, item: unknown, whole: unknown, path: MessageProblem['path']): MessageProblem[] {
    const { message } = field;
    if (message !== undefined && !isWellKnown(message)) {
      const problems = this.message(message, item, path);
      if (problems.length > 0 || field.fieldKind !== 'map') return problems;
      const [key = ''] = Object.keys(whole as object);
      return fits(field, { [key]: {} }, this.#types.registry) ? [] : [{ path, message: 'is no key of this map' }];
    }
    if (isBytes(field) && isVariable(item)) {
      // Anything else would be taken for base64, which it only is by chance.
      return isPayloadAsBytes(item) ? [] : [{ path, message: `must be ${wordsFor(field)}` }];
    }
    if (fits(field, sampled(whole), this.#types.registry)) return [];
    const shown = JSON.stringify(item)?.slice(0, 60) ?? 'nothing';
    return [{ path, message: `must be ${wordsFor(field)}, not ${shown}` }];
  }
}

function unknownField(type: DescMessage, name: string, path: MessageProblem['path']): MessageProblem {
  const names = type.fields.map((field) => field.name);
  const closest = closestName(name, names);
  const suggestion = closest === null ? `its fields are ${names.join(', ') || 'none'}` : `did you mean ${closest}?`;
  return { path, message: `${type.typeName} has no field ${name}`, suggestion };
}

function takesNull(field: DescField): boolean {
  return field.message?.typeName === 'google.protobuf.Value' || field.enum?.typeName === 'google.protobuf.NullValue';
}

function isBytes(field: DescField): boolean {
  return field.scalar === ScalarType.BYTES || field.message?.typeName === 'google.protobuf.BytesValue';
}

function fits(field: DescField, value: unknown, registry: Registry): boolean {
  try {
    fromJson(field.parent, { [field.jsonName]: value as JsonValue }, { registry });
    return true;
  } catch {
    return false;
  }
}

/** What stands for a template when it is tried whether it fits: where numbers vary, a large one. */
const samples: Readonly<Record<string, string>> = {
  id: 'id-0-0000000000',
  key: 'key-00000000',
  sequence: '1000000',
  random: '4294967295',
  payload: 'payload',
  payloadJson: 'payload',
  payloadBase64: 'cGF5bG9hZA==',
};

function sampled(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(template, (all, name: string) => samples[name] ?? all);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sampled);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [sampled(key), sampled(item)]));
}

function wordsFor(field: DescField): string {
  if (field.message !== undefined) return wellKnown[field.message.typeName] ?? 'a message';
  if (field.enum !== undefined) return `one of ${field.enum.values.map(({ name }) => name).join(', ')}`;
  return field.scalar === undefined ? 'a value of its type' : scalarWords[field.scalar];
}
