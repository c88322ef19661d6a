/** Orders, what is asked of them and what is answered, whatever the protocol. */
import type { ApiVersion } from '../../scenarios/api-versions.ts';
import type { OrderAction } from '../../scenarios/operations.ts';

export type { OrderAction };

export const orderStatuses = ['placed', 'cancelled', 'paid'] as const;

export interface Order {
  readonly id: string;
  readonly key: string;
  readonly payload: string;
  readonly status: (typeof orderStatuses)[number];
  /** Counts from 1 and grows with each change: the ETag. */
  readonly version: number;
}

/** One of those that are there before any request. */
export function orderOfPopulation(id: string): Order {
  return { id, key: '', payload: '', status: 'placed', version: 1 };
}

export interface OrderRequest {
  readonly action: OrderAction;
  /** The operation's id; the same for a retry. */
  readonly requestId: string;
  /** For `place` and `pay` the id of the new order or payment (by convention the request id); '' for `list`. */
  readonly orderId: string;
  /** Whose order it is (place), whose account is charged (pay); '' otherwise. */
  readonly key: string;
  /** For place and update; '' otherwise. */
  readonly payload: string;
  /** For update and cancel: a `conflict` unless the order has one of these versions. Left out: any. */
  readonly ifVersions?: readonly number[];
  /** Of the interface. Left out: the first. */
  readonly version?: ApiVersion;
  /** The broker says that it has sent it before. Left out: it did not say. */
  readonly redelivered?: boolean;
  /** Of a log, the one that it was read from: its record says so. Left out: none. */
  readonly partition?: number;
  /** Nobody waits for a reply. Left out: somebody does. */
  readonly isUnheard?: boolean;
  /** A broker's, which bounds how many there are at once: a full line does not turn it away. Left out: it does. */
  readonly canWait?: boolean;
}

/**
 * `created`, `ok`: done. `accepted`: received, will be done. `notFound`, `conflict` (another state, owner or version), `invalid`
 * (malformed request): refused. `unavailable`: refused at once, by the configured reject ratio or a full line, or because
 * the store could not keep it. `retired`: of a version of the interface that is gone.
 */
export const orderReplyCodes = [
  'created',
  'ok',
  'accepted',
  'notFound',
  'conflict',
  'invalid',
  'unavailable',
  'retired',
] as const;
export type OrderReplyCode = (typeof orderReplyCodes)[number];

export interface OrderReply {
  readonly code: OrderReplyCode;
  readonly order: Order | null;
  /** For `list`. */
  readonly orders?: readonly Order[];
  /** Of `unavailable`, where it is the store: as that puts it. */
  readonly why?: string;
  /** Of `unavailable`, where it is services that were asked: which of them did not do their part. */
  readonly failedCalls?: readonly string[];
}

/** As the peer is told of it. */
export function failedCallsText(names: readonly string[]): string {
  return `got no good answer from ${names.join(', ')}`;
}
