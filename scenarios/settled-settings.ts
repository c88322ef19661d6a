/** By which event a flow of an own system is settled, and where that event is observed; as resolved. */
import type { Sasl, TlsSettings } from './access-settings.ts';

/** Where an event holds the operation's id: in its JSON, in a header, or as the key of a record. */
export type EventId = { readonly pointer: string } | { readonly header: string } | 'key';

/** The value at a JSON pointer is one of these. */
export interface ValueMatch {
  readonly pointer: string;
  readonly equals: readonly string[];
}

interface SettledBase {
  /** A flow that settles later after its intended start is late; open ones are waited for so long after the load. */
  readonly withinMs: number;
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

export interface SettledByPoll extends SettledBase {
  readonly by: 'poll';
  /** Holds `{{id}}`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Between the end of one request for a flow and the next. */
  readonly everyMs: number;
  readonly until: ValueMatch;
}

export type SettledSettings = SettledByTopic | SettledByQueue | SettledByExchange | SettledByWebSocket | SettledByPoll;

/** For people: `topic orders-settled`, `GET http://127.0.0.1:8080/orders/{{id}} every 100 ms`. */
export function settledText(settings: SettledSettings): string {
  switch (settings.by) {
    case 'topic':
      return `topic ${settings.topic}`;
    case 'queue':
      return `queue ${settings.queue}`;
    case 'exchange':
      return `exchange ${settings.exchange}, "${settings.routingKey}"`;
    case 'websocket':
      return `WebSocket ${settings.url}`;
    case 'poll':
      return `GET ${settings.url} every ${settings.everyMs} ms`;
  }
}
