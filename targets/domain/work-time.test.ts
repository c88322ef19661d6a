import { describe, expect, it } from 'vitest';
import { workFor } from './work-time.ts';

function busyFor(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('work of a set time', () => {
  it('is never shorter, though a timer of Node fires up to a millisecond early', async () => {
    for (let n = 0; n < 20; n++) {
      busyFor(0.5 + n / 20);
      const startedAt = performance.now();
      await new Promise<void>((resolve) => workFor(5, resolve));
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(5);
    }
  });
});
