import { expect, it } from 'vitest';
import { bounded } from './bounded.ts';

const longMs = 60_000;

it('waits for work however it ends, and for nothing where there is none', async () => {
  let isOver = false;
  await bounded(
    longMs,
    Promise.resolve().then(() => {
      isOver = true;
    }),
  );
  expect(isOver).toBe(true);
  await expect(bounded(longMs, Promise.reject(new Error('gone')))).resolves.toBeUndefined();
  await expect(bounded(longMs, undefined)).resolves.toBeUndefined();
});

it('does not wait for work that does not end', async () => {
  await expect(bounded(1, new Promise(() => undefined))).resolves.toBeUndefined();
});
