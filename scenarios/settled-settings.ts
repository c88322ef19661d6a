/**
 * Where events of an own system are seen, as resolved: that which settles a flow, or those that it publishes to its
 * subscribers.
 */
import type { Sasl, TlsSettings } from './access-settings.ts';
import type { Spoken } from './protocols/registry.ts';

/** Where an event holds the operation's id: in its JSON, in a header, or as the key of a record. */
export type EventId = { readonly pointer: string } | { readonly header: string } | 'key';

/** The value at a JSON pointer is one of these. */
export interface ValueMatch {
  readonly pointer: string;
  readonly equals: readonly string[];
}

interface SettledBase {
  readonly tls?: TlsSettings;
}

interface SettledByMessage extends SettledBase {
  readonly id: EventId;
  /** Absent: every event that holds an id settles. */
  readonly until?: ValueMatch;
}

export interface SettledByTopic extends SettledByMessage {
  readonly by: 'topic';
  readonly topic: string;
  /** `host:port`, of a cluster several with commas between. */
  readonly address: string;
  readonly sasl?: Sasl;
}

interface SettledByBroker extends SettledByMessage {
  /** A URL of AMQP. */
  readonly address: string;
  readonly user?: string;
  readonly password?: string;
  readonly vhost?: string;
}

/** The messages of our flows are taken from it. */
export interface SettledByQueue extends SettledByBroker {
  readonly by: 'queue';
  readonly queue: string;
  /** Those of others, too. */
  readonly mayDiscard: boolean;
}

/** Through an exclusive queue of our own, which takes nothing from anybody. */
export interface SettledByExchange extends SettledByBroker {
  readonly by: 'exchange';
  readonly exchange: string;
  readonly routingKey: string;
}

export interface SettledByWebSocket extends SettledByMessage {
  readonly by: 'websocket';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text messages, as soon as it is open. */
  readonly send: readonly string[];
}

/** Server-sent events. */
export interface SettledBySse extends SettledByMessage {
  readonly by: 'sse';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A call of the target's own server that is answered with a stream. */
export interface SettledByStream extends SettledByMessage {
  readonly by: 'stream';
  /** `package.Service/Method` */
  readonly method: string;
  readonly message: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

export interface SettledByPoll extends SettledBase {
  readonly by: 'poll';
  /** Holds `{{id}}`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Between the end of one request for a flow and the next. */
  readonly everyMs: number;
  readonly until: ValueMatch;
}

/** Where events are seen that somebody tells. */
export type EventPlace =
  | SettledByTopic
  | SettledByQueue
  | SettledByExchange
  | SettledByWebSocket
  | SettledBySse
  | SettledByStream;

export type SettledSettings = (Exclude<EventPlace, SettledByStream> | SettledByPoll) & {
  /** A flow that settles later after its intended start is late; open ones are waited for so long after the load. */
  readonly withinMs: number;
};

/** What is spoken where they are seen. */
export const spokenAt: Readonly<Record<(EventPlace | SettledByPoll)['by'], Spoken>> = {
  topic: { protocol: 'stream' },
  queue: { protocol: 'queue' },
  exchange: { protocol: 'queue' },
  websocket: { protocol: 'websocket' },
  sse: { protocol: 'rest' },
  stream: { protocol: 'grpc' },
  poll: { protocol: 'rest' },
};

/** For people: `topic orders-settled`, `GET http://127.0.0.1:8080/orders/{{id}} every 100 ms`. */
export function settledText(settings: EventPlace | SettledByPoll): string {
  switch (settings.by) {
    case 'topic':
      return `topic ${settings.topic}`;
    case 'queue':
      return `queue ${settings.queue}`;
    case 'exchange':
      return `exchange ${settings.exchange}, "${settings.routingKey}"`;
    case 'websocket':
      return `WebSocket ${settings.url}`;
    case 'sse':
      return `server-sent events of ${settings.url}`;
    case 'stream':
      return `stream ${settings.method}`;
    case 'poll':
      return `GET ${settings.url} every ${settings.everyMs} ms`;
  }
}
