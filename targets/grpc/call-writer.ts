/** The bytes of an operation's calls: constant header fields, those of the call, and the message with its gRPC prefix. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { metadataProblem } from '../../scenarios/grpc/metadata-problem.ts';
import type { RpcMethod } from '../../scenarios/grpc/rpc-method.ts';
import type { GrpcRequest } from '../../scenarios/scenario.ts';
import type { Call } from '../driver.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import type { Endpoint } from '../driver-kit/client-socket.ts';
import { writeUInt32 } from '../driver-kit/http2/http2-frames.ts';
import type { RequestWriter } from '../driver-kit/http2/http2-stream.ts';
import { type HeaderField, lengthOctets, literalName, writeLength } from '../driver-kit/http2/request-headers.ts';
import { compileTemplate, type RequestTemplate } from '../driver-kit/request-template.ts';
import { type AnswerShape, prefixBytes } from './grpc-answer.ts';
import type { MessageWriter } from './message-writer.ts';

const emptyPayload = Buffer.alloc(0);
const emptyCall: Call = { operation: 0, id: '', key: '', sequence: 0, payload: 0, attempt: 1, random: 0 };

interface VariableField {
  readonly name: Buffer;
  readonly value: RequestTemplate;
  valueBytes: number;
}

export class CallWriter implements RequestWriter {
  readonly operation: number;
  readonly constantFields: readonly HeaderField[];
  /** `/package.Service/Method` */
  readonly path: string;
  /** What the scenario gives as metadata, names in lower case. */
  readonly metadata: readonly (readonly [name: string, value: RequestTemplate])[];
  readonly #variableFields: readonly VariableField[];
  /** How many messages a call sends. */
  readonly messages: number;
  /** Until the last of the answer's messages, until the first, or just one. */
  readonly answers: AnswerShape;
  /** What goes as grpc-timeout; null: nothing does. */
  readonly timeoutMs: number | null;
  /** A message of the answer as text, for somebody to read; null: its type is not known. */
  readAnswer: ((message: Buffer) => string) | null = null;
  readonly #messages: readonly { readonly writer: MessageWriter; bytes: number; packed: Buffer | null }[];
  readonly #codec: BodyCodec | null;
  readonly #takesStream: boolean;
  #call: Call = emptyCall;
  #payload: Buffer = emptyPayload;
  fieldBytes = 0;
  messageBytes = 0;

  /**
   * `codec` packs each message that is not too small for it; `written` are the messages of a call, one after the other;
   * `timeoutMs` is told to the peer. Throws a BenchError (exit 2) for metadata that cannot be sent.
   */
  constructor(
    operation: number,
    { metadata, completeAt }: Pick<GrpcRequest, 'metadata' | 'completeAt'>,
    method: RpcMethod,
    endpoint: Endpoint,
    codec: BodyCodec | null,
    written: readonly MessageWriter[],
    timeoutMs: number | null = null,
  ) {
    this.operation = operation;
    this.#codec = codec;
    this.path = method.path;
    this.#messages = written.map((writer) => ({ writer, bytes: 0, packed: null }));
    this.messages = written.length;
    this.answers = method.responseStream ? (completeAt ?? 'last') : 'one';
    this.timeoutMs = timeoutMs;
    this.#takesStream = method.requestStream;
    const fields = Object.entries(metadata).map(([name, text]) => ({
      name: checkedName(name, text),
      value: compileTemplate(text),
    }));
    this.metadata = fields.map(({ name, value }) => [name, value] as const);
    this.constantFields = [
      [':method', 'POST'],
      [':scheme', endpoint.tls === null ? 'http' : 'https'],
      [':path', method.path],
      [':authority', endpoint.authority],
      ['te', 'trailers'],
      ['content-type', 'application/grpc'],
      ...(timeoutMs === null ? [] : [timeoutField(timeoutMs)]),
      ...(codec === null ? [] : encodingFields(codec)),
      ...fields
        .filter(({ value }) => value.isConstant)
        .map(({ name, value }): HeaderField => [name, value.text(emptyCall)]),
    ];
    this.#variableFields = fields
      .filter(({ value }) => !value.isConstant)
      .map(({ name, value }) => ({ name: literalName(name), value, valueBytes: 0 }));
  }

  /** One message either way. */
  get isUnary(): boolean {
    return !this.#takesStream && this.answers === 'one';
  }

  /** Before anything is written for this call. Throws when a value does not fit its field. */
  prepare(call: Call, payload: Buffer = emptyPayload): void {
    this.#call = call;
    this.#payload = payload;
    this.messageBytes = 0;
    for (const message of this.#messages) {
      const plainBytes = message.writer.prepare(call, payload);
      message.packed = this.#codec?.packs(plainBytes) ? this.#pack(this.#codec, message.writer, plainBytes) : null;
      message.bytes = message.packed?.length ?? plainBytes;
      this.messageBytes += prefixBytes + message.bytes;
    }
    this.fieldBytes = 0;
    for (const field of this.#variableFields) {
      field.valueBytes = field.value.byteLength(call, payload);
      this.fieldBytes += field.name.length + lengthOctets(field.valueBytes) + field.valueBytes;
    }
  }

  #pack(codec: BodyCodec, writer: MessageWriter, plainBytes: number): Buffer {
    const plain = Buffer.allocUnsafe(plainBytes);
    writer.writeTo(plain, 0, this.#call, this.#payload);
    return codec.pack(plain);
  }

  writeFields(buffer: Buffer, at: number): void {
    let offset = at;
    for (const { name, value, valueBytes } of this.#variableFields) {
      offset = writeLength(buffer, offset + name.copy(buffer, offset), valueBytes);
      offset = value.writeTo(buffer, offset, this.#call, this.#payload);
    }
  }

  writeMessage(buffer: Buffer, at: number): void {
    let offset = at;
    for (const { writer, bytes, packed } of this.#messages) {
      buffer[offset] = packed === null ? 0 : 1;
      offset = writeUInt32(buffer, offset + 1, bytes);
      if (packed !== null) offset += packed.copy(buffer, offset);
      else offset = writer.writeTo(buffer, offset, this.#call, this.#payload);
    }
  }
}

function encodingFields({ encoding }: BodyCodec): HeaderField[] {
  return [
    ['grpc-encoding', encoding],
    ['grpc-accept-encoding', `identity,${encoding}`],
  ];
}

/** At most eight digits, of milliseconds or else of seconds. */
function timeoutField(timeoutMs: number): HeaderField {
  const ms = Math.ceil(timeoutMs);
  return ['grpc-timeout', ms < 1e8 ? `${ms}m` : `${Math.ceil(ms / 1e3)}S`];
}

function checkedName(name: string, value: string): string {
  const problem = metadataProblem(name, value);
  if (problem === null) return name.toLowerCase();
  throw new BenchError('badMetadata', problem.message, { hint: problem.suggestion, exitCode: exitCodes.usage });
}
