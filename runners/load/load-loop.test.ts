import { describe, expect, it } from 'vitest';
import type { Resilience } from '../../scenarios/scenario.ts';
import { type Call, type Outcome, outcomes, type Session } from '../../targets/driver.ts';
import { LoggedOperations } from '../recording/logged-operations.ts';
import { NotableOperations } from '../recording/notable-operations.ts';
import { OperationLog } from '../recording/operation-log.ts';
import { PhaseLookup, phaseWindows } from '../recording/phase-windows.ts';
import { Recorder } from '../recording/recorder.ts';
import { Timeline } from '../recording/timeline.ts';
import { breakerOpen, tooManyWaiting, waitedTooLong } from '../resilience/client-policies.ts';
import { OperationMix } from '../schedule/operation-mix.ts';
import { CallSource } from './call-source.ts';
import { ownFallback } from './fallback.ts';
import { LoadClock, LoadSignals } from './load-clock.ts';
import { droppedLate, LoadLoop, notSent, sentLate } from './load-loop.ts';

const ms = 1e3;
const noRetry: Resilience['retry'] = { attempts: 1, backoff: 'exponential', baseMs: 50, capMs: 1_000, jitter: 'none' };

/** A loop under a clock that the test moves, and a session that does nothing but note what it is asked. */
function setUp(
  options: {
    slots?: number;
    retry?: Partial<Resilience['retry']>;
    timeoutMs?: number;
    timeoutsMs?: readonly number[];
    deadlineMs?: number;
    policies?: Partial<Resilience>;
    mustRefuse?: readonly boolean[];
    /** Whether attempts get a connection at once. */
    connected?: boolean;
  } = {},
) {
  const slots = options.slots ?? 4;
  const clock = { nowUs: 1_000_000 };
  const calls: Call[] = Array.from({ length: slots }, () => ({
    operation: 0,
    id: '',
    key: '',
    sequence: 0,
    payload: 0,
    attempt: 0,
    random: 0,
  }));
  const started: { slot: number; id: string; attempt: number }[] = [];
  const aborted: number[] = [];
  const refused: number[] = [];
  const session: Session = {
    start: (slot) => {
      started.push({ slot, id: calls[slot]?.id ?? '', attempt: calls[slot]?.attempt ?? 0 });
      if (options.connected ?? true) loop.sent(slot);
    },
    abort: (slot) => aborted.push(slot),
    completion: () => 'replied',
    reconnects: () => 0,
    close: async () => undefined,
  };
  const windows = phaseWindows(100, 1_000, []);
  const recorder = new Recorder(windows.length, 1);
  const log = new OperationLog(0, true);
  const loop = new LoadLoop({
    fallback: ownFallback(options.policies?.fallback, [false]),
    slots,
    calls,
    source: new CallSource({
      mix: new OperationMix({ seed: 1, weights: [1], keys: { count: 10, distribution: 'uniform' } }),
      trialTag: 'abcd0123',
      worker: 0,
      workers: 1,
      keyUses: ['keyed'],
      poolSizes: [0],
      cancellable: 0,
    }),
    operations: 1,
    resilience: {
      deadlineMs: options.deadlineMs ?? 2_000,
      timeoutMs: options.timeoutMs ?? 500,
      retry: { ...noRetry, ...options.retry },
      idempotencyKey: true,
      ...options.policies,
    },
    ...(options.timeoutsMs && { timeoutsMs: options.timeoutsMs }),
    ...(options.mustRefuse && { mustRefuse: options.mustRefuse }),
    phases: new PhaseLookup(windows),
    recorder,
    timeline: new Timeline(250),
    log,
    notable: new NotableOperations(1),
    seed: 1,
    nowUs: () => clock.nowUs,
    onRefused: () => refused.push(clock.nowUs),
  });
  const startUs = clock.nowUs;
  const warmup = { warmupMs: 100, untilSteady: false };
  loop.begin(session, new LoadClock(startUs, warmup, new LoadSignals()));
  const advance = (us: number) => {
    for (const end = clock.nowUs + us; clock.nowUs < end; ) {
      clock.nowUs = Math.min(end, clock.nowUs + 2 * ms);
      loop.tick(clock.nowUs);
    }
  };
  return { loop, clock, started, aborted, refused, recorder, log, startUs, advance, steady: () => recorder.cell(1, 0) };
}

