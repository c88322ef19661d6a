/** Requests and replies of `Converse`: a number that comes back with the answer, beside what a batch has of each order. */
import protobuf from 'protobufjs';
import type { Call } from '../driver.ts';
import type { MessageWriter } from './message-writer.ts';

const numberTag = 1 << 3;
const codeTag = (2 << 3) | 2;
const retryAfterTag = 3 << 3;
const septet = 128;

/** Puts `number` before the fields of another message. */
export class NumberedMessage implements MessageWriter {
  number = 0;
  readonly #rest: MessageWriter;

  constructor(rest: MessageWriter) {
    this.#rest = rest;
  }

  prepare(call: Call, payload: Buffer): number {
    let bytes = 2;
    for (let left = this.number; left >= septet; left /= septet) bytes++;
    return bytes + this.#rest.prepare(call, payload);
  }

  writeTo(buffer: Buffer, at: number, call: Call, payload: Buffer): number {
    let offset = at;
    buffer[offset++] = numberTag;
    let left = this.number; // beyond 32 bits, so no shifts
    for (; left >= septet; left = Math.floor(left / septet)) buffer[offset++] = (left % septet) + septet;
    buffer[offset++] = left;
    return this.#rest.writeTo(buffer, offset, call, payload);
  }
}

/** Unlike the reader's own, throws when the message ends within. */
export function textOf(reader: protobuf.Reader): string {
  return Buffer.from(reader.bytes()).toString();
}

export interface NumberedReply {
  readonly number: number;
  readonly code: string;
  /** 0: it does not say. */
  readonly retryAfterMs: number;
}

/** The fields in front; what the orders are is not read. null: it is no such reply. */
export function readReply(message: Uint8Array): NumberedReply | null {
  const reader = protobuf.Reader.create(message);
  let number = 0;
  let code = '';
  let retryAfterMs = 0;
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === numberTag) number = Number(reader.uint64());
      else if (tag === codeTag) code = textOf(reader);
      else if (tag === retryAfterTag) retryAfterMs = reader.uint32();
      else break;
    }
  } catch {
    return null; // it ends within a field
  }
  return code === '' ? null : { number, code, retryAfterMs };
}
