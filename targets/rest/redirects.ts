/**
 * Redirects of an own system, followed as clients do (RFC 9110 §15.4): so many at most, to hosts that load may go to, and
 * without credentials once another origin is asked. All hops together are one attempt.
 */
import type { RestRequest, RestTarget } from '../../scenarios/scenario.ts';
import { mayDial } from '../allow-dial.ts';
import type { Call, DriverContext } from '../driver.ts';
import type { Endpoint } from '../driver-kit/client-socket.ts';
import type { BodyTemplate } from '../driver-kit/encoded-body.ts';
import { compileTemplate, type RequestTemplate } from '../driver-kit/request-template.ts';
import { requestBody } from './request-body.ts';

/** The request that a redirect leads to. */
export interface Hop {
  readonly url: URL;
  /** Not the origin of the target: dialled by itself, and not through its proxy. */
  readonly isForeign: boolean;
  readonly method: string;
  /** Names in small letters; without `host` and `content-length`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | null;
}

const redirections: readonly number[] = [301, 302, 303, 307, 308];
const credentials: readonly string[] = ['authorization', 'cookie', 'proxy-authorization', 'host'];

interface Path {
  hops: number;
  url: URL;
  method: string;
  hasBody: boolean;
  hasCredentials: boolean;
}

interface Written {
  readonly method: string;
  readonly path: RequestTemplate;
  readonly headers: readonly (readonly [name: string, value: RequestTemplate])[];
  readonly body: BodyTemplate | null;
}

export class Redirects {
  /** Hops since `open`. */
  followed = 0;
  readonly #most: number;
  readonly #context: DriverContext;
  readonly #base: string;
  readonly #requests: readonly Written[];
  /** By slot, of those that were redirected. */
  readonly #paths = new Map<number, Path>();
  readonly #hops = new Map<number, Hop>();

  private constructor(most: number, context: DriverContext, { tls, authority, path }: Endpoint) {
    this.#most = most;
    this.#context = context;
    this.#base = `${tls === null ? 'http' : 'https'}://${authority}${path}`;
    this.#requests = context.operations.map(({ request }) => {
      const { method, path: below, headers } = request as RestRequest;
      return {
        ...{ method, path: compileTemplate(below), body: requestBody(request as RestRequest) },
        headers: Object.entries(headers).map(([name, text]) => [name.toLowerCase(), compileTemplate(text)] as const),
      };
    });
  }

  /** null: they are answers as others. */
  static of(context: DriverContext, endpoint: Endpoint): Redirects | null {
    const { followRedirects } = context.target as RestTarget;
    return followRedirects === undefined ? null : new Redirects(followRedirects, context, endpoint);
  }

  /** The request that the slot is at; undefined: the scenario's own. */
  hop(slot: number): Hop | undefined {
    return this.#hops.get(slot);
  }

  /** The attempt is over. */
  forget(slot: number): void {
    if (this.#paths.delete(slot)) this.#hops.delete(slot);
  }

  /** What is asked next; why nothing is; null: this is no redirect. `location` is null where there is none. */
  next(slot: number, status: number, location: string | null): Hop | string | null {
    const call = this.#context.calls[slot];
    if (call === undefined || location === null || !redirections.includes(status)) return null;
    const path = this.#paths.get(slot) ?? this.#begin(call);
    if (path.hops === this.#most) return `more than ${this.#most} redirects`;
    const url = URL.parse(location, path.url.href);
    if (url === null || !/^https?:$/.test(url.protocol)) return 'redirect to no address of HTTP';
    if (!mayDial(url.hostname)) return 'redirect to a host that is not allowed';
    if (path.method !== 'HEAD' && (status === 303 || (status <= 302 && path.method === 'POST'))) {
      path.method = 'GET';
      path.hasBody = false;
    }
    if (url.origin !== path.url.origin) path.hasCredentials = false;
    path.url = url;
    path.hops++;
    this.followed++;
    this.#paths.set(slot, path);
    const hop = this.#hopOf(call, path);
    this.#hops.set(slot, hop);
    return hop;
  }

  #begin(call: Call): Path {
    const written = this.#requests[call.operation];
    const path = written?.path.text(call, this.#payloadOf(call)) ?? '/';
    const url = new URL(`${this.#base}${path}`);
    return { hops: 0, url, method: written?.method ?? 'GET', hasBody: true, hasCredentials: true };
  }

  #hopOf(call: Call, { url, method, hasBody, hasCredentials }: Path): Hop {
    const { headers = [], body = null } = this.#requests[call.operation] ?? {};
    const payload = this.#payloadOf(call);
    const kept = headers.filter(([name]) => {
      if (!hasBody && name.startsWith('content-')) return false;
      return hasCredentials || !credentials.includes(name);
    });
    return {
      ...{ url, method, isForeign: url.origin !== new URL(this.#base).origin },
      headers: kept.map(([name, value]) => [name, value.text(call, payload)] as const),
      body: hasBody && body !== null ? body.bytes(call, payload) : null,
    };
  }

  #payloadOf({ operation, payload }: Call): Buffer | undefined {
    return this.#context.payloads[operation]?.[payload];
  }
}

/** As HTTP/1.1 has it. */
export function hopBytes({ url, method, headers, body }: Hop): Buffer {
  const lines = [`${method} ${url.pathname}${url.search} HTTP/1.1`];
  if (!headers.some(([name]) => name === 'host')) lines.push(`host: ${url.host}`);
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  if (body !== null) lines.push(`content-length: ${body.length}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body ?? Buffer.alloc(0)]);
}
