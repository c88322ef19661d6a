import { describe, expect, it } from 'vitest';
import { newClusterId } from './node.ts';

describe('newClusterId', () => {
  it('is 16 bytes that no command line takes for an option', () => {
    const ids = Array.from({ length: 2_000 }, newClusterId); // of plain random ones about 30 would begin with -
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