describe('LoadLoop', () => {
  it('counts response time from the intended start and service time from the first byte', () => {
    const { loop, clock, startUs, steady } = setUp({ connected: false });
    clock.nowUs = startUs + 210 * ms;
    const slot = loop.start(0, startUs + 200 * ms, clock.nowUs);
    clock.nowUs += 30 * ms;
    loop.sent(slot);
    clock.nowUs += 5 * ms;
    loop.completed(slot, outcomes.ok, '', false);
    const cell = steady();
    expect(cell.latency('sendLag').maxUs).toBe(10 * ms);
    expect(cell.latency('connectionWait').maxUs).toBe(30 * ms);
    expect(cell.latency('service').maxUs).toBe(5 * ms);
    expect(cell.latency('response').maxUs).toBe(45 * ms);
    expect(cell.counts).toMatchObject({ offered: 1, ok: 1, attempts: 1 });
  });

  it('counts a refusal of who is to be refused apart, and whatever else comes of it as ever', () => {
    const { loop, clock, startUs, steady } = setUp({ mustRefuse: [true], slots: 8 });
    clock.nowUs = startUs + 200 * ms;
    const slots = [0, 1, 2, 3].map((index) => loop.start(index, clock.nowUs, clock.nowUs));
    const [refused = 0, busy = 0, broken = 0, admitted = 0] = slots;
    loop.completed(refused, outcomes.rejected, 'status 401', false);
    loop.completed(busy, outcomes.rejected, 'status 503', true);
    loop.completed(broken, outcomes.failed, 'connection reset', true);
    loop.completed(admitted, outcomes.ok, '', false);
    const { counts, reasons, refusals, refusalReasons } = steady();
    expect(counts).toMatchObject({ offered: 3, ok: 1, rejected: 1, failed: 1, attempts: 3 });
    expect(Object.fromEntries(reasons)).toEqual({ 'status 503': 1, 'connection reset': 1 });
    expect(refusals.refusedAsExpected).toBe(1);
    expect(Object.fromEntries(refusalReasons)).toEqual({ 'status 401': 1 });
    expect(loop.progress()).toMatchObject({ offered: 3, notOk: 2 });
    expect(loop.failures.toData().map(({ reason }) => reason)).not.toContain('status 401');
  });

  it('counts a refusal of who is to be served as ever, and notes when it is told to come back', () => {
    const { loop, clock, startUs, steady } = setUp({ mustRefuse: [false] });
    clock.nowUs = startUs + 200 * ms;
    const slot = loop.start(0, clock.nowUs, clock.nowUs);
    loop.completed(slot, outcomes.rejected, 'status 403', false);
    const limited = loop.start(1, clock.nowUs, clock.nowUs);
    loop.retryAfter(limited, 1_000);
    loop.completed(limited, outcomes.rejected, 'status 429', true);
    expect(steady().counts).toMatchObject({ offered: 2, rejected: 2 });
    expect(steady().refusals).toEqual({ refusedAsExpected: 0, toldWhen: 1 });
  });

  it('counts what the session sends again as an attempt, but as none of the retries', () => {
    const { loop, clock, startUs, started, advance, steady } = setUp({ retry: { attempts: 2 } });
    clock.nowUs = startUs + 200 * ms;
    const slot = loop.start(0, clock.nowUs, clock.nowUs);
    loop.sent(slot);
    clock.nowUs += 20 * ms;
    loop.resent(slot);
    clock.nowUs += 5 * ms;
    loop.completed(slot, outcomes.rejected, 'stream reset: REFUSED_STREAM', true);
    advance(60 * ms);
    expect(started).toHaveLength(2); // the retry is still there
    loop.sent(slot);
    clock.nowUs += 5 * ms;
    loop.completed(slot, outcomes.ok, '', false);
    expect(steady().counts).toMatchObject({ offered: 1, ok: 1, attempts: 3, resent: 1 });
    expect(steady().latency('connectionWait').count).toBe(1);
  });

  it('charges an operation to the phase of its intended start, and its success to that of its completion', () => {
    const { loop, clock, startUs, recorder } = setUp();
    clock.nowUs = startUs + 90 * ms;
    const slot = loop.start(0, clock.nowUs, clock.nowUs);
    clock.nowUs = startUs + 150 * ms;
    loop.completed(slot, outcomes.ok, '', false);
    expect(recorder.cell(0, 0).counts.ok).toBe(1);
    expect(recorder.completedOk).toEqual([0, 1, 0]);
  });

  it('drops at maxInFlight, counts it, and starts nothing for it', () => {
    const { loop, clock, startUs, started, steady, log } = setUp({ slots: 2 });
    clock.nowUs = startUs + 200 * ms;
    const slots = [0, 1, 2].map((index) => loop.start(index, clock.nowUs, clock.nowUs));
    expect(slots[2]).toBe(-1);
    expect(started).toHaveLength(2);
    expect(steady().counts).toMatchObject({ offered: 3, dropped: 1, attempts: 2 });
    expect(log.length).toBe(2);
  });

  it('tells its own drops, for which there was room when they were due, from those of a system that holds all', () => {
    const { loop, clock, startUs, steady } = setUp({ slots: 2 });
    const start = (dueMs: number, nowMs: number) => {
      clock.nowUs = startUs + nowMs * ms;
      loop.start(0, startUs + dueMs * ms, clock.nowUs);
    };
    for (const dueMs of [200, 210, 220, 230]) start(dueMs, 300); // a stall of 100 ms: all at once
    expect(Object.fromEntries(steady().reasons)).toEqual({ [droppedLate]: 2 });
    start(310, 310); // in time: the system still holds both
    start(320, 350); // late, but it would have found them held in time as well
    expect(Object.fromEntries(steady().reasons)).toEqual({ [droppedLate]: 2, 'maxInFlight reached': 2 });
  });

  it('ends an attempt at its time-out, silences it, and frees the slot', () => {
    const { loop, clock, startUs, aborted, advance, steady } = setUp({ timeoutMs: 100 });
    clock.nowUs = startUs + 200 * ms;
    const slot = loop.start(0, clock.nowUs, clock.nowUs);
    advance(99 * ms);
    expect(loop.inFlight).toBe(1);
    advance(10 * ms);
    expect(aborted).toEqual([slot]);
    expect(loop.inFlight).toBe(0);
    expect(steady().counts).toMatchObject({ offered: 1, timedOut: 1 });
    expect(Object.fromEntries(steady().reasons)).toEqual({ timeout: 1 });
    loop.completed(slot, outcomes.ok, '', false); // a driver that reports after abort
    expect(steady().counts.ok).toBe(0);
  });

  it('goes by the time-out of the operation where it has its own', () => {
    const { loop, clock, startUs, advance } = setUp({ timeoutMs: 100, timeoutsMs: [300] });
    loop.start(0, startUs, startUs);
    clock.nowUs = startUs;
    advance(200 * ms);
    expect(loop.inFlight).toBe(1);
    advance(110 * ms);
    expect(loop.inFlight).toBe(0);
  });

  it('retries with exponential waits, keeps the intended start, and counts every attempt', () => {
    const { loop, clock, startUs, started, advance, steady } = setUp({ retry: { attempts: 3 } });
    clock.nowUs = startUs + 200 * ms;
    const slot = loop.start(0, clock.nowUs, clock.nowUs);
    loop.completed(slot, outcomes.failed, 'connection reset', true);
    advance(48 * ms);
    expect(started).toHaveLength(1);
    advance(8 * ms);
    expect(started).toHaveLength(2);
    loop.completed(slot, outcomes.failed, 'connection reset', true);
    advance(98 * ms);
    expect(started).toHaveLength(2);
    advance(8 * ms);
    expect(started.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(started.map(({ id }) => id)).size).toBe(1);
    loop.completed(slot, outcomes.ok, '', false);
    expect(steady().counts).toMatchObject({ offered: 1, ok: 1, failed: 0, attempts: 3 });
    expect(steady().latency('response').maxUs).toBe(clock.nowUs - startUs - 200 * ms);
  });

  it('does not retry what cannot get better, nor beyond the last attempt', () => {
    const { loop, clock, startUs, started, steady } = setUp({ retry: { attempts: 3 } });
    clock.nowUs = startUs + 200 * ms;
    loop.completed(loop.start(0, clock.nowUs, clock.nowUs), outcomes.rejected, 'status 404', false);
    expect(started).toHaveLength(1);
    expect(steady().counts.rejected).toBe(1);
    const one = setUp();
    one.loop.completed(one.loop.start(0, one.clock.nowUs, one.clock.nowUs), outcomes.failed, 'connection reset', true);
    expect(one.recorder.cell(0, 0).counts.failed).toBe(1);
  });

  it('bounds the whole life by the deadline, waits between attempts included', () => {
    const { loop, clock, startUs, advance, steady } = setUp({
      timeoutMs: 300,
      deadlineMs: 400,
      retry: { attempts: 5 },
    });
    clock.nowUs = startUs + 200 * ms;
    loop.start(0, clock.nowUs, clock.nowUs);
    advance(450 * ms);
    expect(loop.inFlight).toBe(0);
    expect(steady().counts).toMatchObject({ timedOut: 1, attempts: 2 });
    expect(Object.fromEntries(steady().reasons)).toEqual({ deadline: 1 });
    expect(steady().latency('timedOut').maxUs).toBeLessThan(410 * ms);
  });

  it('tries again at once without back-off', () => {
    const { loop, clock, startUs, started, advance } = setUp({ retry: { attempts: 3, backoff: 'none' } });
    clock.nowUs = startUs + 200 * ms;
    const slot = loop.start(0, clock.nowUs, clock.nowUs);
    for (const attempt of [1, 2]) {
      loop.completed(slot, outcomes.failed, 'connection reset', true);
      expect(started).toHaveLength(attempt); // never within the driver's own callback
      advance(6 * ms);
      expect(started).toHaveLength(attempt + 1);
    }
  });

  it('bounds the retries of all operations by the budget, and counts those it did not allow', () => {
    const budget = { ratio: 0.1, burst: 4 };
    const { loop, clock, startUs, started, advance, steady } = setUp({
      retry: { attempts: 3, backoff: 'none', budget },
    });
    clock.nowUs = startUs + 200 * ms;
    for (let index = 0; index < 100; index++) {
      const slot = loop.start(index, clock.nowUs, clock.nowUs);
      for (let ended = 0; ended < started.length; ) {
        ended = started.length;
        loop.completed(slot, outcomes.failed, 'connection reset', true);
        advance(6 * ms);
      }
      started.length = 0;
    }
    expect(loop.inFlight).toBe(0);
    // Each of the first two uses up a burst's two retries; then there is one for each ten operations.
    expect(steady().counts).toMatchObject({ offered: 100, failed: 100, attempts: 100 + 4 + 10 - 1 });
    expect(steady().policies.retriesDenied).toBe(100 - 2);
  });

  describe('with a circuit breaker', () => {
    const breaker = { failureRatio: 0.5, windowMs: 1_000, minimumOperations: 4, openForMs: 100, probes: 1 };
    const open = (retry: Partial<Resilience['retry']> = {}) => {
      const rig = setUp({ retry, policies: { breaker } });
      const { loop, clock, startUs } = rig;
      clock.nowUs = startUs + 200 * ms;
      const once = (outcome: Outcome, retryable = true) => {
        const slot = loop.start(0, clock.nowUs, clock.nowUs);
        if (slot >= 0) loop.completed(slot, outcome, 'x', retryable);
        return slot;
      };
      return { ...rig, once };
    };

    it('rejects while it is open, without an attempt, a slot or a line in the log, and tells the users', () => {
      const { once, loop, started, refused, steady, log } = open();
      for (let failure = 0; failure < 4; failure++) once(outcomes.failed);
      expect(once(outcomes.ok)).toBe(-1);
      expect(started).toHaveLength(4);
      expect(refused).toHaveLength(1);
      expect(loop.inFlight).toBe(0);
      expect(log.length).toBe(4);
      expect(steady().counts).toMatchObject({ offered: 5, failed: 4, rejected: 1, attempts: 4 });
      expect(steady().policies.refused).toBe(1);
      expect(steady().reasons.get(breakerOpen)).toBe(1);
    });

    it('takes up again when a probe ended well, and says when it changed', () => {
      const { once, loop, clock, startUs, advance, steady } = open();
      for (let failure = 0; failure < 4; failure++) once(outcomes.failed);
      advance(98 * ms);
      expect(once(outcomes.ok)).toBe(-1);
      advance(2 * ms);
      expect(once(outcomes.ok)).not.toBe(-1);
      expect(once(outcomes.ok)).not.toBe(-1);
      expect(steady().counts).toMatchObject({ failed: 4, rejected: 1, ok: 2 });
      expect(loop.breakerChanges).toEqual([
        { atUs: startUs + 200 * ms, state: 'open' },
        { atUs: startUs + 300 * ms, state: 'halfOpen' },
        { atUs: clock.nowUs, state: 'closed' },
      ]);
    });

    it('counts time-outs, but no answer that refuses for good', () => {
      const { once, loop, clock, advance, steady } = open();
      for (let answer = 0; answer < 20; answer++) once(outcomes.rejected, false);
      expect(loop.breakerChanges).toEqual([]);
      advance(2_000 * ms);
      for (let silent = 0; silent < 4; silent++) loop.start(0, clock.nowUs, clock.nowUs);
      advance(510 * ms);
      expect(loop.breakerChanges.map(({ state }) => state)).toEqual(['open']);
      expect(steady().counts.rejected).toBe(20);
    });

    it('lets no retry begin while it is open: the operation ends as its last attempt did', () => {
      const { once, started, advance, steady } = open({ attempts: 3, backoff: 'none' });
      for (let failure = 0; failure < 4; failure++) once(outcomes.failed);
      advance(20 * ms);
      expect(started).toHaveLength(4);
      expect(steady().counts).toMatchObject({ offered: 4, failed: 4, rejected: 0, attempts: 4 });
      expect(steady().policies.refused).toBe(0);
    });
  });

  describe('with a concurrency limit', () => {
    const handedOver = () => Promise.resolve();

    it('has so many attempts in flight, lets others wait in turn, and rejects the rest', async () => {
      const { loop, clock, startUs, started, refused, steady } = setUp({
        slots: 8,
        connected: false,
        policies: { limit: { maxConcurrent: 2, waiting: 1 } },
      });
      clock.nowUs = startUs + 200 * ms;
      const slots = [0, 1, 2, 3].map((index) => loop.start(index, clock.nowUs, clock.nowUs));
      expect(started.map(({ slot }) => slot)).toEqual(slots.slice(0, 2));
      expect(slots[3]).toBe(-1);
      expect(refused).toHaveLength(1);
      expect(steady().reasons.get(tooManyWaiting)).toBe(1);
      for (const slot of slots.slice(0, 2)) loop.sent(slot);
      clock.nowUs += 30 * ms;
      loop.completed(slots[1] ?? -1, outcomes.ok, '', false);
      expect(started).toHaveLength(2); // never within the driver's own callback
      await handedOver();
      expect(started.map(({ slot }) => slot)).toEqual(slots.slice(0, 3));
      clock.nowUs += 10 * ms;
      loop.sent(slots[2] ?? -1);
      loop.completed(slots[2] ?? -1, outcomes.ok, '', false);
      expect(steady().latency('connectionWait').maxUs).toBe(40 * ms);
      expect(steady().counts).toMatchObject({ offered: 4, ok: 2, rejected: 1, attempts: 3 });
    });

    it('rejects what waited for its turn until the deadline: it was never attempted', async () => {
      const { loop, clock, startUs, started, advance, steady } = setUp({
        deadlineMs: 300,
        policies: { limit: { maxConcurrent: 1, waiting: 2 } },
      });
      clock.nowUs = startUs + 200 * ms;
      loop.start(0, clock.nowUs, clock.nowUs);
      advance(100 * ms);
      loop.start(1, clock.nowUs - 100 * ms, clock.nowUs);
      advance(210 * ms);
      await handedOver();
      expect(started).toHaveLength(1);
      expect(loop.inFlight).toBe(0);
      expect(steady().counts).toMatchObject({ offered: 2, timedOut: 1, rejected: 1, attempts: 1 });
      expect(steady().policies.refused).toBe(1);
      expect(steady().reasons.get(waitedTooLong)).toBe(1);
    });

    it('gives the place away while it backs off', async () => {
      const { loop, clock, startUs, started, advance } = setUp({
        retry: { attempts: 2 },
        policies: { limit: { maxConcurrent: 1, waiting: 2 } },
      });
      clock.nowUs = startUs + 200 * ms;
      const [first, second] = [0, 1].map((index) => loop.start(index, clock.nowUs, clock.nowUs));
      loop.completed(first ?? -1, outcomes.failed, 'connection reset', true);
      await handedOver();
      expect(started.map(({ slot }) => slot)).toEqual([first, second]);
      advance(60 * ms);
      expect(started).toHaveLength(2); // its turn has not come
      loop.completed(second ?? -1, outcomes.ok, '', false);
      await handedOver();
      expect(started.map(({ slot, attempt }) => [slot, attempt])).toEqual([
        [first, 1],
        [second, 1],
        [first, 2],
      ]);
    });
  });

  it('counts what a fallback answered beside, and never as ok', () => {
    const breaker = { failureRatio: 1, windowMs: 1_000, minimumOperations: 2, openForMs: 1_000, probes: 1 };
    const { loop, clock, startUs, advance, steady, recorder } = setUp({
      policies: { breaker, fallback: { kind: 'default' } },
    });
    clock.nowUs = startUs + 200 * ms;
    const slot = loop.start(0, clock.nowUs, clock.nowUs);
    loop.start(1, clock.nowUs, clock.nowUs);
    clock.nowUs += 30 * ms;
    loop.completed(slot, outcomes.failed, 'connection reset', true);
    advance(480 * ms);
    loop.start(2, clock.nowUs - 1 * ms, clock.nowUs); // refused at once
    const cell = steady();
    expect(cell.counts).toMatchObject({ offered: 3, ok: 0, failed: 1, timedOut: 1, rejected: 1 });
    expect(recorder.completedOk).toEqual([0, 0, 0]);
    expect(cell.latency('fallback').count).toBe(3);
    expect(cell.latency('fallback').minUs).toBe(1 * ms);
    expect(cell.latency('fallback').maxUs).toBeGreaterThanOrEqual(500 * ms);
  });

  it('tries again no sooner than the peer asks for, and not at all when that is beyond the deadline', () => {
    const told = (retryAfterMs: number, retry: Partial<Resilience['retry']> = {}) => {
      const rig = setUp({ retry: { attempts: 3, baseMs: 10, ...retry } });
      rig.clock.nowUs = rig.startUs + 200 * ms;
      const slot = rig.loop.start(0, rig.clock.nowUs, rig.clock.nowUs);
      rig.loop.retryAfter(slot, retryAfterMs);
      rig.loop.completed(slot, outcomes.rejected, 'status 503', true);
      return { ...rig, slot };
    };
    const patient = told(300);
    patient.advance(306 * ms);
    expect(patient.started).toHaveLength(1);
    patient.advance(10 * ms);
    expect(patient.started).toHaveLength(2);
    patient.loop.completed(patient.slot, outcomes.rejected, 'status 503', true); // without a word this time
    patient.advance(30 * ms);
    expect(patient.started).toHaveLength(3);

    const hopeless = told(1_995);
    expect(hopeless.loop.inFlight).toBe(0);
    expect(hopeless.steady().counts).toMatchObject({ rejected: 1, attempts: 1 });

    const deaf = told(300, { retryAfter: 'ignore' });
    deaf.advance(20 * ms);
    expect(deaf.started).toHaveLength(2);
  });

  it('does not hold the acknowledgement of a broker against what the service then refused', () => {
    const { loop, clock, startUs, log } = setUp();
    clock.nowUs = startUs + 200 * ms;
    const [refused, cutOff] = [0, 1].map((index) => loop.start(index, clock.nowUs, clock.nowUs));
    for (const slot of [refused ?? -1, cutOff ?? -1]) {
      loop.sent(slot);
      loop.acknowledged(slot);
    }
    expect(log.countAcknowledged()).toBe(2);
    loop.completed(refused ?? -1, outcomes.rejected, 'reply unavailable', false);
    loop.completed(cutOff ?? -1, outcomes.failed, 'connection closed', false);
    expect(log.countAcknowledged()).toBe(1);
  });

  it('keeps the acknowledgement of a later attempt after an earlier one was refused', () => {
    const { loop, clock, startUs, log, advance } = setUp({ retry: { attempts: 2, baseMs: 10 } });
    clock.nowUs = startUs + 200 * ms;
    const slot = loop.start(0, clock.nowUs, clock.nowUs);
    loop.acknowledged(slot);
    loop.completed(slot, outcomes.rejected, 'reply unavailable', true);
    expect(log.countAcknowledged()).toBe(0);
    advance(20 * ms);
    loop.acknowledged(slot);
    loop.completed(slot, outcomes.failed, 'connection closed', false);
    expect(log.countAcknowledged()).toBe(1);
  });

  it('takes a reply for the acknowledgement where no confirm came before it', () => {
    const { loop, clock, startUs, steady } = setUp();
    clock.nowUs = startUs + 200 * ms;
    const [first, second, third] = [0, 1, 2].map((index) => loop.start(index, clock.nowUs, clock.nowUs));
    clock.nowUs += 3 * ms;
    loop.acknowledged(second ?? -1);
    clock.nowUs += 4 * ms;
    loop.completed(first ?? -1, outcomes.ok, '', false);
    loop.completed(second ?? -1, outcomes.ok, '', false);
    loop.completed(third ?? -1, outcomes.rejected, 'status 503', false);
    const { count, minUs, maxUs } = steady().latency('acknowledged');
    expect([count, minUs, maxUs]).toEqual([2, 3 * ms, 7 * ms]);
  });

  it('takes the first acknowledgement of an operation, however often it is tried', () => {
    const { loop, clock, startUs, steady } = setUp();
    clock.nowUs = startUs + 200 * ms;
    const slot = loop.start(0, clock.nowUs, clock.nowUs);
    for (const waitMs of [2, 900]) {
      clock.nowUs += waitMs * ms;
      loop.acknowledged(slot);
    }
    const { count, maxUs } = steady().latency('acknowledged');
    expect([count, maxUs]).toEqual([1, 2 * ms]);
  });

  it('counts no attempt of which nothing was handed to a connection, and says so', () => {
    const { loop, clock, startUs, advance, steady, log } = setUp({
      connected: false,
      timeoutMs: 100,
      deadlineMs: 400,
      retry: { attempts: 3, backoff: 'none' },
    });
    clock.nowUs = startUs + 200 * ms;
    const [never = -1, once = -1, withdrawn = -1, refused = -1] = [0, 1, 2, 3].map((index) =>
      loop.start(index, clock.nowUs, clock.nowUs),
    );
    loop.sent(once);
    loop.completed(once, outcomes.failed, 'truncated answer', true); // and its retries get no connection
    loop.sent(withdrawn);
    loop.unsent(withdrawn);
    loop.completed(withdrawn, outcomes.failed, 'connection closed', true);
    loop.completed(refused, outcomes.failed, 'cannot be encoded', false);
    advance(1_000 * ms);
    const { counts, policies, reasons } = steady();
    expect(counts).toMatchObject({ offered: 4, failed: 1, timedOut: 3, attempts: 1 });
    expect(Object.fromEntries(reasons)).toEqual({ [notSent]: 3, 'cannot be encoded': 1 });
    expect(policies.unsent).toBe(3);
    expect(never).not.toBe(once);
    const logged = new LoggedOperations(log.toData());
    const sent = Array.from({ length: logged.length }, (_, sequence) => logged.sentAfterUs(sequence));
    expect(sent.filter((us) => !Number.isNaN(us))).toHaveLength(2);
  });

  it('tells what was sent so late that nobody could have answered in time', () => {
    const { loop, clock, startUs, advance, steady } = setUp({ connected: false, timeoutMs: 100 });
    clock.nowUs = startUs + 200 * ms;
    const [late = -1, early = -1] = [0, 1].map((index) => loop.start(index, clock.nowUs, clock.nowUs));
    advance(20 * ms);
    loop.sent(early);
    advance(70 * ms);
    loop.sent(late);
    advance(40 * ms);
    expect(Object.fromEntries(steady().reasons)).toEqual({ timeout: 1, [sentLate]: 1 });
    expect(steady().counts).toMatchObject({ timedOut: 2, attempts: 2 });
  });

  it('counts the wait for a connection of an operation that never got one', () => {
    const { loop, clock, startUs, advance, steady } = setUp({ timeoutMs: 100, connected: false });
    clock.nowUs = startUs + 200 * ms;
    loop.start(0, clock.nowUs, clock.nowUs);
    advance(120 * ms);
    expect(steady().latency('connectionWait').minUs).toBeGreaterThanOrEqual(100 * ms);
  });

  it.each([
    ['no policies', {}],
    ['a breaker', { breaker: { failureRatio: 0.6, windowMs: 100, minimumOperations: 5, openForMs: 20, probes: 2 } }],
    ['a limit', { limit: { maxConcurrent: 3, waiting: 2 } }],
    [
      'all of them',
      {
        breaker: { failureRatio: 0.6, windowMs: 100, minimumOperations: 5, openForMs: 20, probes: 2 },
        limit: { maxConcurrent: 3, waiting: 2 },
      },
    ],
  ] as const)(
    'adds up whatever happens, with %s: offered = ok + rejected + failed + timedOut + dropped',
    async (_, policies) => {
      const { loop, clock, startUs, advance, recorder, started } = setUp({
        slots: 8,
        retry: { attempts: 2, budget: { ratio: 0.5, burst: 5 } },
        timeoutMs: 40,
        policies,
      });
      let state = 1;
      const draw = (below: number) => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        return (state >>> 8) % below;
      };
      for (let index = 0; index < 2_000; index++) {
        loop.start(index, clock.nowUs, clock.nowUs);
        for (const { slot } of started.splice(0)) {
          if (draw(3) === 0) continue; // never answers
          const outcome = [outcomes.ok, outcomes.rejected, outcomes.failed][draw(3)] ?? outcomes.ok;
          loop.sent(slot);
          loop.completed(slot, outcome, outcome === outcomes.ok ? '' : 'x', draw(2) === 0);
        }
        await Promise.resolve();
        advance(draw(3) * ms);
        if (clock.nowUs > startUs + 1_100 * ms) break;
      }
      advance(3_000 * ms);
      expect(loop.inFlight).toBe(0);
      let total = 0;
      for (const phase of [0, 1, 2]) {
        const { offered, ok, rejected, failed, timedOut, dropped, attempts } = recorder.cell(phase, 0).counts;
        const attempted = offered - dropped - recorder.cell(phase, 0).policies.refused;
        expect(attempts).toBeGreaterThanOrEqual(attempted);
        expect(attempts).toBeLessThanOrEqual(attempted * 2);
        expect(ok + rejected + failed + timedOut + dropped).toBe(offered);
        total += offered;
      }
      expect(total).toBeGreaterThan(500);
    },
  );

  it('abandons what is in flight when the run ends', () => {
    const { loop, clock, aborted, recorder } = setUp();
    loop.start(0, clock.nowUs, clock.nowUs);
    loop.start(1, clock.nowUs, clock.nowUs);
    loop.abandon();
    expect(aborted).toHaveLength(2);
    expect(recorder.cell(0, 0).counts.timedOut).toBe(2);
  });
});
