import { describe, expect, it } from 'vitest';
import { ClosedUsers, usersAt } from './closed-users.ts';

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

  it('has as many users as are wanted: more begin at once, one too many goes with its answer', async () => {
    const now = { wanted: 1 };
    const started: number[] = [];
    const closed = new ClosedUsers(3, 0, () => now.wanted);
    closed.begin(0, (readyUs) => {
      started.push(readyUs);
    });
    closed.tick(0);
    expect(started).toHaveLength(1);
    now.wanted = 3;
    closed.tick(1 * ms);
    expect(started).toEqual([0, 1 * ms, 1 * ms]);
    now.wanted = 2;
    closed.free(2 * ms);
    closed.free(2 * ms);
    await Promise.resolve();
    expect(started).toEqual([0, 1 * ms, 1 * ms, 2 * ms]);
    now.wanted = 0;
    closed.free(3 * ms);
    closed.refused(3 * ms);
    closed.tick(4 * ms);
    await Promise.resolve();
    expect(started).toHaveLength(4);
  });
});

describe('usersAt', () => {
  const stages = [
    { forMs: 100, fromUsers: 0, toUsers: 10 },
    { forMs: 50, fromUsers: 4, toUsers: 4 },
  ];
  it.each([
    [-5, 1],
    [0, 0],
    [50, 5],
    [99, 10],
    [100, 4],
    [149, 4],
    [200, 4],
  ])('at %d ms has %d users', (offsetMs, users) => {
    expect(usersAt(stages, offsetMs)).toBe(users);
  });
});
