/** What came back on one stream of HTTP/2, of a plain HTTP request. Reused from attempt to attempt. */
import type { FailureDetail } from '../driver.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import { detailOf, mostDetailBytes } from '../driver-kit/failure-detail.ts';
import {
  type Conclusion,
  failed,
  malformedAnswer,
  oversizedAnswer,
  succeeded,
} from '../driver-kit/http2/conclusion.ts';
import type { StreamAnswer } from '../driver-kit/http2/http2-stream.ts';
import { PackedContent } from '../driver-kit/packed-content.ts';
import { longestBodyBytes } from './answer-state.ts';
import type { AnswerSource } from './rest-connection.ts';
import { retryAfterMs } from './retry-after.ts';

const unknown = -1;

export class Http2Answer implements StreamAnswer, AnswerSource {
  status = 0;
  retryAfterMs = 0;
  location: string | null = null;
  /** Of the request: the answer has no body, whatever its length says. Kept over `reset`. */
  answersHead = false;
  readonly #content: PackedContent | null;
  #hasHeaders = false;
  #fields: string[] = [];
  #length = unknown;
  deprecation: string | null = null;
  sunset: string | null = null;
  #bodyBytes = 0;
  #begin: Buffer[] = [];
  #begun = 0;

  constructor(codec: BodyCodec | null) {
    this.#content = PackedContent.of(codec, false);
  }

  reset(): void {
    this.status = 0;
    this.retryAfterMs = 0;
    this.location = null;
    this.deprecation = null;
    this.sunset = null;
    this.#hasHeaders = false;
    this.#fields = [];
    this.#length = unknown;
    this.#bodyBytes = 0;
    this.#begin = [];
    this.#begun = 0;
    this.#content?.begin();
  }

  header(name: string, value: string): void {
    if (this.#hasHeaders) return; // a trailer
    switch (name) {
      case ':status':
        this.status = /^[1-9]\d\d$/.test(value) ? Number(value) : 0;
        return;
      case 'retry-after':
        this.retryAfterMs = retryAfterMs(value, Date.now());
        break;
      case 'location':
        this.location = value;
        break;
      case 'deprecation':
        this.deprecation = value;
        break;
      case 'sunset':
        this.sunset = value;
        break;
      case 'content-length':
        this.#length = /^\d{1,15}$/.test(value) ? Number(value) : unknown;
        break;
      case 'content-encoding':
        if (this.#content !== null && value !== 'identity') this.#content.encoding = value.toLowerCase();
        break;
    }
    this.#fields.push(`${name}: ${value}`);
  }

  headersEnded(isLast: boolean): Conclusion | null {
    if (this.#hasHeaders) return isLast ? null : malformedAnswer;
    if (this.status >= 100 && this.status < 200) {
      if (isLast) return malformedAnswer;
      this.reset(); // the answer follows this interim one
      return null;
    }
    this.#hasHeaders = true;
    return this.status === 0 ? malformedAnswer : null;
  }

  data(bytes: Uint8Array, start: number, end: number): Conclusion | null {
    if (!this.#hasHeaders) return malformedAnswer;
    this.#bodyBytes += end - start;
    if (this.#bodyBytes > longestBodyBytes) return oversizedAnswer;
    this.#content?.take(bytes, start, end);
    if (this.#begun < mostDetailBytes) {
      const piece = Buffer.from(bytes.subarray(start, Math.min(end, start + mostDetailBytes - this.#begun)));
      this.#begin.push(piece);
      this.#begun += piece.length;
    }
    return null;
  }

  conclude(): Conclusion {
    if (!this.#hasHeaders) return malformedAnswer;
    const hasBody = !this.answersHead && this.status !== 204 && this.status !== 304;
    if (hasBody && this.#length !== unknown && this.#length !== this.#bodyBytes) return malformedAnswer;
    const problem = this.#content?.problem() ?? '';
    return problem === '' ? succeeded : failed(problem);
  }

  failureDetail(): FailureDetail | null {
    if (this.status === 0) return null;
    const head = [`HTTP/2 ${this.status}`, ...this.#fields].join('\n');
    const encoding = this.#fields.find((field) => field.startsWith('content-encoding: '))?.slice(18);
    return detailOf(head, Buffer.concat(this.#begin), encoding);
  }
}
