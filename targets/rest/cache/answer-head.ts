/** What the head of an answer says about keeping it, and where it was kept on its way (RFC 9111, RFC 9211). */

export interface CachingHead {
  /** As it stands there, quotes and all; null: none. */
  readonly tag: string | null;
  /** Of our own service, whose tag is the version; 0: not known. */
  readonly version: number;
  /** 0: not to be shown without asking; null: nothing is said of keeping it, so that a 304 leaves what was said before. */
  readonly maxAgeSeconds: number | null;
  /** Spent in caches on the way. */
  readonly ageSeconds: number;
  readonly mayBeKept: boolean;
  /** Request headers that decide about the answer, in lower case. */
  readonly varies: readonly string[];
  /** What a cache on the way says that it did; null: there was none. */
  readonly status: string | null;
}

export function cachingHead(head: string): CachingHead {
  const control = headerIn(head, 'cache-control')?.toLowerCase() ?? null;
  const tag = headerIn(head, 'etag');
  const isAsked = control !== null && /(^|[\s,])no-cache/.test(control);
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,9})/.exec(control ?? '')?.[1];
  return {
    tag,
    version: versionIn(tag),
    maxAgeSeconds: control === null ? null : isAsked || maxAge === undefined ? 0 : Number(maxAge),
    ageSeconds: Number(/^\d+/.exec(headerIn(head, 'age') ?? '')?.[0] ?? 0),
    mayBeKept: !/(^|[\s,])no-store/.test(control ?? ''),
    varies: (headerIn(head, 'vary') ?? '')
      .toLowerCase()
      .split(/[\s,]+/)
      .filter((name) => name !== ''),
    status: headerIn(head, 'cache-status'),
  };
}

/** Of 32 bits. */
function versionIn(tag: string | null): number {
  const version = Number(/^"(\d{1,10})"$/.exec(tag ?? '')?.[1] ?? 0);
  return version > 0xffffffff ? 0 : version;
}

/** Several lines of one name are one list (RFC 9110 §5.3). */
function headerIn(head: string, name: string): string | null {
  const lines = [...head.matchAll(new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'gim'))];
  return lines.length === 0 ? null : lines.map(([, value]) => value).join(', ');
}
