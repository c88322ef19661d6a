/**
 * A state in 64 bits, whatever the order in which its entries are looked at: two states of the same digest are the same. Each
 * entry says by which event it was changed last, and by which requests before, so that an event that is missing, doubled or
 * in another place shows.
 */
import { crc32 } from 'node:zlib';

/** `trail`: see trailOf. `lastEvent`: the how manieth of all events, from 1; 0: it was there before them. */
interface Entry {
  readonly lastEvent: number;
  readonly trail: number;
}

/** Key and payload by their CRC-32. */
export interface OrderEntry extends Entry {
  readonly id: string;
  readonly keyHash: number;
  readonly payloadHash: number;
  readonly status: string;
  readonly version: number;
}

/** The account by its CRC-32. */
export interface AccountEntry extends Entry {
  readonly accountHash: number;
  readonly cents: number;
}

export class StateDigest {
  #high = 0;
  #low = 0;

  add(entry: OrderEntry | AccountEntry): void {
    this.#count(entry, 1);
  }

  /** It is to be changed. */
  remove(entry: OrderEntry | AccountEntry): void {
    this.#count(entry, -1);
  }

  #count(entry: OrderEntry | AccountEntry, sign: 1 | -1): void {
    const hash = crc32(textOf(entry));
    this.#high = (this.#high + sign * mixed(hash)) >>> 0;
    this.#low = (this.#low + sign * mixed(hash ^ 0x9e3779b9)) >>> 0;
  }

  /** 16 hex digits. */
  get text(): string {
    return [this.#high, this.#low].map((half) => half.toString(16).padStart(8, '0')).join('');
  }
}

/** Of all requests that changed an entry so far, in their order. */
export function trailOf(before: number, request: string): number {
  return crc32(request, before);
}

function textOf(entry: OrderEntry | AccountEntry): string {
  const { lastEvent, trail } = entry;
  if ('accountHash' in entry) return `account ${entry.accountHash} ${entry.cents} ${lastEvent} ${trail}`;
  const { id, keyHash, payloadHash, status, version } = entry;
  return `order ${id} ${keyHash} ${payloadHash} ${status} ${version} ${lastEvent} ${trail}`;
}

/** The last steps of MurmurHash3: sums of CRCs alone would come to the same for some that changed places. */
function mixed(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
