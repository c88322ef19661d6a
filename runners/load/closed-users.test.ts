import { describe, expect, it } from 'vitest';
import { ClosedUsers } from './closed-users.ts';

const ms = 1e3;

/** Users whose starts are noted. */
function setUp(users: number, thinkTimeMs: number) {
  const closed = new ClosedUsers(users, thinkTimeMs);
  const started: number[] = [];
  closed.begin(0, (readyUs) => {
    started.push(readyUs);
  });
  return { closed, started };
}

describe('ClosedUsers', () => {
  it('starts each user, and again a think time after its operation ended', () => {
    const { closed, started } = setUp(2, 10);
    closed.tick(0);
    expect(started).toEqual([0, 0]);
    closed.free(5 * ms);
    closed.tick(14 * ms);
    expect(started).toHaveLength(2);
    closed.tick(16 * ms);
    expect(started).toEqual([0, 0, 15 * ms]);
  });

  it('goes on at once without think time, but never within the callback', async () => {
    const { closed, started } = setUp(1, 0);
    closed.tick(0);
    closed.free(5 * ms);
    expect(started).toHaveLength(1);
    await Promise.resolve();
    expect(started).toEqual([0, 5 * ms]);
  });

  it('tries once a tick while the client itself refuses, without end and without being late', async () => {
    const closed = new ClosedUsers(3, 0);
    const started: number[] = [];
    const now = { us: 0 };
    closed.begin(0, (readyUs) => {
      started.push(readyUs);
      closed.refused(now.us);
    });
    for (const us of [0, 4 * ms, 8 * ms]) {
      now.us = us;
      closed.tick(us);
      await Promise.resolve();
    }
    expect(started).toEqual([0, 4 * ms, 8 * ms].flatMap((us) => [us, us, us]));
  });

  it('thinks after a refusal as after an answer', () => {
    const { closed, started } = setUp(1, 10);
    closed.tick(0);
    closed.refused(1 * ms);
    closed.tick(10 * ms);
    expect(started).toHaveLength(1);
    closed.tick(12 * ms);
    expect(started).toEqual([0, 11 * ms]);
  });
});
