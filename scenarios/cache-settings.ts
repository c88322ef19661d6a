/** What is cached of a target's reads, where, and for how long, as a scenario says it. */
import type { GatewayName } from './gateway.ts';

/**
 * `none`: nothing; what is shown is watched all the same. `etag`: kept, and asked about each time whether it still holds.
 * `max-age`: shown without asking for so long, then asked about.
 */
export const cacheKinds = ['none', 'etag', 'max-age'] as const;
export type CacheKind = (typeof cacheKinds)[number];

export const cachePlaces = ['client', 'gateway'] as const;
export type CachePlace = (typeof cachePlaces)[number];

export interface CacheSettings {
  readonly kind: CacheKind;
  readonly at: CachePlace;
  /** Of max-age, else 0. HTTP knows whole seconds. */
  readonly maxAgeSeconds: number;
  /** Clients, each of which has its share of the operations and, at: client, a cache of its own. */
  readonly clients: number;
  /** Bounds of each client's. */
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** What each program can do soundly, as it comes: HAProxy never asks about what it has, Envoy's cache is not finished. */
export const cachesOfGateway: Readonly<Record<GatewayName, readonly CacheKind[]>> = {
  nginx: ['none', 'etag', 'max-age'],
  envoy: ['none'],
  haproxy: ['none', 'max-age'],
};

/** Of all clients together, so that the harness does not run out of memory. */
export const mostCachedBytes = 1024 ** 3;

/** Of a resolved target, whatever its protocol; null: nobody looks. */
export function cacheOf(target: object): CacheSettings | null {
  return (target as { readonly cache?: CacheSettings }).cache ?? null;
}

/** What its gateway keeps; null: nothing. */
export function gatewayCacheOf(target: object): CacheSettings | null {
  const cache = cacheOf(target);
  return cache === null || cache.at !== 'gateway' || cache.kind === 'none' ? null : cache;
}
