/** Texts at the begin of an answer in MessagePack or protobuf, found without decoding the rest. */
import type { PayloadCodec } from '../../scenarios/scenario.ts';
import { replyFieldNumbers } from '../domain/item-fields.ts';
import { JsonValue } from './json-value.ts';

/** Finds one text in an answer. */
export interface AnswerText {
  /** null: it is not there, or the answer is none. */
  textIn(bytes: Buffer, start: number, end: number): string | null;
}

/** `pointer`: RFC 6901; for what is no JSON the name of a field of the reply. */
export function answerText(pointer: string, codec: PayloadCodec): AnswerText {
  if (codec === 'json') return new JsonValue(pointer);
  const name = pointer.slice(1);
  return codec === 'msgpack'
    ? new MsgpackText(name)
    : new ProtobufText(replyFieldNumbers[name as keyof typeof replyFieldNumbers]);
}

class MsgpackText implements AnswerText {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** Of a map whose texts come first. */
  textIn(bytes: Buffer, start: number, end: number): string | null {
    const head = bytes[start] as number;
    if (start >= end || (head & 0xf0) !== 0x80) return null;
    let at = start + 1;
    for (let fields = head & 0x0f; fields > 0; fields--) {
      const name = textAt(bytes, at, end);
      if (name === null) return null;
      const isName = bytes.toString('latin1', name.start, name.end) === this.#name;
      if (bytes[name.end] === nil) {
        if (isName) return null;
        at = name.end + 1;
        continue;
      }
      const value = textAt(bytes, name.end, end);
      if (value === null) return null;
      if (isName) return bytes.toString('utf8', value.start, value.end);
      at = value.end;
    }
    return null;
  }
}

const nil = 0xc0;

/** Where the text that begins at `at` has its bytes; null for anything else. */
function textAt(bytes: Buffer, at: number, end: number): { readonly start: number; readonly end: number } | null {
  const head = at < end ? (bytes[at] as number) : -1;
  let start = at + 1;
  let length = -1;
  if ((head & 0xe0) === 0xa0) length = head & 0x1f;
  else if (head >= 0xd9 && head <= 0xdb) {
    const lengthBytes = 1 << (head - 0xd9);
    if (start + lengthBytes > end) return null;
    length = bytes.readUIntBE(start, lengthBytes);
    start += lengthBytes;
  }
  return length < 0 || start + length > end ? null : { start, end: start + length };
}

class ProtobufText implements AnswerText {
  readonly #number: number;

  constructor(number: number) {
    this.#number = number;
  }

  /** Of fields with numbers below 16 that have a length, which is all that a reply has. */
  textIn(bytes: Buffer, start: number, end: number): string | null {
    let at = start;
    while (at < end) {
      const tag = bytes[at++] as number;
      if ((tag & 7) !== 2 || tag >= 0x80) return null;
      let length = 0;
      for (let shift = 0; ; shift += 7) {
        if (at >= end || shift > 28) return null;
        const byte = bytes[at++] as number;
        length += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) break;
      }
      if (at + length > end) return null;
      if (tag >>> 3 === this.#number) return bytes.toString('utf8', at, at + length);
      at += length;
    }
    return null;
  }
}
