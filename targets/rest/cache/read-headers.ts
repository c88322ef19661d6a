/** What our service says of keeping what it shows, as its target asks for (RFC 9111). */
import type { CacheSettings } from '../../../scenarios/cache-settings.ts';

/** `cache`: absent where nobody keeps anything. */
export function readHeaders(cache: CacheSettings | undefined): Readonly<Record<string, string>> {
  if (cache === undefined || cache.kind === 'none') return { 'cache-control': 'private, no-cache' };
  const { kind, at, maxAgeSeconds } = cache;
  const who = at === 'gateway' ? 'public' : 'private';
  if (kind === 'max-age') return { 'cache-control': `${who}, max-age=${maxAgeSeconds}` };
  // To nginx, which keeps no answer of `no-cache`, this one is over as soon as it has it: so it is kept and asked about.
  return { 'cache-control': `${who}, no-cache`, ...(at === 'gateway' && { 'x-accel-expires': '@1' }) };
}
