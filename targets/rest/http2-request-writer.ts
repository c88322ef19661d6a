/**
 * The header fields and the body of an operation's requests over HTTP/2. What never changes enters the connection's table,
 * before and behind a path that does.
 */
import type { RestRequest } from '../../scenarios/scenario.ts';
import type { Call } from '../driver.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import type { Endpoint } from '../driver-kit/client-socket.ts';
import type { BodyTemplate } from '../driver-kit/encoded-body.ts';
import type { RequestWriter } from '../driver-kit/http2/http2-stream.ts';
import { type HeaderField, literalField, type RequestHeaders } from '../driver-kit/http2/request-headers.ts';
import { compileTemplate, type RequestTemplate } from '../driver-kit/request-template.ts';
import { checkRequest } from './check-request.ts';
import { acceptedEncoding, contentEncoding } from './encoding-headers.ts';
import type { Hop } from './redirects.ts';
import { requestBody } from './request-body.ts';

const nothing: Buffer = Buffer.alloc(0);
const noCall: Call = { operation: 0, id: '', key: '', sequence: 0, payload: 0, attempt: 1, random: 0 };

export class Http2RequestWriter implements RequestWriter {
  readonly operation: number;
  readonly answersHead: boolean;
  /** By their index on the connection: what is before the path, and what is behind it. */
  readonly constantFields: readonly [readonly HeaderField[], readonly HeaderField[]];
  readonly #path: RequestTemplate;
  readonly #variable: readonly (readonly [name: string, value: RequestTemplate])[];
  readonly #body: BodyTemplate | null;
  readonly #codec: BodyCodec | null;
  #pathField: Buffer = nothing;
  #fields: Buffer = nothing;
  #content: Buffer = nothing;

  /** `nth` operation. Throws a BenchError (exit 2) for a request that HTTP cannot carry. */
  constructor(
    nth: number,
    request: RestRequest,
    { authority, path: base, tls }: Endpoint,
    pool: readonly Buffer[],
    codec: BodyCodec | null,
  ) {
    checkRequest(request, pool);
    const { method, path } = request;
    this.operation = 2 * nth;
    this.answersHead = method === 'HEAD';
    this.#codec = codec;
    this.#body = requestBody(request);
    this.#path = compileTemplate(`${base}${path}`);
    const headers = Object.entries(request.headers).map(([name, text]) => {
      return [name.toLowerCase(), compileTemplate(text)] as const;
    });
    // What HTTP/1.1 has in `host`. It is one of the fields that come first, so it has to be the same for all.
    const host = headers.find(([name, value]) => name === 'host' && value.isConstant)?.[1].text(noCall);
    const others = headers.filter(([name]) => name !== 'host');
    const first: HeaderField[] = [
      [':method', method],
      [':scheme', tls === null ? 'http' : 'https'],
      [':authority', host ?? authority],
    ];
    const constant: HeaderField[] = [
      ...others.filter(([, value]) => value.isConstant).map(([name, value]): HeaderField => [name, value.text(noCall)]),
      ...acceptedEncoding(codec),
    ];
    this.constantFields = this.#path.isConstant
      ? [[...first, [':path', this.#path.text(noCall)], ...constant], []]
      : [first, constant];
    this.#variable = others.filter(([, value]) => !value.isConstant);
  }

  prepare(call: Call, payload: Buffer | undefined): void {
    const plain = this.#body?.bytes(call, payload) ?? nothing;
    const packer = this.#codec?.packs(plain.length) ? this.#codec : null;
    this.#content = packer === null ? plain : packer.pack(plain);
    const fields: HeaderField[] = [
      ...this.#variable.map(([name, value]): HeaderField => [name, value.text(call, payload)]),
      ...contentEncoding(packer),
      ...(this.#body === null ? [] : [['content-length', String(this.#content.length)] as const]),
    ];
    this.#fields = Buffer.concat(fields.map(literalField));
    if (!this.#path.isConstant) this.#pathField = literalField([':path', this.#path.text(call, payload)]);
  }

  head(headers: RequestHeaders): Buffer {
    const first = headers.block(this.operation);
    if (this.#path.isConstant) return first;
    return Buffer.concat([first, this.#pathField, headers.block(this.operation + 1)]);
  }

  get fieldBytes(): number {
    return this.#fields.length;
  }

  writeFields(buffer: Buffer, at: number): void {
    this.#fields.copy(buffer, at);
  }

  get messageBytes(): number {
    return this.#content.length;
  }

  writeMessage(buffer: Buffer, at: number): void {
    this.#content.copy(buffer, at);
  }
}

/** A request that a redirect led to, once. */
export class HopWriter implements RequestWriter {
  readonly operation = 0;
  readonly #head: Buffer;
  readonly #content: Buffer;
  readonly fieldBytes = 0;

  constructor({ url, method, headers, body }: Hop) {
    const fields: HeaderField[] = [
      [':method', method],
      [':scheme', url.protocol.slice(0, -1)],
      [':authority', headers.find(([name]) => name === 'host')?.[1] ?? url.host],
      [':path', `${url.pathname}${url.search}`],
      ...headers.filter(([name]) => name !== 'host'),
      ...(body === null ? [] : [['content-length', String(body.length)] as const]),
    ];
    this.#head = Buffer.concat(fields.map(literalField));
    this.#content = body ?? nothing;
  }

  /** Nothing of it is in the table. */
  head(): Buffer {
    return this.#head;
  }

  writeFields(): void {}

  get messageBytes(): number {
    return this.#content.length;
  }

  writeMessage(buffer: Buffer, at: number): void {
    this.#content.copy(buffer, at);
  }
}
