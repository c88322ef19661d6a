/** A target of a queue, and what its own broker is sent. */
import type { BodyCompression, EncodedBody, PayloadCodec, QueueCodec } from '../../codecs.ts';
import type { ClientSettings, OnRefusal, TargetBase } from '../../target-base.ts';
import type { queueFacts } from './facts.ts';

/** One acknowledgement for `every` messages, or for those that the first has waited `lingerMs` with. */
export interface AckBatch {
  readonly every: number;
  readonly lingerMs: number;
}

export interface QueueKind {
  readonly type: 'classic' | 'quorum' | 'stream';
  /** Of a quorum queue: a message that was given back so often goes to the dead letters the next time. Absent: it comes for ever. */
  readonly deliveryLimit?: number;
  /** Of a stream: where our service begins each time that it does. Absent: stored. */
  readonly startAt?: 'stored' | 'first' | 'next';
}

export interface QueueTarget extends TargetBase {
  readonly protocol: 'queue';
  /** Of an own system, in place of those in its address. */
  readonly user?: string;
  readonly password?: string;
  readonly vhost?: string;
  readonly broker: (typeof queueFacts.brokers)[number]['name'];
  readonly settings?: ClientSettings;
  /** What keeps the messages of our service; absent: a classic queue. */
  readonly queue?: QueueKind;
  /** Nodes that keep the queue of our service; absent: one. */
  readonly replicas?: number;
  readonly durable: boolean;
  readonly confirms: boolean;
  /** Of our service: after the effect of a message, or as it is sent to it. Left out: manual. */
  readonly ack?: 'manual' | 'auto';
  readonly prefetch: number;
  /** Clients that publish to each queue of our service; absent: one a load thread. */
  readonly producers?: number;
  /** Of our service; left out: requeue. */
  readonly onRefusal?: OnRefusal;
  /** With `onRefusal: deadLetter`: one that exists. Absent: one of the trial's own. */
  readonly deadLetter?: { readonly exchange: string };
  /** Of our service, manual: several at once. Absent: each by itself. */
  readonly ackBatch?: AckBatch;
  /** Messages published and not confirmed, at most; absent: no bound. */
  readonly confirmWindow?: number;
  /** Of what our service takes and answers; absent: bodies are payloads, all else is in headers. */
  readonly codec?: PayloadCodec;
  /** Of message bodies, told by their content-encoding; absent: none. */
  readonly compression?: BodyCompression<QueueCodec>;
  readonly requests?: Readonly<Record<string, QueueRequest>>;
  /**
   * Own system: complete at delivery to the harness's own consumer, of this request's queue or of an exclusive one that is
   * bound so.
   */
  readonly consume: boolean | { readonly bind: { readonly exchange: string; readonly routingKey: string } };
  /** What a queue that is consumed holds of others: it is not used, or they are lost. Absent: refuse. */
  readonly existing?: 'refuse' | 'discard';
  readonly reply?: { readonly queue: string };
  /** How replies come: on a queue, or by RabbitMQ's direct reply-to, without one. Left out: queue. */
  readonly replies?: 'queue' | 'direct';
}

export interface QueueRequest {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: string;
  /** In its place, of a reference target. */
  readonly encoded?: EncodedBody;
  readonly headers: Readonly<Record<string, HeaderValue>>;
  /** A message that no queue takes comes back and fails. Left out: true. */
  readonly mandatory?: boolean;
  readonly properties?: QueueProperties;
}
/** Of an AMQP header, with the type that it has in the scenario. */
export type HeaderValue =
  | string
  | number
  | boolean
  | null
  | readonly HeaderValue[]
  | { readonly [name: string]: HeaderValue };
/** Of an AMQP message. What is left out is not sent, but `messageId` and `correlationId`, which are ours then. */
export interface QueueProperties {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly priority?: number;
  readonly correlationId?: string;
  readonly replyTo?: string;
  /** Milliseconds. */
  readonly expiration?: number;
  readonly messageId?: string;
  /** Seconds since 1970. */
  readonly timestamp?: number | 'now';
  readonly type?: string;
  readonly userId?: string;
  readonly appId?: string;
}
