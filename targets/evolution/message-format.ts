/** One version's messages as bytes, by the libraries that the reference services read and write with. */
import { fromJSON, type MessageTypeDefinition } from '@grpc/proto-loader';
import { Ajv2020 } from 'ajv/dist/2020.js';
import protobuf from 'protobufjs';
import type { MessageFormatName } from '../../result/evolution-names.ts';
import { packageLabel } from '../driver-kit/client-label.ts';
import type { Field, FieldType, Side, Values } from './changes.ts';

export interface MessageFormat {
  write(values: Values): Buffer;
  /** Throws where it refuses. */
  read(bytes: Buffer): Values;
}

export interface MessageLibrary {
  readonly readBy: string;
  formatOf(side: Side): MessageFormat;
}

/** What a wire carries; a format that is missing it does not. */
export type WireFormats = Readonly<Partial<Record<MessageFormatName, MessageLibrary>>>;

/** Of wires that carry any bytes. JSON is read as it is, or after a check by the JSON Schema of the reader's version. */
export const formats = {
  json: { readBy: 'JSON.parse', formatOf: plainJson },
  jsonChecked: { readBy: packageLabel('ajv'), formatOf: checkedJson },
  protobuf: { readBy: packageLabel('protobufjs'), formatOf: protobufFormat },
} as const satisfies WireFormats;

/** As grpc-js gets it from a definition. */
export const grpcFormats = {
  protobuf: { readBy: packageLabel('@grpc/proto-loader'), formatOf: grpcFormat },
} as const satisfies WireFormats;

/** One for all: each would check its own rules first. */
const ajv = new Ajv2020();

type Fields = Readonly<Record<string, unknown>>;

function plainJson({ fields }: Side): MessageFormat {
  return {
    write: (values) => Buffer.from(JSON.stringify(named(fields, values))),
    read: (bytes) => meant(fields, JSON.parse(bytes.toString())),
  };
}

function checkedJson(side: Side): MessageFormat {
  const { write, read } = plainJson(side);
  const isValid = ajv.compile({
    type: 'object',
    properties: Object.fromEntries(side.fields.map(({ name, type }) => [name, jsonSchemaOf(type)])),
    required: side.fields.map(({ name }) => name),
  });
  return {
    write,
    read(bytes) {
      if (!isValid(JSON.parse(bytes.toString()))) throw new Error('not as its schema says');
      return read(bytes);
    },
  };
}

function jsonSchemaOf(type: FieldType): object {
  if (type === 'string') return { type };
  if (typeof type !== 'string') return { enum: type };
  const bits = type === 'int32' ? 31 : 53;
  return { type: 'integer', minimum: -(2 ** bits), maximum: 2 ** bits - 1 };
}

function protobufFormat({ fields }: Side): MessageFormat {
  const type = protobuf.Root.fromJSON(descriptorOf(fields)).lookupType('Order');
  return {
    write: (values) => Buffer.from(type.encode(type.fromObject(named(fields, values))).finish()),
    read: (bytes) => meant(fields, type.toObject(type.decode(bytes), { enums: String, longs: Number })),
  };
}

function grpcFormat({ fields }: Side): MessageFormat {
  const definition = fromJSON(descriptorOf(fields), { keepCase: true, enums: String, longs: Number });
  const { serialize, deserialize } = definition.Order as MessageTypeDefinition<object, Fields>;
  return {
    write: (values) => serialize(named(fields, values)),
    read: (bytes) => meant(fields, deserialize(bytes)),
  };
}

function descriptorOf(fields: readonly Field[]): protobuf.INamespace {
  const enums = fields.filter(({ type }) => typeof type !== 'string');
  return {
    nested: {
      Order: {
        fields: Object.fromEntries(
          fields.map(({ name, number: fieldId, type }) => [name, { id: fieldId, type: wireType(type) }]),
        ),
      },
      ...Object.fromEntries(enums.map(({ type }) => [wireType(type), { values: numbered(type as readonly string[]) }])),
    },
  };
}

function wireType(type: FieldType): string {
  return typeof type === 'string' ? type : 'Status';
}

function numbered(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name, number) => [name, number]));
}

function named(fields: readonly Field[], values: Values): Fields {
  return Object.fromEntries(fields.map(({ meaning, name }) => [name, values[meaning]]));
}

/** What is missing or empty is left out: no reader can tell it from what its library makes of nothing. */
function meant(fields: readonly Field[], read: Fields): Values {
  const found = fields.filter(({ name }) => read[name] !== undefined && read[name] !== '');
  return Object.fromEntries(found.map(({ meaning, name }) => [meaning, read[name] as string | number]));
}
