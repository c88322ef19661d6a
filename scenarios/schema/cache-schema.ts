/** `cache:` of a target: what is kept of its reads, by each client or by the gateway. */
import { z } from 'zod';
import { type CacheSettings, cacheKinds, cachePlaces, cachesOfGateway, mostCachedBytes } from '../cache-settings.ts';
import { type GatewayName, gatewayNames } from '../gateway.ts';
import type { TargetCheck } from '../protocols/protocol-definition.ts';
import type { WrittenRequests } from '../protocols/rest/request-schema.ts';
import { duration, object, quantity, wholeNumber } from './fields.ts';

export const cacheSchema = object({
  kind: z
    .enum(cacheKinds)
    .describe(
      'none: what reads show is watched, nothing is kept; etag: kept, and asked about each time (If-None-Match); max-age: shown without asking for so long, then asked about.',
    ),
  at: z
    .enum(cachePlaces)
    .default('client')
    .describe('client: each client has a cache of its own; gateway: the target’s gateway has one for all.'),
  maxAge: duration('1s', '8784h')
    .optional()
    .describe(
      'For how long what is kept is shown without asking, in whole seconds, as HTTP has it. Left out: of the kinds that have none.',
    ),
  clients: wholeNumber(1, 10_000)
    .default(1)
    .describe(
      'Clients, over all load threads: each has its share of the operations, and sees what it sees in its order.',
    ),
  maxEntries: wholeNumber(1, 1_000_000)
    .default(10_000)
    .describe('At: client, answers that each keeps at most; what was not used for longest goes first.'),
  maxBytes: quantity('size', { least: '1KiB', most: '1GiB' })
    .prefault('16MiB')
    .describe('At: client, bytes that each keeps at most.'),
}).describe('How reads are cached, and whether what they show is stale. Left out: nothing is, and nobody looks.');

export type WrittenCache = z.output<typeof cacheSchema>;

export function resolveCache(written: WrittenCache | undefined): { readonly cache?: CacheSettings } {
  if (written === undefined) return {};
  const { maxAge = 0, ...rest } = written;
  return { cache: { ...rest, maxAgeSeconds: maxAge / 1e3 } };
}

/** Each is in one load thread. null: nobody looks. */
export function cachingClients(target: object): number | null {
  return (target as { readonly cache?: WrittenCache }).cache?.clients ?? null;
}

interface CachingTarget {
  readonly cache?: WrittenCache | undefined;
  readonly gateway?: { readonly kind: GatewayName } | undefined;
  readonly address?: string | undefined;
  readonly engine?: string | undefined;
  readonly client?: string | undefined;
  readonly http?: number | undefined;
  readonly instances?: number | undefined;
  readonly store?: string | undefined;
  readonly requests?: WrittenRequests | undefined;
}

/** What the schema cannot say. */
export function checkCache(check: TargetCheck, target: CachingTarget): void {
  const { cache } = target;
  if (cache === undefined) return;
  checkAge(check, cache);
  checkPlace(check, cache, target);
  checkSpeaker(check, target);
  if (cache.at === 'client' && cache.kind !== 'none') checkCachedReads(check, target);
  const together = cache.clients * cache.maxBytes;
  if (cache.at === 'client' && cache.kind !== 'none' && together > mostCachedBytes) {
    const message = `${cache.clients} clients could keep ${Math.round(together / 1024 ** 2)} MiB; all together at most 1024`;
    check.report({ path: ['cache', 'maxBytes'], message });
  }
}

function checkAge({ has, report }: TargetCheck, { kind, maxAge }: WrittenCache): void {
  const path = ['cache', 'maxAge'];
  if (kind === 'max-age' && maxAge === undefined && !has(path))
    report({ path: ['cache', 'kind'], message: 'max-age needs `maxAge`, e.g. maxAge: 1s' });
  else if (kind !== 'max-age' && maxAge !== undefined)
    report({ path, message: `is of kind: max-age; ${kind} shows nothing without asking`, atKey: true });
  else if (maxAge !== undefined && maxAge % 1e3 !== 0)
    report({ path, message: 'is told in whole seconds by HTTP', suggestion: `${Math.ceil(maxAge / 1e3)}s` });
}

function checkPlace({ report }: TargetCheck, { kind, at }: WrittenCache, { gateway, address }: CachingTarget): void {
  const path = ['cache', 'at'];
  if (at === 'client') return;
  if (address !== undefined)
    report({ path, message: 'gateway is of our own services; of an own system its client may cache' });
  else if (gateway === undefined) report({ path, message: 'the target has no gateway; write its `gateway` too' });
  else if (!cachesOfGateway[gateway.kind].includes(kind)) {
    const able = gatewayNames.filter((name) => cachesOfGateway[name].includes(kind));
    report({ path, message: `${gateway.kind} cannot soundly cache by ${kind}; ${able.join(' and ')} can` });
  }
}

/** What is kept is found by its address alone; and a tag that is asked about travels in the place of a payload. */
function checkCachedReads({ report }: TargetCheck, { requests = {} }: CachingTarget): void {
  for (const [operation, { method, path, headers, body, multipart }] of Object.entries(requests)) {
    if (method !== 'GET') continue;
    const here = ['requests', operation];
    const hasContent = { body, multipart };
    for (const [key, content] of Object.entries(hasContent)) {
      const message = 'tells cached reads apart, which are kept by their address alone; say it in the path';
      if (content !== undefined) report({ path: [...here, key], message, atKey: true });
    }
    const texts: [string[], string][] = [[['path'], path]];
    for (const [name, value] of Object.entries(headers)) texts.push([['headers', name], value]);
    for (const [below, text] of texts) {
      const message = 'a cached read has no payload; {{key}}, {{id}}, {{sequence}} or {{random}} may stand here';
      if (/\{\{\s*payload/.test(text)) report({ path: [...here, ...below], message });
    }
  }
}

/** Whose answers can be looked at, and of whose versions there is one order. */
function checkSpeaker({ report }: TargetCheck, target: CachingTarget): void {
  const { engine = 'native', client = 'own', http = 1, instances = 1, store = 'memory', address } = target;
  const complain = (message: string) => report({ path: ['cache'], message, atKey: true });
  if (engine !== 'native') complain(`is for the native engine, not ${engine}`);
  else if (client !== 'own') complain(`is for client: own; ${client} keeps nothing here`);
  else if (http !== 1) complain('is for HTTP/1.1 here');
  if (address === undefined && instances > 1 && store === 'memory') {
    complain('needs store: file with several instances: in memory each counts versions of its own');
  }
  const values: Readonly<Record<string, unknown>> = { ...target };
  for (const [key, why] of excluded) {
    if (values[key] === undefined) continue;
    report({ path: ['cache'], message: `and ${key} exclude each other: ${why}`, atKey: true });
  }
}

const excluded = [
  ['batch', 'a batch is no answer to keep'],
  ['flow', 'a flow is read nowhere'],
  ['chain', 'its entry answers for others'],
  ['followRedirects', 'what was shown has another address'],
] as const;
