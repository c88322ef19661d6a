/**
 * What every driver must do, shown on the real reference service (and broker) of its protocol. Each protocol's
 * integration test calls `describeDriverContract` with what differs: where the parts are and how a connection is lost.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { handOverNames, operationNames } from '../../scenarios/operations.ts';
import { EvidenceReader, evidenceKinds } from '../domain/evidence.ts';
import { outcomes } from '../driver.ts';
import { freePort } from '../process/free-port.ts';
import { ContractRig, type ContractSubject, contractPayload } from './contract-rig.ts';
import type { Attempt, RecordedSession } from './recorded-session.ts';

export type { ContractSubject } from './contract-rig.ts';

/** Longer than the pauses of a busy machine, short enough to wait for. */
const slowWorkMs = 400;
const largestPayloadBytes = 16 * 1024 * 1024;

export function describeDriverContract(name: string, setup: () => Promise<ContractSubject>): void {
  describe(`${name} driver`, () => {
    const rig = new ContractRig(setup);
    beforeAll(() => rig.begin(), 60_000);
    afterEach(() => rig.endTest(), 20_000);
    afterAll(() => rig.end(), 20_000);
    describeOperations(rig);
    describeTrouble(rig);
  });
}

function describeOperations(rig: ContractRig): void {
  it('completes many of every request-reply operation, sent once before completed once', async () => {
    const { recorded } = await rig.open('request-reply');
    for (const operation of operationNames) {
      const attempts = await Promise.all(times(60, (n) => recorded.run(operation, rig.keyFor(operation, n))));
      expect(summary(attempts)).toEqual([{ sent: 1, outcome: outcomes.ok, reason: '', count: 60 }]);
      expect(recorded.completion(operation)).toBe('replied');
    }
  });

  it('answers every operation as the document of its service says', async (context) => {
    if (rig.subject.document === undefined) context.skip();
    const { recorded } = await rig.open('request-reply');
    const listFirst = [...operationNames].sort((a, b) => Number(b === 'listOrders') - Number(a === 'listOrders'));
    for (const operation of listFirst) await recorded.run(operation, rig.keyFor(operation, 0));
    expect([...rig.describedOperations].sort()).toEqual([...operationNames].sort());
  });

  it('hands over one-way operations and completes them at the acknowledgement', async () => {
    const { recorded } = await rig.open('one-way');
    for (const operation of handOverNames) {
      const attempts = await Promise.all(times(60, (n) => recorded.run(operation, rig.keyFor(operation, n))));
      expect(summary(attempts)).toEqual([{ sent: 1, outcome: outcomes.ok, reason: '', count: 60 }]);
      expect(recorded.completion(operation)).toBe('acknowledged');
    }
  });

  it.each(['request-reply', 'one-way'] as const)(
    'delivers every %s operation once, id and payload intact',
    async (pattern) => {
      const { recorded, evidencePath } = await rig.open(pattern);
      const attempts = await Promise.all(times(50, () => recorded.run('placeOrder')));
      const applied = await waitFor(
        () => [...new EvidenceReader(evidencePath).more()].filter(({ kind }) => kind === evidenceKinds.applied),
        (records) => records.length >= attempts.length,
      );
      expect(applied.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual(attempts.map((a) => a.sequence));
      expect(new Set(applied.map(({ checksum }) => checksum))).toEqual(new Set([crc32(contractPayload)]));
      const keys = new Set(attempts.map(({ sequence }) => crc32(`key-${sequence}`)));
      expect(new Set(applied.map(({ keyHash }) => keyHash))).toEqual(keys);
    },
  );

  it('carries the largest payload', async () => {
    const { recorded } = await rig.open(
      'request-reply',
      {},
      Buffer.alloc(rig.subject.largestPayloadBytes ?? largestPayloadBytes, 'abcdefgh'),
    );
    const { outcome, reason } = await recorded.run('placeOrder');
    expect({ outcome, reason }).toEqual({ outcome: outcomes.ok, reason: '' });
  }, 30_000);

  it('keeps many in flight and loses none', async () => {
    const { recorded } = await rig.open('request-reply', { workTimeMs: 20 });
    const attempts = await Promise.all(times(256, () => recorded.run('placeOrder')));
    expect(summary(attempts)).toEqual([{ sent: 1, outcome: outcomes.ok, reason: '', count: 256 }]);
  }, 20_000);

  it('reports nothing more of an aborted attempt, and takes its late answer for no other', async () => {
    const { recorded } = await rig.open('request-reply', { workTimeMs: slowWorkMs });
    const firsts = times(4, () => recorded.start('placeOrder'));
    await Promise.all(firsts.map(({ whenSent }) => whenSent));
    await sleep(slowWorkMs / 2);
    for (const attempt of firsts) recorded.abort(attempt);
    const seconds = firsts.map(({ slot }) => recorded.start('placeOrder', { slot }));
    await Promise.all(seconds.map(({ whenEnded }) => whenEnded));
    expect(summary(seconds)).toEqual([{ sent: 1, outcome: outcomes.ok, reason: '', count: 4 }]);
    for (const { startedMs, endedMs } of seconds) expect(endedMs - startedMs).toBeGreaterThan(slowWorkMs * 0.9);
    expect(firsts.map(({ outcome }) => outcome)).toEqual([null, null, null, null]);
  });

  it('takes an abort of an idle slot, and of one that still waits', async () => {
    const { recorded } = await rig.open('request-reply', { workTimeMs: slowWorkMs });
    recorded.session.abort(17);
    for (const attempt of times(200, () => recorded.start('placeOrder'))) recorded.abort(attempt);
    const { outcome } = await recorded.run('placeOrder');
    expect(outcome).toBe(outcomes.ok);
  });
}

function describeTrouble(rig: ContractRig): void {
  it('reports a refusal as rejected: retryable when the service is unavailable, not when it says no', async () => {
    const refusing = await rig.open('request-reply', { rejectRatio: 1 });
    const refused = await Promise.all(times(20, () => refusing.recorded.run('placeOrder')));
    for (const { outcome, reason, retryable } of refused) {
      expect({ outcome, retryable }).toEqual({ outcome: outcomes.rejected, retryable: true });
      expect(reason).not.toBe('');
    }
    const willing = await rig.open('request-reply');
    const { outcome, retryable } = await willing.recorded.run('getOrder', { key: 'order-that-is-not-there' });
    expect({ outcome, retryable }).toEqual({ outcome: outcomes.rejected, retryable: false });
  });

  it('says when a refused operation may come back, if the service does and the protocol has words for it', async () => {
    const { protocol, batch } = rig.subject.target;
    const isTold = ['rest', 'grpc'].includes(protocol) && batch === undefined; // in a batch each has a code and no more
    const telling = await rig.open('request-reply', { rejectRatio: 1, retryAfterMs: 2_000 });
    expect((await telling.recorded.run('placeOrder')).retryAfterMs).toBe(isTold ? 2_000 : null);
    const silent = await rig.open('request-reply', { rejectRatio: 1 });
    expect((await silent.recorded.run('placeOrder')).retryAfterMs).toBeNull();
  });

  it('survives a lost connection: what was in flight fails, later work succeeds', async () => {
    const { recorded, service } = await rig.open('request-reply', { workTimeMs: 1_500 });
    const outage = rig.subject.outage ?? {
      begin: () => service.process.kill(),
      end: () => service.restart(),
      losesInFlight: true,
    };
    const lost = times(4, () => recorded.start('placeOrder'));
    await Promise.all(lost.map(({ whenSent }) => whenSent));
    await outage.begin();
    if (outage.losesInFlight) {
      const ends = await Promise.race([Promise.all(lost.map(({ whenEnded }) => whenEnded)), sleep(5_000)]);
      for (const { outcome, retryable } of ends ?? lost) {
        expect({ outcome, retryable }).toEqual({ outcome: outcomes.failed, retryable: true });
      }
    }
    const waiting = times(4, () => recorded.start('placeOrder'));
    await sleep(200);
    await outage.end();
    recorded.abortAll();
    expect(waiting.every(({ outcome }) => outcome !== outcomes.ok)).toBe(true);
    const after = await waitFor(
      () => Promise.all(times(4, () => withinOneAttempt(recorded))),
      (ends) => ends.every((outcome) => outcome === outcomes.ok),
      20_000,
    );
    expect(after).toEqual([outcomes.ok, outcomes.ok, outcomes.ok, outcomes.ok]);
    expect(recorded.session.reconnects()).toBeGreaterThan(0);
  }, 60_000);

  it('closes at once while operations are pending, and again', async () => {
    const { recorded } = await rig.open('request-reply', { workTimeMs: 30_000 });
    const pending = times(8, () => recorded.start('placeOrder'));
    await Promise.race(pending.map(({ whenSent }) => whenSent));
    const beganMs = performance.now();
    recorded.abortAll();
    await recorded.close();
    await recorded.close();
    expect(performance.now() - beganMs).toBeLessThan(4_000);
  });

  it('does not open where nobody listens', async () => {
    const nobody = `127.0.0.1:${await freePort()}`;
    const error = await rig.openAt(nobody).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BenchError);
    expect((error as BenchError).exitCode).toBe(exitCodes.stack);
  }, 20_000);

  it('does not open once the signal has aborted', async () => {
    await expect(rig.openAt(`127.0.0.1:${await freePort()}`, AbortSignal.abort())).rejects.toThrow();
  });
}

/** Bounded as the load loop bounds an attempt. */
async function withinOneAttempt(recorded: RecordedSession): Promise<number | null> {
  const attempt = recorded.start('placeOrder');
  await Promise.race([attempt.whenEnded, sleep(4_000)]);
  recorded.abort(attempt);
  return attempt.outcome;
}

function times<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

/** Equal ends counted together, so that a failure shows what else happened. */
function summary(attempts: readonly Attempt[]) {
  const groups = new Map<string, { sent: number; outcome: number | null; reason: string; count: number }>();
  for (const { sentTimes, outcome, reason } of attempts) {
    const key = `${sentTimes} ${outcome} ${reason}`;
    const group = groups.get(key) ?? { sent: sentTimes, outcome, reason, count: 0 };
    group.count++;
    groups.set(key, group);
  }
  return [...groups.values()];
}

async function waitFor<T>(look: () => T | Promise<T>, isThere: (value: T) => boolean, withinMs = 8_000): Promise<T> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const value = await look();
    if (isThere(value) || performance.now() > endMs) return value;
    await sleep(20);
  }
}
