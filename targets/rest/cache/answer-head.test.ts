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
    expect(head('cache-control: max-age=-1, ,;=')).toMatchObject({ maxAgeSeconds: 0 });
    expect(head()).toMatchObject({ maxAgeSeconds: null, tag: null, mayBeKept: true, varies: [], status: null });
  });

  it.each([
    ['-50', 0],
    ['soon', 0],
    ['7, 3', 7],
  ])('that has the age %s is %i s old: never from the future', (age, seconds) => {
    expect(head(`Age: ${age}`)).toMatchObject({ ageSeconds: seconds });
  });

  it('says what it says in several lines as if it were one', () => {
    const lines = ['Cache-Control: max-age=60', 'Vary: accept-encoding', 'CACHE-CONTROL: no-store', 'vary: *'];
    expect(head(...lines)).toMatchObject({ maxAgeSeconds: 60, mayBeKept: false, varies: ['accept-encoding', '*'] });
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
