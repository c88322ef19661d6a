import { expect, it } from 'vitest';
import { RefusedPublishes } from './refused-publishes.ts';

it('asks for a new channel once nothing but refusals has come for a second, and then counts anew', () => {
  const refused = new RefusedPublishes();
  expect([0, 400, 999, 1_000, 1_100, 2_000, 2_100].map((atMs) => refused.add(atMs))).toEqual([
    ...[false, false, false, true],
    ...[false, false, true],
  ]);
});

it('asks for none while some are taken: a full queue is no lost leader', () => {
  const refused = new RefusedPublishes();
  refused.add(0);
  refused.end();
  expect(refused.add(1_500)).toBe(false);
  expect(refused.add(2_499)).toBe(false);
});
