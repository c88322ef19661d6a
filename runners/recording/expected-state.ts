/**
 * What a service must hold, from the evidence and the records of its clients alone: a second opinion on the fold of its log,
 * which shares nothing with the service's own but what a digest is, and what the history before the load is.
 */
import { crc32 } from 'node:zlib';
import { paymentCents } from '../../targets/domain/accounts.ts';
import { historyEvent } from '../../targets/domain/event-history.ts';
import { formatOperationId } from '../../targets/domain/operation-id.ts';
import {
  cancellableOrderId,
  type Population,
  populationIds,
  readableOrderId,
} from '../../targets/domain/service-options.ts';
import { StateDigest, trailOf } from '../../targets/domain/state-digest.ts';
import { cancelKeys, readKeys } from '../load/call-source.ts';

/** An operation that changed something, as its client knows it. */
export interface ChangeOfClient {
  readonly action: string;
  readonly producer: number;
  readonly sequence: number;
  /** By number, see call-source. */
  readonly key: number;
  readonly keyHash: number;
  readonly payloadHash: number;
}

interface OrderRow {
  keyHash: number;
  payloadHash: number;
  status: string;
  version: number;
  lastEvent: number;
  trail: number;
}

interface AccountRow {
  readonly accountHash: number;
  cents: number;
  lastEvent: number;
  trail: number;
}

export class ExpectedState {
  readonly #trialTag: string;
  readonly #orders = new Map<string, OrderRow>();
  /** By the number of the key, those of the history by name. */
  readonly #accounts = new Map<number | string, AccountRow>();
  #events = 0;

  constructor(trialTag: string, population: Population, history: number) {
    this.#trialTag = trialTag;
    for (const id of populationIds(population)) {
      this.#orders.set(id, { keyHash: 0, payloadHash: 0, status: 'placed', version: 1, lastEvent: 0, trail: 0 });
    }
    for (let n = 0; n < history; n++) this.#live(n);
  }

  get events(): number {
    return this.#events;
  }

  /** Part of what was there before the load. */
  #live(n: number): void {
    const event = historyEvent(n);
    this.#events++;
    if (event.type === 'paid') this.#pay(event.account, crc32(event.account), event.cents, event.request);
    else {
      const row = this.#touched(event.id, event.request);
      if (event.type === 'placed') row.keyHash = crc32(event.key);
      if (event.type === 'cancelled') row.status = 'cancelled';
      else row.payloadHash = crc32(event.payload);
    }
  }

  apply({ action, producer, sequence, key, keyHash, payloadHash }: ChangeOfClient): void {
    const request = formatOperationId(this.#trialTag, producer, sequence);
    this.#events++;
    if (action === 'pay') this.#pay(key, keyHash, paymentCents, request);
    else if (action === 'place')
      Object.assign(this.#touched(request, request), { keyHash, payloadHash, status: 'placed' });
    else if (action === 'update') this.#touched(readableOrderId(key - readKeys), request).payloadHash = payloadHash;
    else if (action === 'cancel') this.#touched(cancellableOrderId(key - cancelKeys), request).status = 'cancelled';
  }

  /** The row of an order, with one change more. */
  #touched(id: string, request: string): OrderRow {
    let row = this.#orders.get(id);
    if (row === undefined) {
      row = { keyHash: 0, payloadHash: 0, status: 'placed', version: 0, lastEvent: 0, trail: 0 };
      this.#orders.set(id, row);
    }
    row.version++;
    row.lastEvent = this.#events;
    row.trail = trailOf(row.trail, request);
    return row;
  }

  #pay(account: number | string, accountHash: number, cents: number, request: string): void {
    let row = this.#accounts.get(account);
    if (row === undefined) {
      row = { accountHash, cents: 0, lastEvent: 0, trail: 0 };
      this.#accounts.set(account, row);
    }
    row.cents += cents;
    row.lastEvent = this.#events;
    row.trail = trailOf(row.trail, request);
  }

  digest(): string {
    const digest = new StateDigest();
    for (const [id, row] of this.#orders) digest.add({ id, ...row });
    for (const row of this.#accounts.values()) digest.add(row);
    return digest.text;
  }
}
