/**
 * What came back on one stream, and what that means: gRPC over HTTP/2 as its specification has it ("PROTOCOL-HTTP2.md"),
 * answers that are no gRPC mapped by its "HTTP to gRPC Status Code Mapping". Messages are counted, and read only to unpack them.
 */

import { type FailureDetail, outcomes } from '../driver.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import { detailOf } from '../driver-kit/failure-detail.ts';
import {
  type Conclusion,
  malformedAnswer,
  oversizedAnswer,
  succeeded,
  truncatedAnswer,
} from '../driver-kit/http2/conclusion.ts';
import type { HeaderSink } from '../driver-kit/http2/hpack-decoder.ts';
import { readUInt32 } from '../driver-kit/http2/http2-frames.ts';
import { PackedContent } from '../driver-kit/packed-content.ts';
import { decodeBinaryTrailer, retryInfoMs, statusDetails } from './retry-info.ts';

export const statusNames = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;
type StatusName = (typeof statusNames)[number];

const retryableStatuses: readonly string[] = ['UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'ABORTED'] satisfies StatusName[];

const statusOfHttp: Readonly<Record<number, StatusName>> = {
  400: 'INTERNAL',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'UNIMPLEMENTED',
  429: 'UNAVAILABLE',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
};

const rejections: readonly Conclusion[] = statusNames.map((name) => rejected(name));
const unknownStatus = statusNames.indexOf('UNKNOWN');

/** All went well, but the first message was waited for. */
export const endedEmpty: Conclusion = { outcome: outcomes.rejected, reason: 'no message', retryable: false };
export const unencodableRequest: Conclusion = {
  outcome: outcomes.failed,
  reason: 'the message cannot be encoded',
  retryable: false,
};

function rejected(status: StatusName, note = ''): Conclusion {
  return {
    outcome: outcomes.rejected,
    reason: `status ${status}${note}`,
    retryable: retryableStatuses.includes(status),
  };
}

/** `code` as gRPC numbers it; `note` goes behind its name. */
export function rejectedWith(code: number, note = ''): Conclusion {
  if (note !== '') return rejected(statusNames[code] ?? 'UNKNOWN', note);
  return rejections[code] ?? (rejections[unknownStatus] as Conclusion);
}

/** One message; or any number, of which the first or the status behind the last is the end. */
export type AnswerShape = 'one' | 'first' | 'last';

/** 16 MiB of payload and what is around it. */
export const largestMessageBytes = 16 * 1024 * 1024 + 64 * 1024;
/** Of a message: whether it is compressed, and its length. */
export const prefixBytes = 5;
const mostGathered = 20;
const none = -1;

/** Reused from attempt to attempt: `reset` begins the next one. */
export class GrpcAnswer implements HeaderSink {
  /** How long the service asks not to be tried again; 0: it does not say. */
  retryAfterMs = 0;
  /** What is called is deprecated, as written; null: the answer does not say. */
  deprecation: string | null = null;
  sunset: string | null = null;
  /** Of the method that is called; kept over `reset`. */
  shape: AnswerShape = 'one';
  #httpStatus = 0;
  #grpcStatus = none;
  #isGrpc = false;
  #hasHeaders = false;
  #message = '';
  #messages = 0;
  /** Of the current message's prefix, those that are here. */
  #prefixHere = 0;
  #length = 0;
  #messageLeft = 0;
  /** Who unpacks messages; null: we said that we cannot. */
  readonly #content: PackedContent | null;
  #isPacked = false;
  readonly #keepsBody: boolean;
  /** Of the answer that is read, as many as may be shown. */
  readonly gathered: Buffer[] = [];

  constructor(codec: BodyCodec | null = null, keepsBody = false) {
    this.#content = PackedContent.of(codec, keepsBody);
    this.#keepsBody = keepsBody;
  }

  /** The message of an answer that succeeded; null unless it is kept. */
  get body(): Buffer | null {
    return this.#keepsBody ? (this.#content?.body ?? null) : null;
  }

  /** Those that have come whole. */
  get messages(): number {
    return this.#messages - (this.#prefixHere === prefixBytes ? 1 : 0);
  }

  /** The headers say that gRPC messages follow. */
  get hasMessages(): boolean {
    return this.#hasHeaders && this.#isGrpc && this.#httpStatus === 200;
  }

  reset(): void {
    this.retryAfterMs = 0;
    this.deprecation = null;
    this.sunset = null;
    this.#httpStatus = 0;
    this.#grpcStatus = none;
    this.#isGrpc = false;
    this.#hasHeaders = false;
    this.#message = '';
    this.#messages = 0;
    this.#prefixHere = 0;
    this.#length = 0;
    this.#messageLeft = 0;
    this.#isPacked = false;
    this.gathered.length = 0;
    this.#content?.begin();
  }

  header(name: string, value: string): void {
    switch (name) {
      case ':status':
        this.#httpStatus = Number(value);
        break;
      case 'content-type':
        this.#isGrpc = /^application\/grpc($|[+;])/.test(value);
        break;
      case 'grpc-message':
        this.#message = value;
        break;
      case 'grpc-status':
        this.#grpcStatus = /^\d{1,9}$/.test(value) ? Number(value) : unknownStatus;
        break;
      case 'grpc-encoding':
        if (this.#content !== null && value !== 'identity') this.#content.encoding = value;
        break;
      case 'deprecation':
        this.deprecation = value;
        break;
      case 'sunset':
        this.sunset = value;
        break;
      case statusDetails:
        this.retryAfterMs = retryInfoMs(decodeBinaryTrailer(value));
        break;
    }
  }

  /** What the answer said, as far as it came; null: nothing. */
  failureDetail(): FailureDetail | null {
    if (this.#httpStatus === 0) return null;
    const status = this.#grpcStatus === none ? '' : `grpc-status: ${this.#grpcStatus}`;
    return detailOf([`:status: ${this.#httpStatus}`, status].join('\n'), Buffer.from(percentDecoded(this.#message)));
  }

  /** A header block is whole. Returns how the attempt ended if it cannot go on. */
  headersEnded(isLast: boolean): Conclusion | null {
    if (this.#hasHeaders) return isLast ? null : malformedAnswer;
    if (this.#httpStatus >= 100 && this.#httpStatus < 200) {
      this.#httpStatus = 0;
      return isLast ? malformedAnswer : null;
    }
    this.#hasHeaders = true;
    if (!isLast) this.#grpcStatus = none; // a status belongs into the last block
    return this.#httpStatus === 0 ? malformedAnswer : null;
  }

  /** A piece of the messages. Returns how the attempt ended if it cannot go on. */
  data(bytes: Uint8Array, start: number, end: number): Conclusion | null {
    if (!this.#hasHeaders) return malformedAnswer;
    if (!this.#isGrpc || this.#httpStatus !== 200) return null; // an error page, say
    let at = start;
    // The usual case, a whole prefix at the beginning of a frame, at once.
    if (this.#prefixHere === 0 && end - at >= prefixBytes) {
      if (!this.#takeFlag(bytes[at] as number)) return malformedAnswer;
      this.#length = readUInt32(bytes, at + 1);
      this.#prefixHere = prefixBytes;
      at += prefixBytes;
      const bad = this.#beginMessage();
      if (bad !== null) return bad;
    }
    for (;;) {
      const skipped = Math.min(this.#messageLeft, end - at);
      if (this.#isPacked || this.#keepsBody) this.#content?.take(bytes, at, at + skipped);
      this.#messageLeft -= skipped;
      at += skipped;
      if (this.#messageLeft === 0 && this.#prefixHere === prefixBytes) {
        this.#prefixHere = 0;
        const over = this.shape === 'one' ? null : this.#endMessage();
        if (over !== null) return over;
      }
      if (at === end) return null;
      const octet = bytes[at++] as number;
      if (this.#prefixHere++ === 0) {
        if (!this.#takeFlag(octet)) return malformedAnswer;
        this.#length = 0;
      } else this.#length = this.#length * 256 + octet;
      if (this.#prefixHere < prefixBytes) continue;
      const bad = this.#beginMessage();
      if (bad !== null) return bad;
    }
  }

  /** False for a message that is compressed, unless both sides know how. */
  #takeFlag(flag: number): boolean {
    if (flag === 0) return true;
    this.#isPacked = flag === 1 && (this.#content?.encoding ?? '') !== '';
    return this.#isPacked;
  }

  #beginMessage(): Conclusion | null {
    if (++this.#messages > 1 && this.shape === 'one') return malformedAnswer; // one answer to one request
    if (this.#length > largestMessageBytes) return oversizedAnswer;
    this.#messageLeft = this.#length;
    return null;
  }

  /** Of many. Returns how the attempt ended if that was enough, or it does not unpack. */
  #endMessage(): Conclusion | null {
    const encoding = this.#content?.encoding ?? '';
    const unpacked = this.#unpacked();
    this.#content?.begin();
    if (this.#content !== null) this.#content.encoding = encoding; // the headers said it for all
    return unpacked !== succeeded || this.shape === 'first' ? unpacked : null;
  }

  #unpacked(): Conclusion {
    const content = this.#content;
    if (content === null) return succeeded;
    if (!this.#isPacked) content.encoding = ''; // what the headers name is a matter of each message
    const problem = content.problem();
    if (problem === '') {
      if (this.#keepsBody && this.gathered.length < mostGathered) this.gathered.push(content.body);
      return succeeded;
    }
    return problem === 'oversized answer' ? oversizedAnswer : malformedAnswer;
  }

  /** The peer has ended the stream. */
  conclude(): Conclusion {
    const status = this.#grpcStatus;
    if (status === 0 && this.#httpStatus === 200) {
      if (this.#prefixHere !== 0) return truncatedAnswer;
      if (this.shape === 'first') return endedEmpty;
      if (this.shape === 'last') return succeeded;
      return this.#messages === 1 ? this.#unpacked() : malformedAnswer;
    }
    if (status > 0) return rejectedWith(status);
    if (!this.#hasHeaders) return malformedAnswer;
    if (this.#httpStatus !== 200) {
      return rejected(statusOfHttp[this.#httpStatus] ?? 'UNKNOWN', ` (HTTP ${this.#httpStatus})`);
    }
    return this.#isGrpc ? truncatedAnswer : rejected('UNKNOWN', ' (no gRPC answer)');
  }
}

/** As grpc-message is written; what is not so stays. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
