/** The ledger against services with planted failures: found exactly, and nothing found where nothing was planted. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DistinctOperations } from '../../targets/domain/distinct-operations.ts';
import { type EvidenceRecord, evidenceKinds } from '../../targets/domain/evidence.ts';
import { uniform } from '../schedule/seeded-random.ts';
import { reconcileLedger } from './ledger.ts';
import { whenSent } from './ledger-examples.ts';
import { OperationLog } from './operation-log.ts';

const checksum = 4_711;
const keys = 1_000;
/** The answer comes before the next operation of the same key is sent. */
const ackUs = 500;
const gapUs = 1_000;

type Plant = 'none' | 'lose' | 'duplicate' | 'swap' | 'corrupt' | 'forget';

function logOf(count: number, path: string | null = null): OperationLog {
  const log = new OperationLog(0, true, path);
  for (let sequence = 0; sequence < count; sequence++) {
    log.append(sequence * gapUs, 0, sequence % keys, 0);
    log.sent(sequence, sequence * gapUs + 10);
    log.acknowledged(sequence, sequence * gapUs + ackUs);
  }
  return log;
}

/**
 * What a service would have put on record, and what its state would hold; `swap` applies an operation only after the next
 * one of its key.
 */
function* evidenceOf(
  count: number,
  plantAt: (sequence: number) => Plant,
  held = new DistinctOperations(),
): Generator<EvidenceRecord> {
  const record = (kind: keyof typeof evidenceKinds, sequence: number, sum = checksum): EvidenceRecord => {
    const atUs = sequence * gapUs + 100;
    return {
      kind: evidenceKinds[kind],
      producer: 0,
      sequence,
      atUs,
      checksum: sum,
      keyHash: 0,
      redelivered: false,
      changed: true,
      part: 0,
      step: 0,
    };
  };
  const late = new Map<number, number>();
  for (let sequence = 0; sequence < count; sequence++) {
    const plant = plantAt(sequence);
    if (plant === 'lose') continue;
    if (plant !== 'forget') held.add({ producer: 0, sequence });
    yield record('received', sequence, plant === 'corrupt' ? checksum + 1 : checksum);
    if (plant === 'swap') late.set(sequence % keys, sequence);
    else yield record('applied', sequence);
    if (plant === 'duplicate') yield* [record('received', sequence), record('applied', sequence)];
    const swapped = late.get(sequence % keys);
    if (swapped === undefined || swapped === sequence) continue;
    late.delete(sequence % keys);
    yield record('applied', swapped);
  }
}

function reconcile(count: number, plantAt: (sequence: number) => Plant = () => 'none') {
  const held = new DistinctOperations();
  const input = {
    logs: [logOf(count).toData()],
    checksums: [[checksum]],
    patterns: ['one-way'] as const,
    hasEffect: [true],
    acceptedOnly: [false],
    evidence: evidenceOf(count, plantAt, held),
    held,
  };
  return reconcileLedger(input, () => undefined);
}

describe('planted failures', () => {
  it('are each found, exactly as many as were planted, and the first ones by their ids', () => {
    const count = 200_000;
    const planted: Record<Plant, number[]> = { none: [], lose: [], duplicate: [], swap: [], corrupt: [], forget: [] };
    const plants: readonly Plant[] = ['lose', 'duplicate', 'swap', 'corrupt', 'forget'];
    const plantAt = (sequence: number): Plant => {
      // Each with the next of its key to come: what is never applied late was lost.
      if (sequence % 7 !== 0 || Math.floor(sequence / keys) % 2 !== 0 || sequence >= count - keys) return 'none';
      const draw = uniform(23, 5, sequence);
      const plant = draw < 0.05 ? (plants[Math.floor(draw * 100)] as Plant) : 'none';
      planted[plant].push(sequence);
      return plant;
    };
    const { ledger, cases } = reconcile(count, plantAt);
    for (const plant of plants) expect(planted[plant].length, plant).toBeGreaterThan(50);
    expect(ledger).toEqual({
      acknowledged: count,
      received: count - planted.lose.length,
      applied: count - planted.lose.length,
      lost: planted.lose.length,
      unacknowledgedButApplied: 0,
      duplicatesReceived: planted.duplicate.length,
      duplicatesApplied: planted.duplicate.length,
      reordered: planted.swap.length,
      corrupted: planted.corrupt.length,
      acceptedOnly: 0,
      acceptedOnlyGone: 0,
      unknown: 0,
      stateLost: planted.forget.length,
      deadLettered: 0,
      refusedUnheard: 0,
    });
    const kill = { fault: 'kill', appliedAtMs: 0, removedAtMs: 50 } as never;
    const { lost = [] } = cases.examples('wbtag', [kill], (atUs) => atUs / 1e3);
    expect(lost).toHaveLength(10);
    expect(lost[0]?.id).toBe(`wbtag-0000-${String(planted.lose[0]).padStart(10, '0')}`);
    expect(lost[0]?.sentAtMs).toBe(planted.lose[0]);
  });

  it('are not found where none is: a calm hour at 100/s', () => {
    const { ledger, cases } = reconcile(360_000);
    expect(ledger).toMatchObject({ acknowledged: 360_000, applied: 360_000, lost: 0, duplicatesReceived: 0 });
    expect(ledger).toMatchObject({ reordered: 0, corrupted: 0, unacknowledgedButApplied: 0, unknown: 0 });
    expect(cases.examples('wbtag', [], (atUs) => atUs)).toEqual({});
  });
});

describe('a million operations', () => {
  const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-log-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['in memory', null, 30e6],
    ['in a file', join(folder, 'log'), 10e6],
  ])('are reconciled with their log %s in so much: %s, %d bytes', (_, path, mostOfAllBytes) => {
    const count = 1_000_000;
    const data = logOf(count, path).toData();
    const logBytes = data.chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(logBytes > 0).toBe(path === null);
    const before = process.memoryUsage().arrayBuffers;
    let mostBytes = 0;
    const watched = (function* () {
      let n = 0;
      for (const record of evidenceOf(count, () => 'none')) {
        if (n++ % 100_000 === 0) mostBytes = Math.max(mostBytes, process.memoryUsage().arrayBuffers - before);
        yield record;
      }
    })();
    const { ledger } = reconcileLedger(
      {
        logs: [data],
        checksums: [[checksum]],
        patterns: ['one-way'],
        hasEffect: [true],
        acceptedOnly: [false],
        evidence: watched,
      },
      () => undefined,
    );
    expect(ledger.applied).toBe(count);
    expect(ledger).toMatchObject({ acknowledged: count, lost: 0, reordered: 0, corrupted: 0, unknown: 0 });
    expect(logBytes + mostBytes).toBeLessThan(mostOfAllBytes);
  });
});

describe('when an operation was sent', () => {
  it.each([
    [40, '60 ms before kill'],
    [120, 'during kill'],
    [900, '700 ms after kill'],
    [4_900, '100 ms before down'],
  ])('at %d ms: %s', (sentAtMs, when) => {
    const faults = [
      { fault: 'kill', appliedAtMs: 100, removedAtMs: 200 },
      { fault: 'down', appliedAtMs: 5_000, removedAtMs: 6_000 },
    ];
    expect(whenSent(sentAtMs, faults as never)).toBe(when);
  });
});
