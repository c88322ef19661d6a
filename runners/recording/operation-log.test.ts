import { describe, expect, it } from 'vitest';
import { OperationLog } from './operation-log.ts';

function play(log: OperationLog, operations: number): number[] {
  return Array.from({ length: operations }, (_, n) => {
    const sequence = log.append(n * 100, 1, n, 2);
    log.sent(sequence, n * 100 + 10);
    log.sent(sequence, n * 100 + 99);
    if (n % 2 === 0) log.acknowledged(sequence, n * 100 + 20);
    return sequence;
  });
}

describe('OperationLog', () => {
  it('keeps a line an operation, also beyond its first capacity, and the first time of each kind', () => {
    const log = new OperationLog(3, true);
    const sequences = play(log, 10_001);
    const data = log.toData();
    expect(sequences.at(-1)).toBe(10_000);
    expect(data).toMatchObject({ producer: 3, length: 10_001 });
    expect([data.intendedUs[10_000], data.sentAfterUs[10_000], data.acknowledgedAfterUs[10_000]]).toEqual([
      1e6, 10, 20,
    ]);
    expect([data.key[10_000], data.operation[10_000], data.payload[10_000]]).toEqual([10_000, 1, 2]);
    expect(data.acknowledgedAfterUs[9_999]).toBeNaN();
    expect(log.countAcknowledged()).toBe(5_001);
  });

  it('gives the same sequences and keeps nothing where nobody reconciles it', () => {
    const log = new OperationLog(3, false);
    expect(play(log, 10_001)).toEqual(play(new OperationLog(3, true), 10_001));
    expect(log.toData()).toMatchObject({ length: 0, intendedUs: new Float64Array(0), key: new Uint32Array(0) });
    expect(log.countAcknowledged()).toBe(0);
  });
});
