/** A cache in words, as printed beside the numbers. */
import type { SettingValue } from '../../../result/result-types.ts';
import type { CacheSettings } from '../../../scenarios/cache-settings.ts';

/** Nothing where nobody looks. */
export function cacheSemantics(cache: CacheSettings | null): Readonly<Record<string, SettingValue>> {
  if (cache === null) return {};
  const { kind, at, maxAgeSeconds, clients, maxEntries, maxBytes } = cache;
  const what = {
    none: 'none',
    etag: 'asked about each time',
    'max-age': `shown for ${maxAgeSeconds} s without asking`,
  }[kind];
  const whose = clients === 1 ? 'one client' : `${clients} clients`;
  if (kind === 'none') return { cache: `${what}, ${whose}` };
  const where =
    at === 'gateway'
      ? `at the gateway, for ${whose}`
      : `of ${whose} each, ${maxEntries} answers or ${maxBytes / 1024 ** 2} MiB`;
  return { cache: `${where}, ${what}` };
}
