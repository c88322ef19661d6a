/**
 * The request message of an operation, protobuf. It is cut into parts once: what is constant is encoded then, and a call
 * writes only its own values between. Texts and payloads go as they are; anything else that varies is encoded for each
 * call. A message of protobuf may come in parts, in any order.
 */
import {
  type DescField,
  type DescMessage,
  fromJson,
  type JsonObject,
  type Registry,
  ScalarType,
  toBinary,
} from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import {
  checkMessage,
  type FieldValues,
  fieldNamed,
  isPayloadAsBytes,
  isVariable,
  isWellKnown,
  type MessageProblem,
} from '../../scenarios/grpc/message-check.ts';
import type { ProtoTypes } from '../../scenarios/grpc/proto-types.ts';
import type { Call } from '../driver.ts';
import { compileTemplate, type RequestTemplate } from '../driver-kit/request-template.ts';

/** First `prepare`, then `writeTo` with the same call. */
export interface MessageWriter {
  /** Returns the bytes of the message. Throws when a value does not fit its field. */
  prepare(call: Call, payload: Buffer): number;
  /** Returns the offset behind it. */
  writeTo(buffer: Buffer, at: number, call: Call, payload: Buffer): number;
}

/** Throws a BenchError (exit 2) when the values do not fit the type. */
export function messageWriter(types: ProtoTypes, type: DescMessage, values: FieldValues): MessageWriter {
  const problems = checkMessage(types, type, values);
  if (problems.length > 0) throw badMessage(problems.map(formatMessageProblem).join('; '));
  return partsOf(type, values, types.registry);
}

export function badMessage(message: string, hint = 'Messages are written as in proto3 JSON.'): BenchError {
  return new BenchError('badMessage', message, { hint, exitCode: exitCodes.usage });
}

/** `message.items[0].id: must be a text, not 5` */
function formatMessageProblem({ path, message, suggestion }: MessageProblem): string {
  const place = path.reduce<string>(
    (at, step) => at + (typeof step === 'number' ? `[${step}]` : `.${step}`),
    'message',
  );
  return `${place}: ${message}${suggestion === undefined ? '' : ` (${suggestion})`}`;
}

function partsOf(type: DescMessage, values: FieldValues, registry: Registry): MessageParts {
  const constants: Record<string, unknown> = {};
  const parts: MessageWriter[] = [];
  for (const [name, value] of Object.entries(values)) {
    const field = fieldNamed(type, name);
    if (!isVariable(value)) constants[name] = value;
    else if (field !== undefined) parts.push(...partsOfField(field, value, registry));
  }
  const fixed = Buffer.from(encoded(type, constants, registry));
  return new MessageParts(fixed.length === 0 ? parts : [new FixedPart(fixed), ...parts]);
}

function encoded(type: DescMessage, values: FieldValues, registry: Registry): Uint8Array {
  return toBinary(type, fromJson(type, withoutNulls(type, values) as JsonObject, { registry }));
}

/** A side of a oneof that is null is left out as any other field is; the library takes it for one of two. */
function withoutNulls(type: DescMessage, values: FieldValues): FieldValues {
  if (isWellKnown(type)) return values;
  const kept = Object.entries(values).flatMap(([name, value]): [string, unknown][] => {
    const field = fieldNamed(type, name);
    if (value === null && field?.oneof !== undefined && field.fieldKind === 'scalar') return [];
    const { message } = field ?? {};
    if (message === undefined || typeof value !== 'object' || value === null) return [[name, value]];
    if (Array.isArray(value)) return [[name, value.map((item) => withoutNulls(message, item as FieldValues))]];
    if (field?.fieldKind !== 'map') return [[name, withoutNulls(message, value as FieldValues)]];
    const entries = Object.entries(value).map(([key, item]) => [key, withoutNulls(message, item as FieldValues)]);
    return [[name, Object.fromEntries(entries)]];
  });
  return Object.fromEntries(kept);
}

function partsOfField(field: DescField, value: unknown, registry: Registry): MessageWriter[] {
  if (field.fieldKind !== 'list') return [partOf(field, value, registry) ?? new EncodedPart(field, value, registry)];
  const parts = (value as unknown[]).map((item) => partOf(field, item, registry));
  return parts.every((part) => part !== null) ? parts : [new EncodedPart(field, value, registry)];
}

/** null for what is neither text, payload nor a message of such. */
function partOf(field: DescField, item: unknown, registry: Registry): MessageWriter | null {
  const tag = Buffer.from(new BinaryWriter().tag(field.number, WireType.LengthDelimited).finish());
  if (field.fieldKind === 'map') return null;
  const { message } = field;
  if (message !== undefined) {
    if (isWellKnown(message) || ('delimitedEncoding' in field && field.delimitedEncoding)) return null;
    return new DelimitedPart(tag, partsOf(message, item as FieldValues, registry));
  }
  if (field.scalar === ScalarType.STRING) return new DelimitedPart(tag, new TextPart(compileTemplate(item as string)));
  if (field.scalar !== ScalarType.BYTES) return null;
  if (isPayloadAsBytes(item)) return new DelimitedPart(tag, new PayloadPart());
  return new DelimitedPart(tag, new FixedPart(Buffer.from(item as string, 'base64')));
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

/** A field whose value is made of the call's by more than putting text in its place. */
class EncodedPart implements MessageWriter {
  readonly #field: DescField;
  readonly #registry: Registry;
  readonly #render: Renderer;
  #encoded: Uint8Array = new Uint8Array();

  constructor(field: DescField, value: unknown, registry: Registry) {
    this.#field = field;
    this.#registry = registry;
    this.#render = rendererOf(value);
  }

  prepare(call: Call, payload: Buffer): number {
    const { parent, jsonName } = this.#field;
    this.#encoded = encoded(parent, { [jsonName]: this.#render(call, payload) }, this.#registry);
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
  const entries = Object.entries(value as object).map(
    ([key, item]) => [compileTemplate(key), rendererOf(item)] as const,
  );
  return (call, payload) =>
    Object.fromEntries(entries.map(([key, item]) => [key.text(call, payload), item(call, payload)]));
}
