/** Connections to where redirects lead beside the target itself: dialled when they are needed, as many as the target has. */
import type { TlsSettings } from '../../scenarios/scenario.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import { createReadBuffer, type Endpoint } from '../driver-kit/client-socket.ts';
import { HttpConnection } from './http-connection.ts';
import type { Hop } from './redirects.ts';
import { noSlot, type RestConnectionOwner } from './rest-connection.ts';

export interface HopListener {
  answered(connection: HttpConnection, slot: number, status: number, retryAfterMs: number): void;
  /** `connection` null: there was none. */
  failed(slot: number, reason: string, connection: HttpConnection | null): void;
  opened(): void;
}

export interface ForeignOptions {
  /** Connections to each origin. */
  readonly most: number;
  readonly tls: TlsSettings | undefined;
  readonly codec: BodyCodec | null;
  readonly listener: HopListener;
}

export class ForeignOrigins {
  readonly #options: ForeignOptions;
  readonly #origins = new Map<string, ForeignOrigin>();

  constructor(options: ForeignOptions) {
    this.#options = options;
  }

  send(slot: number, hop: Hop): void {
    const { origin } = hop.url;
    const known =
      this.#origins.get(origin) ?? new ForeignOrigin(endpointOfUrl(hop.url, this.#options.tls), this.#options);
    this.#origins.set(origin, known);
    known.send(slot, hop);
  }

  abort(slot: number): void {
    for (const origin of this.#origins.values()) origin.abort(slot);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#origins.values()].map((origin) => origin.close()));
  }
}

/** Our certificate is for the target alone, and so is the name that its own must have. */
function endpointOfUrl(url: URL, settings: TlsSettings | undefined): Endpoint {
  const isSecure = url.protocol === 'https:';
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const { ca, verify = true } = settings ?? {};
  return {
    host: hostname,
    port: Number(url.port) || (isSecure ? 443 : 80),
    tls: isSecure ? { hostname, ...(settings && { settings: { ...(ca !== undefined && { ca }), verify } }) } : null,
    ...{ authority: url.host, path: '', query: '' },
  };
}

interface Waiting {
  readonly slot: number;
  readonly hop: Hop;
}

class ForeignOrigin implements RestConnectionOwner<HttpConnection> {
  readonly #endpoint: Endpoint;
  readonly #options: ForeignOptions;
  readonly #readBuffer = createReadBuffer();
  readonly #connections = new Set<HttpConnection>();
  readonly #idle: HttpConnection[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #busy = new Map<number, HttpConnection>();
  /** Connections that are not open yet. */
  #dialling = 0;

  constructor(endpoint: Endpoint, options: ForeignOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
  }

  send(slot: number, hop: Hop): void {
    const connection = this.#idle.pop();
    if (connection !== undefined) {
      this.#give(connection, { slot, hop });
      return;
    }
    this.#waiting.push({ slot, hop });
    this.#dial();
  }

  /** As many as wait, and no more than there may be. */
  #dial(): void {
    const { most, codec } = this.#options;
    while (this.#dialling < this.#waiting.length && this.#connections.size < most) {
      this.#dialling++;
      const beneath = { writers: [], codec, keepsBodies: false, readBuffer: this.#readBuffer, owner: this };
      this.#connections.add(new HttpConnection({ index: 0, endpoint: this.#endpoint, ...beneath }));
    }
  }

  #give(connection: HttpConnection, { slot, hop }: Waiting): void {
    this.#busy.set(slot, connection);
    connection.sendHop(slot, hop);
  }

  opened(connection: HttpConnection): void {
    this.#dialling--;
    this.#options.listener.opened();
    this.freed(connection);
  }

  /** The attempt was told to be sent with its first request. */
  sent(): void {}

  freed(connection: HttpConnection): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(connection);
    else this.#give(connection, next);
  }

  spent(connection: HttpConnection): void {
    this.#forget(connection);
    this.#dial();
  }

  answered(connection: HttpConnection, slot: number, status: number, retryAfterMs: number): void {
    this.#busy.delete(slot);
    this.#options.listener.answered(connection, slot, status, retryAfterMs);
  }

  broke(connection: HttpConnection, slot: number, reason: string): void {
    const wasIdle = this.#idle.includes(connection);
    this.#forget(connection);
    this.#busy.delete(slot);
    if (slot !== noSlot) this.#options.listener.failed(slot, reason, connection);
    else if (!wasIdle) {
      this.#dialling--;
      const next = this.#waiting.shift();
      if (next !== undefined) this.#options.listener.failed(next.slot, reason, null);
    }
    this.#dial();
  }

  #forget(connection: HttpConnection): void {
    this.#connections.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
  }

  abort(slot: number): void {
    const at = this.#waiting.findIndex((one) => one.slot === slot);
    if (at !== -1) this.#waiting.splice(at, 1);
    const connection = this.#busy.get(slot);
    if (connection === undefined) return;
    this.#busy.delete(slot);
    connection.drop();
    this.#forget(connection);
    this.#dial();
  }

  async close(): Promise<void> {
    this.#waiting.length = 0;
    await Promise.all([...this.#connections].map((connection) => connection.close()));
  }
}
