/**
 * Bodies of the reference services as JSON, MessagePack or protobuf, written for each call from templates: the names and
 * tags are prepared once, a call adds its own values with their lengths in front.
 */
import type { EncodedBody } from '../../scenarios/scenario.ts';
import { itemFieldNumbers } from '../domain/item-fields.ts';
import type { Call } from '../driver.ts';
import { compileTemplate, type RequestTemplate } from './request-template.ts';

/** What is sent for an operation. `writeTo` follows `byteLength` of the same call. */
export interface BodyTemplate {
  byteLength(call: Call, payload?: Buffer): number;
  /** Returns the offset behind it. */
  writeTo(buffer: Buffer, offset: number, call: Call, payload?: Buffer): number;
  /** Not to be written to. */
  bytes(call: Call, payload?: Buffer): Buffer;
}

/** `text` unless there is an object to encode. Throws a BenchError (exit 2) for a variable that is not known. */
export function bodyTemplate(text: string, encoded: EncodedBody | undefined): BodyTemplate {
  if (encoded === undefined) return compileTemplate(text);
  const { codec, fields } = encoded;
  if (codec === 'json') return compileTemplate(jsonText(fields));
  return new FieldsTemplate(fields, codec === 'msgpack' ? msgpack : protobuf);
}

function jsonText(fields: EncodedBody['fields']): string {
  const members = Object.entries(fields).map(([name, value]) => {
    if (typeof value === 'boolean') return `"${name}":${value}`;
    return `"${name}":"${value.replace('{{payload}}', '{{payloadJson}}')}"`;
  });
  return `{${members.join(',')}}`;
}

/** How a codec writes an object of texts and truths. */
interface FieldsFormat {
  /** Before everything. */
  open(fields: number): Buffer;
  /** Before the value of a field. */
  prefix(name: string, isText: boolean): Buffer;
  truth(value: boolean): Buffer;
  lengthBytes(length: number): number;
  /** Returns the offset behind it. */
  writeLength(buffer: Buffer, offset: number, length: number): number;
}

const msgpack: FieldsFormat = {
  open: (fields) => Buffer.of(0x80 | fields), // as many as 15
  prefix: (name) => Buffer.from([0xa0 | name.length, ...Buffer.from(name)]), // as long as 31
  truth: (value) => Buffer.of(value ? 0xc3 : 0xc2),
  lengthBytes: (length) => (length < 32 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : 5),
  writeLength(buffer, offset, length) {
    if (length < 32) return buffer.writeUInt8(0xa0 | length, offset);
    if (length < 0x100) return buffer.writeUInt8(length, buffer.writeUInt8(0xd9, offset));
    if (length < 0x10000) return buffer.writeUInt16BE(length, buffer.writeUInt8(0xda, offset));
    return buffer.writeUInt32BE(length, buffer.writeUInt8(0xdb, offset));
  },
};

const protobuf: FieldsFormat = {
  open: () => Buffer.alloc(0),
  prefix: (name, isText) => {
    const number = itemFieldNumbers[name as keyof typeof itemFieldNumbers];
    return Buffer.of((number << 3) | (isText ? 2 : 0));
  },
  truth: (value) => Buffer.of(value ? 1 : 0),
  lengthBytes(length) {
    let bytes = 1;
    for (let rest = length; rest >= 0x80; rest >>>= 7) bytes++;
    return bytes;
  },
  writeLength(buffer, offset, length) {
    let at = offset;
    let rest = length;
    for (; rest >= 0x80; rest >>>= 7) buffer[at++] = (rest & 0x7f) | 0x80;
    buffer[at++] = rest;
    return at;
  },
};

interface TextField {
  /** All that stands before its length, since the text before it. */
  readonly before: Buffer;
  readonly text: RequestTemplate;
  length: number;
}

class FieldsTemplate implements BodyTemplate {
  readonly #format: FieldsFormat;
  readonly #texts: readonly TextField[];
  /** Behind the last text. */
  readonly #rest: Buffer;
  readonly #constantBytes: number;

  constructor(fields: EncodedBody['fields'], format: FieldsFormat) {
    const entries = Object.entries(fields);
    const texts: TextField[] = [];
    let before = format.open(entries.length);
    for (const [name, value] of entries) {
      const isText = typeof value === 'string';
      before = Buffer.concat([before, format.prefix(name, isText), ...(isText ? [] : [format.truth(value)])]);
      if (!isText) continue;
      texts.push({ before, text: compileTemplate(value), length: 0 });
      before = Buffer.alloc(0);
    }
    this.#format = format;
    this.#texts = texts;
    this.#rest = before;
    this.#constantBytes = texts.reduce((sum, field) => sum + field.before.length, before.length);
  }

  byteLength(call: Call, payload?: Buffer): number {
    let bytes = this.#constantBytes;
    for (const field of this.#texts) {
      field.length = field.text.byteLength(call, payload);
      bytes += this.#format.lengthBytes(field.length) + field.length;
    }
    return bytes;
  }

  writeTo(buffer: Buffer, offset: number, call: Call, payload?: Buffer): number {
    let at = offset;
    for (const { before, text, length } of this.#texts) {
      at = this.#format.writeLength(buffer, at + before.copy(buffer, at), length);
      at = text.writeTo(buffer, at, call, payload);
    }
    return at + this.#rest.copy(buffer, at);
  }

  bytes(call: Call, payload?: Buffer): Buffer {
    const buffer = Buffer.allocUnsafe(this.byteLength(call, payload));
    this.writeTo(buffer, 0, call, payload);
    return buffer;
  }
}
