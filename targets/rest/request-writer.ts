/** The bytes of HTTP/1.1 requests: all that is the same for every call of an operation is prepared once. */
import type { RestRequest } from '../../scenarios/scenario.ts';
import type { Call } from '../driver.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import type { Endpoint } from '../driver-kit/client-socket.ts';
import type { BodyTemplate } from '../driver-kit/encoded-body.ts';
import { compileTemplate, type RequestTemplate } from '../driver-kit/request-template.ts';
import { checkRequest } from './check-request.ts';
import { acceptedEncoding, contentEncoding } from './encoding-headers.ts';
import { requestBody } from './request-body.ts';

const methodsWithContent = ['POST', 'PUT', 'PATCH'];
const headersEnd = '\r\n\r\n';

export class RequestWriter {
  readonly answersHead: boolean;
  readonly #head: RequestTemplate;
  /** Of a request whose body is packed. */
  readonly #packedHead: RequestTemplate;
  readonly #body: BodyTemplate | null;
  readonly #announcesLength: boolean;
  readonly #codec: BodyCodec | null;
  /** Bodies of an operation are nearly always as long as the last one. */
  #lastLength = -1;
  #lastLengthText = '';

  /**
   * `pool` is what `{{payload}}` can stand for. Throws a BenchError (exit 2) for a request that HTTP cannot carry, e.g. a
   * header that would hold a line break. `codec` packs the body, and its encoding is asked for in the answer.
   */
  constructor(
    request: RestRequest,
    { authority, path: basePath }: Endpoint,
    pool: readonly Buffer[],
    codec: BodyCodec | null = null,
  ) {
    const { method, path, headers } = request;
    this.answersHead = method === 'HEAD';
    checkRequest(request, pool);
    this.#codec = codec;
    const lines = [`${method} ${basePath}${path} HTTP/1.1`];
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    if (!names.includes('host')) lines.push(`host: ${authority}`);
    for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
    for (const [name, value] of acceptedEncoding(codec)) lines.push(`${name}: ${value}`);
    // RFC 9110 §8.6: these methods say that they have no content.
    this.#body = requestBody(request);
    this.#announcesLength = this.#body !== null || methodsWithContent.includes(method);
    const headEnd = this.#announcesLength ? '\r\ncontent-length: ' : headersEnd;
    this.#head = compileTemplate(lines.join('\r\n') + headEnd);
    for (const [name, value] of contentEncoding(codec)) lines.push(`${name}: ${value}`);
    this.#packedHead = compileTemplate(lines.join('\r\n') + headEnd);
  }

  /** Into `reusable` when that is exactly as long, else into a new buffer. */
  write(call: Call, payload: Buffer | undefined, reusable: Buffer | null): Buffer {
    if (this.#codec !== null && this.#body !== null) return this.#writeEncoded(this.#codec, this.#body, call, payload);
    const bodyBytes = this.#body === null ? 0 : this.#body.byteLength(call, payload);
    const lengthText = this.#announcesLength ? this.#lengthText(bodyBytes) : '';
    const total = this.#head.byteLength(call, payload) + lengthText.length + bodyBytes;
    const bytes = reusable !== null && reusable.length === total ? reusable : Buffer.allocUnsafe(total);
    let at = this.#head.writeTo(bytes, 0, call, payload);
    if (this.#announcesLength) at += bytes.write(lengthText, at, 'latin1');
    this.#body?.writeTo(bytes, at, call, payload);
    return bytes;
  }

  /** A body that is too small to be packed goes as it is, without a word about its encoding. */
  #writeEncoded(codec: BodyCodec, body: BodyTemplate, call: Call, payload: Buffer | undefined): Buffer {
    const plain = body.bytes(call, payload);
    const isPacked = codec.packs(plain.length);
    const head = isPacked ? this.#packedHead : this.#head;
    const content = isPacked ? codec.pack(plain) : plain;
    const lengthText = this.#lengthText(content.length);
    const headBytes = head.byteLength(call, payload);
    const bytes = Buffer.allocUnsafe(headBytes + lengthText.length + content.length);
    const at = head.writeTo(bytes, 0, call, payload);
    content.copy(bytes, at + bytes.write(lengthText, at, 'latin1'));
    return bytes;
  }

  #lengthText(bodyBytes: number): string {
    if (bodyBytes !== this.#lastLength) {
      this.#lastLength = bodyBytes;
      this.#lastLengthText = `${bodyBytes}${headersEnd}`;
    }
    return this.#lastLengthText;
  }
}
