/** The bytes of an operation's calls: constant header fields, those of the call, and the message with its gRPC prefix. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { GrpcRequest } from '../../scenarios/scenario.ts';
import type { Call } from '../driver.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import type { Endpoint } from '../driver-kit/client-socket.ts';
import { compileTemplate, type RequestTemplate } from '../driver-kit/request-template.ts';
import { prefixBytes } from './grpc-answer.ts';
import type { RequestWriter } from './grpc-stream.ts';
import { writeUInt32 } from './http2-frames.ts';
import { type MessageWriter, messageWriter } from './message-writer.ts';
import { type HeaderField, lengthOctets, literalName, writeLength } from './request-headers.ts';
import type { RpcMethod } from './rpc-method.ts';

const emptyPayload = Buffer.alloc(0);
const emptyCall: Call = { operation: 0, id: '', key: '', sequence: 0, payload: 0, attempt: 1, random: 0 };
/** Said by the driver itself, or not allowed in HTTP/2. */
const reservedNames: readonly string[] = [
  'te',
  'content-type',
  'host',
  'connection',
  'transfer-encoding',
  'grpc-encoding',
  'grpc-accept-encoding',
];

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
  readonly #message: MessageWriter;
  readonly #codec: BodyCodec | null;
  #packed: Buffer | null = null;
  #call: Call = emptyCall;
  #payload: Buffer = emptyPayload;
  fieldBytes = 0;
  messageBytes = 0;

  /** `codec` packs each message that is not too small for it; `written` stands in for what the request says. Throws a BenchError (exit 2) for a message or metadata that cannot be sent. */
  constructor(
    operation: number,
    { message, metadata }: GrpcRequest,
    method: RpcMethod,
    endpoint: Endpoint,
    codec: BodyCodec | null,
    written: MessageWriter = messageWriter(method.requestType, message),
  ) {
    this.operation = operation;
    this.#codec = codec;
    this.path = method.path;
    this.#message = written;
    const fields = Object.entries(metadata).map(([name, text]) => ({
      name: checkedName(name),
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
      ...(codec === null ? [] : encodingFields(codec)),
      ...fields
        .filter(({ value }) => value.isConstant)
        .map(({ name, value }): HeaderField => [name, checkedValue(name, value.text(emptyCall))]),
    ];
    this.#variableFields = fields
      .filter(({ value }) => !value.isConstant)
      .map(({ name, value }) => ({ name: literalName(name), value, valueBytes: 0 }));
  }

  /** Before anything is written for this call. Throws when a value does not fit its field. */
  prepare(call: Call, payload: Buffer = emptyPayload): void {
    this.#call = call;
    this.#payload = payload;
    const plainBytes = this.#message.prepare(call, payload);
    this.#packed = this.#codec?.packs(plainBytes) ? this.#pack(this.#codec, plainBytes) : null;
    this.messageBytes = prefixBytes + (this.#packed?.length ?? plainBytes);
    this.fieldBytes = 0;
    for (const field of this.#variableFields) {
      field.valueBytes = field.value.byteLength(call, payload);
      this.fieldBytes += field.name.length + lengthOctets(field.valueBytes) + field.valueBytes;
    }
  }

  #pack(codec: BodyCodec, plainBytes: number): Buffer {
    const plain = Buffer.allocUnsafe(plainBytes);
    this.#message.writeTo(plain, 0, this.#call, this.#payload);
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
    buffer[at] = this.#packed === null ? 0 : 1;
    const offset = writeUInt32(buffer, at + 1, this.messageBytes - prefixBytes);
    if (this.#packed !== null) this.#packed.copy(buffer, offset);
    else this.#message.writeTo(buffer, offset, this.#call, this.#payload);
  }
}

function encodingFields({ encoding }: BodyCodec): HeaderField[] {
  return [
    ['grpc-encoding', encoding],
    ['grpc-accept-encoding', `identity,${encoding}`],
  ];
}

function checkedName(name: string): string {
  const lower = name.toLowerCase();
  if (/^[a-z0-9_.-]+$/.test(lower) && !reservedNames.includes(lower)) return lower;
  throw new BenchError('badMetadata', `${name} cannot be sent as metadata`, {
    hint: 'Names are made of letters, digits, _ - and . and are none of those that HTTP/2 and gRPC use themselves.',
    exitCode: exitCodes.usage,
  });
}

function checkedValue(name: string, value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  throw new BenchError('badMetadata', `The value of the metadata ${name} is not printable ASCII`, {
    hint: 'Binary values go as base64 under a name that ends in -bin.',
    exitCode: exitCodes.usage,
  });
}
