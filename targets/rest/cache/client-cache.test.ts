import { expect, it } from 'vitest';
import { ClientCache, type KeptAnswer } from './client-cache.ts';

function answer(bytes: number, more: Partial<KeptAnswer> = {}): KeptAnswer {
  return { tag: null, version: 1, body: Buffer.alloc(bytes), maxAgeSeconds: 0, freshUntilUs: 0, askedUs: 0, ...more };
}

it('what was not used for longest goes first, by number', () => {
  const cache = new ClientCache({ maxEntries: 2, maxBytes: 1_000 });
  cache.keep('/a', answer(1));
  cache.keep('/b', answer(1));
  cache.get('/a');
  cache.keep('/c', answer(1));
  expect([cache.get('/a'), cache.get('/b'), cache.get('/c')].map((kept) => kept !== null)).toEqual([true, false, true]);
  expect(cache).toMatchObject({ entries: 2, evicted: 1 });
});

it('never holds more bytes than it may, however many keys there are', () => {
  const cache = new ClientCache({ maxEntries: 1_000_000, maxBytes: 10_000 });
  for (let n = 0; n < 5_000; n++) {
    cache.keep(`/${n % 3_000}`, answer(100 + (n % 7) * 50));
    expect(cache.bytes).toBeLessThanOrEqual(10_000);
  }
  expect(cache.evicted).toBeGreaterThan(4_000);
  expect(cache.entries).toBeGreaterThan(10);
});

it('keeps nothing that is larger than all of it, nor what it had in its place', () => {
  const cache = new ClientCache({ maxEntries: 10, maxBytes: 100 });
  cache.keep('/a', answer(50));
  cache.keep('/a', answer(200));
  expect(cache).toMatchObject({ entries: 0, bytes: 0 });
});

it('what was asked for before a change of its own is not kept after it', () => {
  const cache = new ClientCache({ maxEntries: 1_000, maxBytes: 100_000 });
  const asked = (askedUs: number) => answer(1, { askedUs });
  for (let n = 0; n < 300; n++) cache.changed(`/${n}`, 1_000 + n);
  for (const address of ['/0', '/299', '/never']) cache.keep(address, asked(1_000));
  expect(cache.entries).toBe(0);
  for (const address of ['/0', '/299', '/never']) cache.keep(address, asked(1_300));
  expect(cache.entries).toBe(3);
  cache.changed('/0', 1_400);
  expect([cache.get('/0'), cache.get('/299')]).toEqual([null, expect.anything()]);
});

it('an answer that comes late does not take the place of one that was asked for after it', () => {
  const cache = new ClientCache({ maxEntries: 10, maxBytes: 100 });
  cache.keep('/a', answer(1, { version: 2, askedUs: 20 }));
  cache.keep('/a', answer(1, { version: 1, askedUs: 10 }));
  expect(cache.get('/a')?.version).toBe(2);
});
