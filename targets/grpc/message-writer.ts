/**
 * The request message of an operation, protobuf. Where all that varies is text or bytes it is cut into parts once, and a
 * call writes only its own values between them; else protobufjs encodes each call's message.
 */
import protobuf from 'protobufjs';
import { ownValue } from '../../result/own-value.ts';
import type { Call } from '../driver.ts';
import { compileTemplate, type RequestTemplate } from '../driver-kit/request-template.ts';
import { checkedMessage, type FieldValues, isVariable, payloadAsBytes } from './message-fields.ts';

/** First `prepare`, then `writeTo` with the same call. */
export interface MessageWriter {
  /** Returns the bytes of the message. */
  prepare(call: Call, payload: Buffer): number;
  /** Returns the offset behind it. */
  writeTo(buffer: Buffer, at: number, call: Call, payload: Buffer): number;
}

/** Throws a BenchError (exit 2) when the values do not fit the type. */
export function messageWriter(type: protobuf.Type, values: FieldValues): MessageWriter {
  const message = checkedMessage(type, values);
  return partsOf(type, message) ?? new EncodedMessage(type, message);
}

/** null when something varies that is not text or bytes. */
function partsOf(type: protobuf.Type, message: FieldValues): MessageParts | null {
  const constants: Record<string, unknown> = {};
  const parts: MessageWriter[] = [];
  for (const [name, value] of Object.entries(message)) {
    const field = ownValue(type.fields, name);
    if (field === undefined || !isVariable(value)) {
      constants[name] = value;
      continue;
    }
    if (field instanceof protobuf.MapField) return null;
    for (const item of field.repeated ? (value as unknown[]) : [value]) {
      const part = partOf(field, item);
      if (part === null) return null;
      parts.push(part);
    }
  }
  const fixed = Buffer.from(type.encode(type.fromObject(constants)).finish());
  return new MessageParts(fixed.length === 0 ? parts : [new FixedPart(fixed), ...parts]);
}

const lengthDelimited = 2;

function partOf(field: protobuf.Field, item: unknown): MessageWriter | null {
  const tag = Buffer.from(
    protobuf.Writer.create()
      .uint32((field.id << 3) | lengthDelimited)
      .finish(),
  );
  if (field.resolvedType instanceof protobuf.Type) {
    if (field.delimited) return null; // a group has no length in front
    const inner = partsOf(field.resolvedType, item as FieldValues);
    return inner === null ? null : new DelimitedPart(tag, inner);
  }
  if (field.type === 'bytes') {
    return new DelimitedPart(tag, item === payloadAsBytes ? new PayloadPart() : new FixedPart(item as Buffer));
  }
  return field.type === 'string' ? new DelimitedPart(tag, new TextPart(compileTemplate(item as string))) : null;
}

class MessageParts implements MessageWriter {
  readonly #parts: readonly MessageWriter[];

  constructor(parts: readonly MessageWriter[]) {
    this.#parts = parts;
  }

  prepare(call: Call, payload: Buffer): number {
    let bytes = 0;
    for (const part of this.#parts) bytes += part.prepare(call, payload);
    return bytes;
  }

  writeTo(buffer: Buffer, at: number, call: Call, payload: Buffer): number {
    let offset = at;
    for (const part of this.#parts) offset = part.writeTo(buffer, offset, call, payload);
    return offset;
  }
}

/** Tag, length, and what is that long. */
class DelimitedPart implements MessageWriter {
  readonly #tag: Buffer;
  readonly #content: MessageWriter;
  #length = 0;

  constructor(tag: Buffer, content: MessageWriter) {
    this.#tag = tag;
    this.#content = content;
  }

  prepare(call: Call, payload: Buffer): number {
    this.#length = this.#content.prepare(call, payload);
    return this.#tag.length + varintBytes(this.#length) + this.#length;
  }

  writeTo(buffer: Buffer, at: number, call: Call, payload: Buffer): number {
    let offset = at;
    for (let n = 0; n < this.#tag.length; n++) buffer[offset++] = this.#tag[n] as number;
    let rest = this.#length;
    for (; rest >= 0x80; rest >>>= 7) buffer[offset++] = (rest & 0x7f) | 0x80;
    buffer[offset++] = rest;
    return this.#content.writeTo(buffer, offset, call, payload);
  }
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest >>>= 7) bytes++;
  return bytes;
}

class FixedPart implements MessageWriter {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  prepare(): number {
    return this.#bytes.length;
  }

  writeTo(buffer: Buffer, at: number): number {
    return at + this.#bytes.copy(buffer, at);
  }
}

class TextPart implements MessageWriter {
  readonly #template: RequestTemplate;

  constructor(template: RequestTemplate) {
    this.#template = template;
  }

  prepare(call: Call, payload: Buffer): number {
    return this.#template.byteLength(call, payload);
  }

  writeTo(buffer: Buffer, at: number, call: Call, payload: Buffer): number {
    return this.#template.writeTo(buffer, at, call, payload);
  }
}

/** `{{payloadBase64}}` in a bytes field: the payload itself, as base64 is only its notation in JSON. */
class PayloadPart implements MessageWriter {
  prepare(_call: Call, payload: Buffer): number {
    return payload.length;
  }

  writeTo(buffer: Buffer, at: number, _call: Call, payload: Buffer): number {
    return at + payload.copy(buffer, at);
  }
}

type Renderer = (call: Call, payload: Buffer) => unknown;

class EncodedMessage implements MessageWriter {
  readonly #type: protobuf.Type;
  readonly #render: Renderer;
  #encoded: Uint8Array = new Uint8Array();

  constructor(type: protobuf.Type, message: FieldValues) {
    this.#type = type;
    this.#render = rendererOf(message);
  }

  /** Throws when a value does not fit its field. */
  prepare(call: Call, payload: Buffer): number {
    const values = this.#render(call, payload) as Record<string, unknown>;
    this.#encoded = this.#type.encode(this.#type.fromObject(values)).finish();
    return this.#encoded.length;
  }

  writeTo(buffer: Buffer, at: number): number {
    buffer.set(this.#encoded, at);
    return at + this.#encoded.length;
  }
}

function rendererOf(value: unknown): Renderer {
  if (!isVariable(value)) return () => value;
  if (typeof value === 'string') {
    const template = compileTemplate(value);
    return (call, payload) => template.text(call, payload);
  }
  if (Array.isArray(value)) {
    const items = value.map(rendererOf);
    return (call, payload) => items.map((item) => item(call, payload));
  }
  const fields = Object.entries(value as object).map(([name, field]) => [name, rendererOf(field)] as const);
  return (call, payload) => Object.fromEntries(fields.map(([name, field]) => [name, field(call, payload)]));
}
