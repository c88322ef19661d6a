/** One operation's requests as undici takes them: what is the same for every call is prepared once. */
import type { Dispatcher } from 'undici';
import type { RestRequest } from '../../scenarios/scenario.ts';
import type { Call } from '../driver.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import type { Endpoint } from '../driver-kit/client-socket.ts';
import type { BodyTemplate } from '../driver-kit/encoded-body.ts';
import { compileTemplate, type RequestTemplate } from '../driver-kit/request-template.ts';
import { checkRequest } from './check-request.ts';
import { acceptedEncoding, contentEncoding } from './encoding-headers.ts';
import { requestBody } from './request-body.ts';

interface VariableHeader {
  /** Of its value in the list. */
  readonly at: number;
  readonly value: RequestTemplate;
}

export class UndiciRequests {
  readonly #path: RequestTemplate;
  readonly #body: BodyTemplate | null;
  readonly #codec: BodyCodec | null;
  readonly #variableHeaders: readonly VariableHeader[];
  /** Written over by every call: undici copies what it needs when it takes a request. */
  readonly #headers: string[];
  /** The same with one more at the end: of a request whose body is packed. */
  readonly #packedHeaders: string[];
  readonly #options: Dispatcher.DispatchOptions;

  /** `pool` is what `{{payload}}` can stand for. Throws a BenchError (exit 2) for a request that HTTP cannot carry. */
  constructor(
    request: RestRequest,
    { authority, path: basePath }: Endpoint,
    pool: readonly Buffer[],
    codec: BodyCodec | null = null,
  ) {
    const { method, path, headers } = request;
    checkRequest(request, pool);
    this.#codec = codec;
    this.#path = compileTemplate(`${basePath}${path}`);
    this.#body = requestBody(request);
    const isHostGiven = Object.keys(headers).some((name) => name.toLowerCase() === 'host');
    const fields = [
      ...Object.entries(isHostGiven ? headers : { host: authority, ...headers }),
      ...acceptedEncoding(codec),
    ];
    this.#headers = fields.flat();
    this.#packedHeaders = [...fields, ...contentEncoding(codec)].flat();
    this.#variableHeaders = fields
      .map(([, text], n): VariableHeader => ({ at: 2 * n + 1, value: compileTemplate(text) }))
      .filter(({ value }) => !value.isConstant);
    this.#options = { method, path: '', headers: this.#headers, body: null };
  }

  /** Good until the next call. */
  options(call: Call, payload: Buffer | undefined): Dispatcher.DispatchOptions {
    const body = this.#body === null ? null : this.#body.bytes(call, payload);
    const packer = body !== null && this.#codec?.packs(body.length) ? this.#codec : null;
    const headers = packer === null ? this.#headers : this.#packedHeaders;
    for (const { at, value } of this.#variableHeaders) headers[at] = value.text(call, payload);
    this.#options.path = this.#path.text(call, payload);
    this.#options.headers = headers;
    this.#options.body = body === null || packer === null ? body : packer.pack(body);
    return this.#options;
  }
}
