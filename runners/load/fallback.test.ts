import { describe, expect, it } from 'vitest';
import { type Call, type DriverContext, outcomes, type Session } from '../../targets/driver.ts';
import { RecordedCell } from '../recording/recorder.ts';
import { DefaultFallback, ownFallback, StaleFallback } from './fallback.ts';
import { SecondTransport } from './second-transport.ts';
import { emptyCall } from './worker-share.ts';

const [read, write] = [0, 1];
const call = (operation: number, key: string): Call => ({ ...emptyCall(), operation, key, id: `id-${key}` });
const fallbacks = (cell: RecordedCell) => cell.peekLatency('fallback')?.count ?? 0;

it('is none, a default or a cache, as the scenario says; a second transport has a session of its own', () => {
  expect(ownFallback(undefined, [])).toBeNull();
  expect(ownFallback({ kind: 'transport', to: 'queue' }, [])).toBeNull();
  expect(ownFallback({ kind: 'default' }, [])).toBeInstanceOf(DefaultFallback);
  expect(ownFallback({ kind: 'stale' }, [])).toBeInstanceOf(StaleFallback);
});

it('answers a default at once, whatever was asked', () => {
  const cell = new RecordedCell();
  new DefaultFallback().answer(call(write, 'a'), cell, 1_000, 4_000);
  expect(fallbacks(cell)).toBe(1);
  expect(cell.peekLatency('fallback')?.maxUs).toBeGreaterThanOrEqual(3_000);
});

describe('a stale answer', () => {
  it('is the last good one to the same question, and says how old it is', () => {
    const stale = new StaleFallback([true, false]);
    const cell = new RecordedCell();
    stale.keep(call(read, 'a'), 1_000_000);
    stale.keep(call(read, 'a'), 2_000_000);
    stale.answer(call(read, 'a'), cell, 2_400_000, 2_500_000);
    expect(fallbacks(cell)).toBe(1);
    expect(cell.peekLatency('fallbackAge')?.count).toBe(1);
    expect(cell.peekLatency('fallbackAge')?.maxUs).toBeCloseTo(500_000, -4);
    expect(cell.policies.unanswered).toBe(0);
  });

  it('is not there for what was never asked before, nor for what changes something', () => {
    const stale = new StaleFallback([true, false]);
    const cell = new RecordedCell();
    stale.keep(call(read, 'a'), 1_000);
    stale.keep(call(write, 'b'), 1_000);
    stale.answer(call(read, 'b'), cell, 2_000, 2_000);
    stale.answer(call(write, 'b'), cell, 2_000, 2_000);
    expect(fallbacks(cell)).toBe(0);
    expect(cell.policies.unanswered).toBe(2);
  });
});

describe('a second transport', () => {
  const timeoutMs = 100;

  async function setUp(slots = 2) {
    let nowUs = 0;
    const second = new SecondTransport({ slots, timeoutsMs: [timeoutMs, timeoutMs], nowUs: () => nowUs });
    const started: number[] = [];
    const aborted: number[] = [];
    let context: DriverContext | null = null;
    const session = { start: (slot: number) => started.push(slot), abort: (slot: number) => aborted.push(slot) };
    const driver = {
      protocol: 'queue' as const,
      open: async (given: DriverContext) => {
        context = given;
        return session as unknown as Session;
      },
    };
    await second.open(driver, {} as DriverContext, new AbortController().signal);
    const at = (atUs: number) => {
      nowUs = atUs;
      second.tick(atUs);
    };
    return { second, started, aborted, at, calls: (context as DriverContext | null)?.calls ?? [] };
  }

  it('is asked the same, under the same id, and answers from the intended start on', async () => {
    const { second, started, at, calls } = await setUp();
    const cell = new RecordedCell();
    at(50_000);
    second.answer(call(write, 'a'), cell, 10_000, 50_000);
    const [slot = -1] = started;
    expect(calls[slot]).toMatchObject({ operation: write, key: 'a', id: 'id-a', attempt: 1 });
    expect(second.inFlight).toBe(1);
    at(60_000);
    second.completed(slot, outcomes.ok);
    second.completed(slot, outcomes.ok); // a driver's slip
    expect(second.inFlight).toBe(0);
    expect(fallbacks(cell)).toBe(1);
    expect(cell.peekLatency('fallback')?.minUs).toBeCloseTo(50_000, -3);
  });

  it('leaves unanswered what fails there too, what takes too long, and what it has no place for', async () => {
    const { second, started, aborted, at } = await setUp(2);
    const cell = new RecordedCell();
    for (const key of ['a', 'b', 'c']) second.answer(call(read, key), cell, 0, 0);
    expect(cell.policies.unanswered).toBe(1); // no place
    second.completed(started[0] ?? -1, outcomes.failed);
    at(timeoutMs * 1e3 + 10_000);
    expect(aborted).toEqual([started[1]]);
    expect(cell.policies.unanswered).toBe(3);
    expect([second.inFlight, fallbacks(cell)]).toEqual([0, 0]);
  });

  it('waits for nothing any more once the run is given up', async () => {
    const { second, aborted } = await setUp(2);
    const cell = new RecordedCell();
    second.answer(call(read, 'a'), cell, 0, 0);
    second.abandon();
    expect([second.inFlight, aborted.length, cell.policies.unanswered]).toEqual([0, 1, 1]);
  });
});
