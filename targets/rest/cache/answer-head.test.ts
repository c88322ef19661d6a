import { describe, expect, it } from 'vitest';
import { cachingHead } from './answer-head.ts';

function head(...lines: readonly string[]) {
  return cachingHead(['HTTP/1.1 200 OK', ...lines].join('\r\n'));
}

describe('the head of an answer', () => {
  it('says for how long it may be shown, and how much of that is over', () => {
    expect(head('Cache-Control: public, max-age=60', 'Age: 12')).toMatchObject({ maxAgeSeconds: 60, ageSeconds: 12 });
    expect(head('cache-control: s-maxage=5')).toMatchObject({ maxAgeSeconds: 0 });
    expect(head('cache-control: no-cache, max-age=60')).toMatchObject({ maxAgeSeconds: 0, mayBeKept: true });
    expect(head('cache-control: no-store')).toMatchObject({ mayBeKept: false });
    expect(head()).toMatchObject({ maxAgeSeconds: 0, tag: null, mayBeKept: true, varies: [], status: null });
  });

  it.each([
    ['"7"', 7],
    ['"4294967295"', 4_294_967_295],
    ['"4294967296"', 0],
    ['W/"7"', 0],
    ['"abc"', 0],
  ])('has the tag %s, which is the version %i', (tag, version) => {
    expect(head(`ETag: ${tag}`)).toMatchObject({ tag, version });
  });

  it('names what it varies by, and what caches on its way did', () => {
    expect(head('Vary: Accept-Encoding, Authorization').varies).toEqual(['accept-encoding', 'authorization']);
    expect(head('Cache-Status: nginx; hit').status).toBe('nginx; hit');
  });
});
